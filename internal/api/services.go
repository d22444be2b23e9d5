package api

import (
	"context"
	"time"

	"purser"
	"purser/internal/audit"
	"purser/internal/connect"
	"purser/internal/inventory"
	"purser/internal/login"
	"purser/internal/run"
)

// Services are what the handlers call. Each of them asks the gate itself.
type Services struct {
	Login     Login
	Audit     Audit
	Runs      Runs
	Connect   Connect
	Deletions Deletions
	Actions   Actions
	Identity  Identity
	Findings  Findings
	Leavers   Leavers
	Licenses  Licenses
	Loads     Loads
	Contracts Contracts
	Dashboard Dashboard
	Tables    Tables
	Own       Own
	Inventory Inventory
	Feeds     Feeds
	Info      Info
	Freeze    Freeze
	Notify    Notify
	Keys      Keys
	Backups   Backups
	Doctor    Doctor

	// Organization is what an admin says of it; package organization keeps it.
	Organization Organization
}

// Login knows users, invitations, tokens and sessions; package login is one.
type Login interface {
	Users(ctx context.Context) ([]login.User, error)
	SetRole(ctx context.Context, id string, role purser.Role) error
	RemoveUser(ctx context.Context, id string) error
	Invite(ctx context.Context, email string, role purser.Role) (path string, inv login.Invitation, err error)
	Invitations(ctx context.Context) ([]login.Invitation, error)
	Withdraw(ctx context.Context, id string) error
	CreateToken(ctx context.Context, name string, scopes []purser.Operation, expires time.Time) (string, login.Token, error)
	Tokens(ctx context.Context) ([]login.Token, error)
	RevokeToken(ctx context.Context, id string) error
	Sessions(ctx context.Context) ([]login.Session, error)
	RevokeSession(ctx context.Context, id string) error
	RevokeOtherSessions(ctx context.Context) error
	ChangePassword(ctx context.Context, current, next string) error
	Prove(ctx context.Context, password, code string) error
	SecondFactor(ctx context.Context) (login.Factor, error)
	BeginTOTP(ctx context.Context) error
	ConfirmTOTP(ctx context.Context, code string) (codes []string, err error)
	RemoveTOTP(ctx context.Context, password, code string) error
	NewRecoveryCodes(ctx context.Context, code string) (codes []string, err error)
	ResetTOTP(ctx context.Context, userID string) error
	Policy(ctx context.Context) (login.Policy, error)
	SetPolicy(ctx context.Context, p login.Policy) error
	Identities(ctx context.Context) ([]login.Identity, error)
	Unbind(ctx context.Context, issuer string) error
	AdminLink(ctx context.Context) (path string, err error)
	May(actor purser.Actor) []purser.Operation
	Allow(ctx context.Context, op purser.Operation) error
}

// Audit reads the audit log; package audit has one.
type Audit interface {
	List(ctx context.Context, f audit.Filter, page purser.Page) (purser.List[audit.Line], error)
	Verify(ctx context.Context) (int64, error)
}

// Runs starts, shows and cancels runs and decides holds; package run does.
type Runs interface {
	Start(ctx context.Context, instanceID string, trigger purser.Trigger, tasks ...purser.TaskName) ([]purser.Run, error)
	Sync(ctx context.Context, instanceID string, trigger purser.Trigger, what run.Range, tasks ...purser.TaskName) ([]purser.Run, error)
	Cancel(ctx context.Context, runID string) error
	Run(ctx context.Context, id string) (purser.Run, error)
	Runs(ctx context.Context, f run.Filter, page purser.Page) (purser.List[purser.Run], error)
	Log(ctx context.Context, runID string, afterSeq int64, limit int) ([]purser.LogLine, error)
	LogLines(ctx context.Context, runID string, f run.LogFilter, afterSeq int64, limit int) ([]purser.LogLine, error)
	Rejects(ctx context.Context, runID string) ([]purser.Reject, error)
	Holds(ctx context.Context, instanceID string) ([]purser.Hold, error)
	Hold(ctx context.Context, id string) (purser.Hold, error)
	HeldRows(ctx context.Context, holdID, query string, page purser.Page) (purser.List[purser.HeldRow], error)
	DecideHold(ctx context.Context, holdID string, approve bool, rows ...string) error
}

// About is what the server says of itself.
type About struct {
	Version   string            `json:"version"`
	Database  string            `json:"database"` // sqlite, postgres
	DataDir   string            `json:"data_dir"`
	PublicURL string            `json:"public_url"`
	KeyFile   string            `json:"key_file"`
	VendorMap map[string]string `json:"vendor_map,omitempty"` // only where vendors are not the real ones
	Frozen    bool              `json:"frozen"`
}

// Info gives About.
type Info interface {
	About(ctx context.Context) (About, error)
}

