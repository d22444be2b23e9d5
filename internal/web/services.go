package web

import (
	"context"
	"net/url"
	"time"

	"purser"
	"purser/internal/audit"
	"purser/internal/inventory"
	"purser/internal/login"
)

// Login is who may sign in, and what the signed-in may do.
type Login interface {
	Allow(ctx context.Context, op purser.Operation) error
	SignIn(ctx context.Context, email, password, origin string) (cookie string, err error)
	SignInCode(ctx context.Context, step, code, origin string) (cookie string, err error)
	SignOut(ctx context.Context, cookie string) error
	SecondFactor(ctx context.Context) (login.Factor, error)
	BeginTOTP(ctx context.Context) error
	ConfirmTOTP(ctx context.Context, code string) (codes []string, err error)
	RemoveTOTP(ctx context.Context, password, code string) error
	NewRecoveryCodes(ctx context.Context, code string) (codes []string, err error)
	ResetTOTP(ctx context.Context, userID string) error
	Policy(ctx context.Context) (login.Policy, error)
	SetPolicy(ctx context.Context, p login.Policy) error
	Doors(ctx context.Context) (login.Doors, error)
	ProviderName() string
	ProviderSignOut(ctx context.Context, back string) string
	Depart(ctx context.Context, t login.Trip) (to, browser string, err error)
	Arrive(ctx context.Context, browser string, back url.Values, origin string) (login.Arrival, error)
	Identities(ctx context.Context) ([]login.Identity, error)
	Unbind(ctx context.Context, issuer string) error
	ProofWays(ctx context.Context) (login.ProofWays, error)
	Prove(ctx context.Context, password, code string) error
	KeepForm(ctx context.Context, f login.KeptForm) (name string, err error)
	KeptForm(ctx context.Context, name string) (f login.KeptForm, ok bool, err error)
	Link(ctx context.Context, token string) (login.Link, error)
	Redeem(ctx context.Context, token, name, email, password, origin string) (cookie string, err error)
	Sessions(ctx context.Context) ([]login.Session, error)
	RevokeSession(ctx context.Context, id string) error
	RevokeOtherSessions(ctx context.Context) error
	ChangePassword(ctx context.Context, current, next string) error
	Users(ctx context.Context) ([]login.User, error)
	Invite(ctx context.Context, email string, role purser.Role) (path string, inv login.Invitation, err error)
	Invitations(ctx context.Context) ([]login.Invitation, error)
	Withdraw(ctx context.Context, id string) error
	SetRole(ctx context.Context, id string, role purser.Role) error
	RemoveUser(ctx context.Context, id string) error
	CreateToken(ctx context.Context, name string, scopes []purser.Operation, expires time.Time) (secret string, t login.Token, err error)
	Tokens(ctx context.Context) ([]login.Token, error)
	RevokeToken(ctx context.Context, id string) error
	May(actor purser.Actor) []purser.Operation
}

// AuditLog is the audit log as it is read.
type AuditLog interface {
	List(ctx context.Context, f audit.Filter, page purser.Page) (purser.List[audit.Line], error)
	Verify(ctx context.Context) (int64, error)
}

// Settings is what the operator configured, shown and never changed by a page.
type Settings struct {
	Version   string
	PublicURL string
	DataDir   string
	Database  string // SQLite or PostgreSQL, in words
	KeyFile   string
	Proxy     string
	Safelist  []string
	Networks  []string // private networks that may be called
	VendorMap []string
	KeepLogs  time.Duration // of runs
}

// Inventory answers what people look at.
type Inventory interface {
	DataAsOf(ctx context.Context, instanceID string, tasks ...purser.TaskName) (time.Time, error)
	Accounts(ctx context.Context, f inventory.AccountFilter, p purser.Page) (purser.List[purser.Account], error)
	Account(ctx context.Context, id string) (purser.Account, error)
	AccountChanges(ctx context.Context, id string) ([]purser.Change, error)
	AccountTimeline(ctx context.Context, id string, topics []purser.Topic, p purser.Page) (inventory.Timeline, error)
	AccountGroups(ctx context.Context, id string) ([]purser.Group, error)
	AccountActivity(ctx context.Context, id string, p purser.Page) (purser.List[purser.Activity], error)
	People(ctx context.Context, f inventory.PersonFilter, p purser.Page) (purser.List[purser.Person], error)
	Person(ctx context.Context, id string) (purser.Person, error)
	PersonAccounts(ctx context.Context, id string) ([]purser.Account, error)
	FedAccounts(ctx context.Context, f inventory.FedFilter, p purser.Page) (purser.List[purser.FedAccount], error)
	FedApplications(ctx context.Context) ([]purser.Application, error)
	FedProviders(ctx context.Context) ([]purser.Instance, error)
	PersonTimeline(ctx context.Context, id string, topics []purser.Topic, p purser.Page) (inventory.Timeline, error)
	PersonChanges(ctx context.Context, id string) ([]purser.Change, error)
	Departments(ctx context.Context) ([]string, error)
	Recent(ctx context.Context, f inventory.RecentFilter, p purser.Page) (inventory.Recent, error)
	Access(ctx context.Context, f inventory.AccessFilter, p purser.Page) (inventory.AccessMatrix, error)
	PersonSeats(ctx context.Context, id string) (purser.PersonSeats, error)
	AccountSeats(ctx context.Context, id string) (purser.PersonSeats, error)
	ConnectedApplications(ctx context.Context) ([]inventory.MatrixApplication, error)
	Applications(ctx context.Context, f inventory.ApplicationFilter, p purser.Page) (purser.List[purser.Application], error)
	Categories(ctx context.Context) ([]string, error)
	Application(ctx context.Context, id string) (purser.Application, error)
	ApplicationUse(ctx context.Context, id string, days int) (inventory.Use, error)
	SetThreshold(ctx context.Context, id string, days int) error
	SetApplication(ctx context.Context, id string, c inventory.ApplicationChange) error
	ApplicationTimeline(ctx context.Context, id string) ([]purser.TimelineEntry, error)
	ApplicationActivity(ctx context.Context, id string, d inventory.DaySpan, p purser.Page) (purser.List[purser.Activity], error)
	Seats(ctx context.Context, f inventory.SeatFilter, p purser.Page) (purser.List[inventory.Seat], error)
	Transactions(ctx context.Context, f inventory.TransactionFilter, p purser.Page) (purser.List[purser.Transaction], error)
	Transaction(ctx context.Context, id string) (purser.Transaction, error)
	Devices(ctx context.Context, f inventory.DeviceFilter, p purser.Page) (purser.List[purser.Device], error)
	Device(ctx context.Context, id string) (purser.Device, error)
	DeviceApps(ctx context.Context, id, query string, removed bool, p purser.Page) (purser.List[purser.InstalledApp], error)
	DeviceChanges(ctx context.Context, id string) ([]purser.Change, error)
	PersonDevices(ctx context.Context, id string) ([]purser.Device, error)
	WorthConnecting(ctx context.Context) ([]inventory.Worth, error)
	Shelves(ctx context.Context) ([]string, error)
	Search(ctx context.Context, q string) ([]inventory.Found, error)
	Overlap(ctx context.Context) ([]inventory.OverlapCategory, error)
}
