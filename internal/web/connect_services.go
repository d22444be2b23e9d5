package web

import (
	"context"
	"net/url"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/run"
)

// Connect is the life of a connection.
type Connect interface {
	Catalog(ctx context.Context) ([]connect.CatalogEntry, error)
	Preview(ctx context.Context, connector string, settings map[string]string) (connect.Preview, error)
	Create(ctx context.Context, in connect.CreateInput) (purser.Instance, error)
	Fields(ctx context.Context, instanceID, auth string) (connect.KeptFields, error)
	SetCredential(ctx context.Context, instance, auth string, fields map[string]string) error
	StartAuthorize(ctx context.Context, instance, session string) (string, error)
	FinishAuthorize(ctx context.Context, session string, query url.Values) (instance string, err error)
	Test(ctx context.Context, instance string) (connect.TestResult, error)
	ChooseTenant(ctx context.Context, instance, tenant string) error
	Confirm(ctx context.Context, instance string) error
	Instances(ctx context.Context, f connect.InstanceFilter) ([]purser.Instance, error)
	Instance(ctx context.Context, idOrName string) (purser.Instance, error)
	Tasks(ctx context.Context, instance string) ([]purser.InstanceTask, error)
	ConnectorTitle(name string) string
	Stand(ctx context.Context, instanceID string) (purser.Standing, error)
	Standings(ctx context.Context, f connect.InstanceFilter) ([]purser.Placed, error)
	SetTask(ctx context.Context, instance string, task purser.TaskName, c connect.TaskChange) error
	Edit(ctx context.Context, instance string, e connect.Edit, version int64) (again bool, err error)
	PreviewSettings(ctx context.Context, instance string, settings map[string]string) (connect.SettingsChange, error)
	Owners(ctx context.Context) ([]connect.Owner, error)
	SetHR(ctx context.Context, instance string, hr bool) error
	CheckAgain(ctx context.Context, instance string) (connect.TestResult, error)
	Missing(ctx context.Context, instance string) (missing []connect.Scope, browser bool, err error)
	Discard(ctx context.Context, instance string) error
	Delegate(ctx context.Context, instance, note string) (path string, d connect.Delegation, err error)
	Delegations(ctx context.Context, instance string) ([]connect.Delegation, error)
	RevokeDelegation(ctx context.Context, id string) error
	OpenDelegation(ctx context.Context, token, origin string) (connect.DelegateWork, error)
	BeginDelegation(ctx context.Context, token, origin string) (cookie string, err error)
	Delegated(ctx context.Context, cookie, origin string) (connect.DelegateWork, error)
	DelegateSet(ctx context.Context, cookie, origin, auth string, fields map[string]string) error
	DelegateAuthorize(ctx context.Context, cookie, origin string) (string, error)
	DelegateAuthorized(ctx context.Context, cookie, origin string, query url.Values) error
	DelegateTest(ctx context.Context, cookie, origin, tenant string) (connect.TestResult, error)
	DelegateFinish(ctx context.Context, cookie, origin string) error
	Credentials(ctx context.Context, instance string) ([]connect.CredentialFacts, error)
	SetExpiry(ctx context.Context, instance, day string) error
	EndOn(ctx context.Context, day string) (time.Time, error)
	Activate(ctx context.Context, instance string) error
	Deactivate(ctx context.Context, instance string) error
	Result(ctx context.Context, instance string) (connect.Result, error)
	Calls(ctx context.Context, instance string) ([]purser.Call, error)
	Permissions(ctx context.Context, instance string) (connect.Permissions, error)
}

// Runs starts, shows and cancels runs, and decides holds.
type Runs interface {
	Start(ctx context.Context, instance string, trigger purser.Trigger, tasks ...purser.TaskName) ([]purser.Run, error)
	Sync(ctx context.Context, instanceID string, trigger purser.Trigger, what run.Range, tasks ...purser.TaskName) ([]purser.Run, error)
	Cancel(ctx context.Context, id string) error
	Run(ctx context.Context, id string) (purser.Run, error)
	Runs(ctx context.Context, f run.Filter, p purser.Page) (purser.List[purser.Run], error)
	Log(ctx context.Context, id string, after int64, limit int) ([]purser.LogLine, error)
	LogLines(ctx context.Context, runID string, f run.LogFilter, afterSeq int64, limit int) ([]purser.LogLine, error)
	LogStreams(ctx context.Context, runID string) ([]string, error)
	Rejects(ctx context.Context, runID string) ([]purser.Reject, error)
	Watch(ctx context.Context, id string) (<-chan purser.Run, error)
	Holds(ctx context.Context, instance string) ([]purser.Hold, error)
	Hold(ctx context.Context, id string) (purser.Hold, error)
	HeldRows(ctx context.Context, holdID, query string, page purser.Page) (purser.List[purser.HeldRow], error)
	DecideHold(ctx context.Context, holdID string, approve bool, rows ...string) error
}