// Inventory is what people look at; package inventory has one.
type Inventory interface {
	Accounts(ctx context.Context, f inventory.AccountFilter, p purser.Page) (purser.List[purser.Account], error)
	EachAccount(ctx context.Context, f inventory.AccountFilter, fn func(purser.Account) error) error
	Account(ctx context.Context, id string) (purser.Account, error)
	AccountChanges(ctx context.Context, id string) ([]purser.Change, error)
	AccountTimeline(ctx context.Context, id string, topics []purser.Topic, p purser.Page) (inventory.Timeline, error)
	AccountGroups(ctx context.Context, id string) ([]purser.Group, error)
	AccountActivity(ctx context.Context, id string, p purser.Page) (purser.List[purser.Activity], error)
	Groups(ctx context.Context, instance string) ([]purser.Group, error)
	People(ctx context.Context, f inventory.PersonFilter, p purser.Page) (purser.List[purser.Person], error)
	EachPerson(ctx context.Context, f inventory.PersonFilter, fn func(purser.Person) error) error
	Person(ctx context.Context, id string) (purser.Person, error)
	PersonAccounts(ctx context.Context, id string) ([]purser.Account, error)
	FedAccounts(ctx context.Context, f inventory.FedFilter, p purser.Page) (purser.List[purser.FedAccount], error)
	EachFedAccount(ctx context.Context, f inventory.FedFilter, fn func(purser.FedAccount) error) error
	PersonTimeline(ctx context.Context, id string, topics []purser.Topic, p purser.Page) (inventory.Timeline, error)
	PersonChanges(ctx context.Context, id string) ([]purser.Change, error)
	Applications(ctx context.Context, f inventory.ApplicationFilter, p purser.Page) (purser.List[purser.Application], error)
	EachApplication(ctx context.Context, f inventory.ApplicationFilter, fn func(purser.Application) error) error
	Application(ctx context.Context, id string) (purser.Application, error)
	ApplicationTimeline(ctx context.Context, id string) ([]purser.TimelineEntry, error)
	ApplicationActivity(ctx context.Context, id string, d inventory.DaySpan, p purser.Page) (purser.List[purser.Activity], error)
	ApplicationUse(ctx context.Context, id string, days int) (inventory.Use, error)
	SetThreshold(ctx context.Context, id string, days int) error
	SetApplication(ctx context.Context, id string, c inventory.ApplicationChange) error
	Plans(ctx context.Context, f inventory.PlanFilter, p purser.Page) (purser.List[purser.Plan], error)
	Seats(ctx context.Context, f inventory.SeatFilter, p purser.Page) (purser.List[inventory.Seat], error)
	EachSeat(ctx context.Context, f inventory.SeatFilter, fn func(inventory.Seat) error) error
	Transactions(ctx context.Context, f inventory.TransactionFilter, p purser.Page) (purser.List[purser.Transaction], error)
	Transaction(ctx context.Context, id string) (purser.Transaction, error)
	EachTransaction(ctx context.Context, f inventory.TransactionFilter, fn func(purser.Transaction) error) error
	Devices(ctx context.Context, f inventory.DeviceFilter, p purser.Page) (purser.List[purser.Device], error)
	EachDevice(ctx context.Context, f inventory.DeviceFilter, fn func(purser.Device) error) error
	Device(ctx context.Context, id string) (purser.Device, error)
	DeviceApps(ctx context.Context, id, query string, removed bool, p purser.Page) (purser.List[purser.InstalledApp], error)
	DeviceChanges(ctx context.Context, id string) ([]purser.Change, error)
	PersonSeats(ctx context.Context, id string) (purser.PersonSeats, error)
	AccountSeats(ctx context.Context, id string) (purser.PersonSeats, error)
	Recent(ctx context.Context, f inventory.RecentFilter, p purser.Page) (inventory.Recent, error)
	EachRecent(ctx context.Context, f inventory.RecentFilter, fn func(purser.RecentChange) error) error
	Access(ctx context.Context, f inventory.AccessFilter, p purser.Page) (inventory.AccessMatrix, error)
	PersonDevices(ctx context.Context, id string) ([]purser.Device, error)
	WorthConnecting(ctx context.Context) ([]inventory.Worth, error)
	Search(ctx context.Context, q string) ([]inventory.Found, error)
	Overlap(ctx context.Context) ([]inventory.OverlapCategory, error)
}

// Connect connects applications; package connect does.
type Connect interface {
	Catalog(ctx context.Context) ([]connect.CatalogEntry, error)
	Preview(ctx context.Context, connector string, settings map[string]string) (connect.Preview, error)
	Create(ctx context.Context, in connect.CreateInput) (purser.Instance, error)
	SetCredential(ctx context.Context, instanceID, auth string, fields map[string]string) error
	Test(ctx context.Context, instanceID string) (connect.TestResult, error)
	ChooseTenant(ctx context.Context, instanceID, tenantID string) error
	Confirm(ctx context.Context, instanceID string) error
	Instances(ctx context.Context, f connect.InstanceFilter) ([]purser.Instance, error)
	Instance(ctx context.Context, idOrName string) (purser.Instance, error)
	Tasks(ctx context.Context, instanceID string) ([]purser.InstanceTask, error)
	Standings(ctx context.Context, f connect.InstanceFilter) ([]purser.Placed, error)
	Stand(ctx context.Context, instanceID string) (purser.Standing, error)
	SetTask(ctx context.Context, instanceID string, task purser.TaskName, c connect.TaskChange) error
	Edit(ctx context.Context, instanceID string, e connect.Edit, version int64) (again bool, err error)
	PreviewSettings(ctx context.Context, instanceID string, settings map[string]string) (connect.SettingsChange, error)
	Owners(ctx context.Context) ([]connect.Owner, error)
	SetHR(ctx context.Context, instanceID string, hr bool) error
	CheckAgain(ctx context.Context, instanceID string) (connect.TestResult, error)
	Discard(ctx context.Context, instanceID string) error
	Delegate(ctx context.Context, instanceID, note string) (path string, d connect.Delegation, err error)
	Delegations(ctx context.Context, instanceID string) ([]connect.Delegation, error)
	RevokeDelegation(ctx context.Context, id string) error
	Credentials(ctx context.Context, instanceID string) ([]connect.CredentialFacts, error)
	SetExpiry(ctx context.Context, instanceID, day string) error
	Activate(ctx context.Context, instanceID string) error
	Deactivate(ctx context.Context, instanceID string) error
	Result(ctx context.Context, instanceID string) (connect.Result, error)
	Calls(ctx context.Context, instanceID string) ([]purser.Call, error)
	Permissions(ctx context.Context, instanceID string) (connect.Permissions, error)
}
