package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// ActionRow is a row of action.
type ActionRow struct {
	No           int64         `bun:"no"`
	ID           string        `bun:"id"`
	InstanceNo   int64         `bun:"instance_no"`
	InstanceID   string        `bun:"instance_id"`   // of instance
	InstanceName string        `bun:"instance_name"` // of instance
	Connector    string        `bun:"connector"`
	Name         string        `bun:"name"`
	Digest       string        `bun:"digest"`
	Given        string        `bun:"given"`
	State        string        `bun:"state"`
	Approval     int64         `bun:"approval"`
	PlannedBy    string        `bun:"planned_by"`
	PlannedAt    purser.Micros `bun:"planned_at"`
	ApprovedBy   string        `bun:"approved_by"`
	ApprovedAt   purser.Micros `bun:"approved_at"`
	StartedBy    string        `bun:"started_by"`
	StartedAt    purser.Micros `bun:"started_at"`
	EndedAt      purser.Micros `bun:"ended_at"`
	UndoOf       string        `bun:"undo_of"`
	WaitUntil    purser.Micros `bun:"wait_until"`
	WaitReason   string        `bun:"wait_reason"`
	Holder       string        `bun:"holder"`
	TouchedAt    purser.Micros `bun:"touched_at"`
}

const actionSelect = `SELECT a.no, a.id, a.instance_no, i.id AS instance_id, i.name AS instance_name, a.connector, a.name, a.digest, a.given, a.state,
	a.approval, a.planned_by, a.planned_at, a.approved_by, a.approved_at, a.started_by, a.started_at, a.ended_at, a.undo_of, a.wait_until,
	a.wait_reason, a.holder, a.touched_at FROM action a JOIN instance i ON i.no = a.instance_no `

// InsertAction notes a planned action and returns its number.
func InsertAction(ctx context.Context, tx bun.Tx, a ActionRow) (no int64, err error) {
	err = tx.NewRaw(`INSERT INTO action (id, instance_no, connector, name, digest, given, state, approval, planned_by, planned_at, undo_of)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING no`, a.ID, a.InstanceNo, a.Connector, a.Name, a.Digest, a.Given, a.State, a.Approval,
		a.PlannedBy, int64(a.PlannedAt), a.UndoOf).Scan(ctx, &no)
	return no, err
}

// ActionByID returns an action.
func ActionByID(ctx context.Context, db bun.IDB, id string) (ActionRow, error) {
	var a ActionRow
	err := db.NewRaw(actionSelect+"WHERE a.id = ?", id).Scan(ctx, &a)
	a, ok, err := found(a, err)
	if err == nil && !ok {
		err = purser.NotFound("action", id)
	}
	return a, err
}

