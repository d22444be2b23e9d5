package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/run"
	"purser/internal/table"
)

// RunGroups are groups of conditions of runs.
type RunGroups struct{ AnyOf }

// Resolve checks the groups of conditions.
func (g *RunGroups) Resolve(ctx huma.Context) []error { return g.of(ctx, table.Runs().Name) }

func (a *API) runs() {
	add(a, call{method: "GET", path: "/runs", tag: "Runs", id: "listRuns", does: "List runs, the newest first", op: purser.OpRunRead},
		func(ctx context.Context, in *struct {
			Paging
			RunGroups
			Instance string            `query:"instance" doc:"identifier or name"`
			Task     []purser.TaskName `query:"task" doc:"any of them"`
			State    []purser.RunState `query:"state" doc:"queued, running, waiting, succeeded, partial, failed, canceled, abandoned; any of them"`
			Trigger  []purser.Trigger  `query:"trigger" doc:"schedule, manual, initial, confirm, retry; any of them"`
			From     string            `query:"from" doc:"queued from this day on (UTC)" example:"2026-01-31"`
			To       string            `query:"to" doc:"queued up to this day (UTC)" example:"2026-01-31"`
		}) (*body[purser.List[purser.Run]], error) {
			id, err := a.instanceID(ctx, in.Instance)
			if err != nil {
				return nil, err
			}
			f := run.Filter{InstanceID: id, Tasks: in.Task, States: in.State, Triggers: in.Trigger, Any: table.RunFilter(in.address, time.UTC).Any}
			if f.From, f.To, err = purser.Days(in.From, in.To, time.UTC); err != nil {
				return nil, err
			}
			return listed(a.Runs.Runs(ctx, f, in.page()))
		})
	add(a, call{method: "GET", path: "/runs/{id}", tag: "Runs", id: "getRun", does: "Show a run", op: purser.OpRunRead},
		func(ctx context.Context, in *ByID) (*body[purser.Run], error) { return answer(a.Runs.Run(ctx, in.ID)) })
	add(a, call{method: "GET", path: "/runs/{id}/log", tag: "Runs", id: "getRunLog", does: "Show a run's log", op: purser.OpRunRead},
		func(ctx context.Context, in *struct {
			ByID
			After  int64          `query:"after" minimum:"0" doc:"seq of the last line seen"`
			Limit  int            `query:"limit" minimum:"1" maximum:"5000" default:"1000"`
			Kind   []string       `query:"kind" doc:"request, wait, retry, note, error; any of them"`
			Stream []string       `query:"stream" doc:"any of them"`
			Class  []purser.Class `query:"class" doc:"of a failure; any of them"`
		}) (*body[items[purser.LogLine]], error) {
			return whole(a.Runs.LogLines(ctx, in.ID, run.LogFilter{Kinds: in.Kind, Streams: in.Stream, Classes: in.Class}, in.After, in.Limit))
		})
	add(a, call{method: "GET", path: "/runs/{id}/rejects", tag: "Runs", id: "listRejects", does: "List the records of a run that could not be read, with the reasons", op: purser.OpRunRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Reject]], error) {
			return whole(a.Runs.Rejects(ctx, in.ID))
		})
	add(a, call{method: "POST", path: "/runs/{id}/cancel", tag: "Runs", id: "cancelRun", does: "Cancel a run", op: purser.OpRunStart, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Runs.Cancel(ctx, in.ID)) })
}

func (a *API) holds() {
	add(a, call{method: "GET", path: "/holds", tag: "Runs", id: "listHolds", does: "List removals and mass changes that wait for a person", op: purser.OpRunRead},
		func(ctx context.Context, in *struct {
			Instance string `query:"instance" doc:"identifier or name"`
		}) (*body[items[purser.Hold]], error) {
			id, err := a.instanceID(ctx, in.Instance)
			if err != nil {
				return nil, err
			}
			return whole(a.Runs.Holds(ctx, id))
		})
	add(a, call{method: "GET", path: "/holds/{id}", tag: "Runs", id: "getHold", does: "Show a hold", op: purser.OpRunRead},
		func(ctx context.Context, in *ByID) (*body[purser.Hold], error) {
			return answer(a.Runs.Hold(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/holds/{id}/rows", tag: "Runs", id: "listHeldRows", does: "List every record of a hold by name", op: purser.OpRunRead},
		func(ctx context.Context, in *struct {
			ByID
			Query string `query:"q" doc:"part of the name"`
			After string `query:"after" doc:"cursor: next of the page before"`
			Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
		}) (*body[purser.List[purser.HeldRow]], error) {
			return listed(a.Runs.HeldRows(ctx, in.ID, in.Query, purser.Page{After: in.After, Limit: in.Limit}))
		})
	add(a, call{method: "POST", path: "/holds/{id}/decision", tag: "Runs", id: "decideHold", does: "Let what is held happen, or not: all of it or some",
		op: purser.OpHoldDecide, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Approve bool     `json:"approve"`
				Rows    []string `json:"rows,omitempty" doc:"identifiers of listHeldRows; all that still waits without it" maxItems:"10000"`
			}
		}) (*empty, error) {
			return done(a.Runs.DecideHold(ctx, in.ID, in.Body.Approve, in.Body.Rows...))
		})
}