// PutAction writes what moves: state, who approved and started it, what it waits
// for. It fails quietly (ok is false) if the action is not in state was any more.
func PutAction(ctx context.Context, tx bun.Tx, a ActionRow, was purser.ActionState) (ok bool, err error) {
	res, err := tx.NewRaw(`UPDATE action SET state = ?, approved_by = ?, approved_at = ?, started_by = ?, started_at = ?, ended_at = ?,
		wait_until = ?, wait_reason = ?, holder = ?, touched_at = ? WHERE no = ? AND state = ?`, a.State, a.ApprovedBy, int64(a.ApprovedAt),
		a.StartedBy, int64(a.StartedAt), int64(a.EndedAt), int64(a.WaitUntil), a.WaitReason, a.Holder, int64(a.TouchedAt), a.No, string(was)).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// ActionsToWork returns the running actions that wait for nothing, the oldest first.
func ActionsToWork(ctx context.Context, db bun.IDB, now purser.Micros) (rows []ActionRow, err error) {
	err = db.NewRaw(actionSelect+"WHERE a.state = 'running' AND a.wait_until <= ? ORDER BY a.no", int64(now)).Scan(ctx, &rows)
	return rows, err
}

// ClaimAction takes a running action for one process: holder names it, node it and
// those before it of which none can be alive. ok is false if another process has
// given a sign of life since stale.
func ClaimAction(ctx context.Context, tx bun.Tx, no int64, holder, node string, now, stale purser.Micros) (ok bool, err error) {
	res, err := tx.NewRaw(`UPDATE action SET holder = ?, touched_at = ? WHERE no = ? AND state = 'running'
		AND (holder = '' OR holder = ? OR (? <> '' AND holder LIKE ? ESCAPE '\') OR touched_at < ?)`,
		holder, int64(now), no, holder, node, likeText(node)+".%", int64(stale)).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// TouchAction is a sign of life; ok is false if another process has it now.
func TouchAction(ctx context.Context, tx bun.Tx, no int64, holder string, now purser.Micros) (ok bool, err error) {
	res, err := tx.NewRaw("UPDATE action SET touched_at = ? WHERE no = ? AND holder = ?", int64(now), no, holder).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// ActionFilter selects actions; zero fields select every one.
type ActionFilter struct {
	InstanceNo int64
	AccountID  int64
	States     []purser.ActionState
}

type actionListed struct {
	sorted
	ActionRow
}

// Actions returns one page of actions, the newest first.
func Actions(ctx context.Context, db bun.IDB, f ActionFilter, page purser.Page) (purser.List[ActionRow], error) {
	p := &pager{id: "a.no", from: "action a JOIN instance i ON i.no = a.instance_no", first: "planned", newest: true,
		orders: map[string]order{"planned": {expr: "a.no", number: true}},
		columns: `a.no, a.id, a.instance_no, i.id AS instance_id, i.name AS instance_name, a.connector, a.name, a.digest, a.given, a.state,
			a.approval, a.planned_by, a.planned_at, a.approved_by, a.approved_at, a.started_by, a.started_at, a.ended_at, a.undo_of,
			a.wait_until, a.wait_reason, a.holder, a.touched_at`}
	if f.InstanceNo != 0 {
		p.and("a.instance_no = ?", f.InstanceNo)
	}
	if f.AccountID != 0 {
		p.and("a.no IN (SELECT action_no FROM action_item WHERE account_id = ?)", f.AccountID)
	}
	if len(f.States) > 0 {
		p.and("a.state IN (?)", bun.List(f.States))
	}
	return fetch(ctx, db, p, page, true, func(r actionListed) ActionRow { return r.ActionRow })
}

// Action returns the row as people see it; what the manifest says of it is added
// by who knows the manifest.
func (a ActionRow) Action(counts purser.ActionCounts) (out purser.Action, err error) {
	out = purser.Action{ID: a.ID, InstanceID: a.InstanceID, InstanceName: a.InstanceName, Connector: a.Connector, Name: a.Name,
		State: purser.ActionState(a.State), NeedsApproval: a.Approval != 0, PlannedAt: a.PlannedAt.Time(), ApprovedAt: a.ApprovedAt.Time(),
		StartedAt: a.StartedAt.Time(), EndedAt: a.EndedAt.Time(), UndoOf: a.UndoOf, WaitUntil: a.WaitUntil.Time(), WaitReason: a.WaitReason,
		Counts: counts, Scopes: []string{}}
	if err := json.Unmarshal([]byte(a.Given), &out.Given); err != nil {
		return out, fmt.Errorf("read what was chosen for action %s: %w", a.ID, err)
	}
	for _, who := range []struct {
		text string
		into *string
	}{{a.PlannedBy, &out.PlannedBy}, {a.ApprovedBy, &out.ApprovedBy}, {a.StartedBy, &out.StartedBy}} {
		actor, err := a.actor(who.text)
		if err != nil {
			return out, err
		}
		*who.into = actor.Name
	}
	return out, nil
}

// Planner returns who planned the action, Starter who let it run.
func (a ActionRow) Planner() (purser.Actor, error) { return a.actor(a.PlannedBy) }

// Starter returns who let the action run.
func (a ActionRow) Starter() (purser.Actor, error) { return a.actor(a.StartedBy) }

func (a ActionRow) actor(text string) (actor purser.Actor, err error) {
	if text == "" {
		return actor, nil
	}
	if err := json.Unmarshal([]byte(text), &actor); err != nil {
		return actor, fmt.Errorf("read who asked for action %s: %w", a.ID, err)
	}
	return actor, nil
}

// ActionCounts counts the targets of actions by state.
func ActionCounts(ctx context.Context, db bun.IDB, nos ...int64) (map[int64]purser.ActionCounts, error) {
	out := map[int64]purser.ActionCounts{}
	if len(nos) == 0 {
		return out, nil
	}
	var rows []struct {
		ActionNo int64  `bun:"action_no"`
		State    string `bun:"state"`
		N        int64  `bun:"n"`
	}
	err := db.NewRaw(`SELECT action_no, state, count(*) AS n FROM action_item WHERE action_no IN (?) GROUP BY action_no, state`, bun.List(nos)).Scan(ctx, &rows)
	for _, r := range rows {
		c := out[r.ActionNo]
		c.Add(purser.ItemState(r.State), r.N)
		out[r.ActionNo] = c
	}
	return out, err
}
