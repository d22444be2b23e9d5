package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/uptrace/bun"

	"purser"
)

// ActionItemRow is a row of action_item.
type ActionItemRow struct {
	No         int64         `bun:"no"`
	ActionNo   int64         `bun:"action_no"`
	InstanceNo int64         `bun:"instance_no"`
	AccountID  int64         `bun:"account_id"`
	Account    string        `bun:"account"`
	Record     string        `bun:"record"`
	Label      string        `bun:"label"`
	Requests   string        `bun:"requests"`
	State      string        `bun:"state"`
	Why        string        `bun:"why"`
	Hint       string        `bun:"hint"`
	Class      string        `bun:"class"`
	Step       int64         `bun:"step"`
	Sending    int64         `bun:"sending"`
	Tries      int64         `bun:"tries"`
	SentAt     purser.Micros `bun:"sent_at"`
	EndedAt    purser.Micros `bun:"ended_at"`
	Log        string        `bun:"log"`
}

const itemColumns = `no, action_no, instance_no, account_id, account, record, label, requests, state, why, hint, class, step, sending, tries, sent_at, ended_at, log`

// InsertActionItem notes a target of a planned action.
func InsertActionItem(ctx context.Context, tx bun.Tx, i ActionItemRow) error {
	_, err := tx.NewRaw(`INSERT INTO action_item (action_no, instance_no, account_id, account, record, label, requests, state, why, hint, class, ended_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, i.ActionNo, i.InstanceNo, i.AccountID, i.Account, i.Record, i.Label, i.Requests, i.State,
		i.Why, i.Hint, i.Class, int64(i.EndedAt)).Exec(ctx)
	return err
}

// NextActionItem returns the target to go on with: one that was interrupted
// before those that were not begun. ok is false if none is left.
func NextActionItem(ctx context.Context, db bun.IDB, actionNo int64) (i ActionItemRow, ok bool, err error) {
	err = db.NewRaw("SELECT "+itemColumns+` FROM action_item WHERE action_no = ? AND state IN ('running', 'planned')
		ORDER BY CASE state WHEN 'running' THEN 0 ELSE 1 END, no LIMIT 1`, actionNo).Scan(ctx, &i)
	return found(i, err)
}

// BeginRequest notes that the next request of a target is about to leave. ok is
// false if somebody else was quicker: then it must not be sent.
func BeginRequest(ctx context.Context, tx bun.Tx, i ActionItemRow) (ok bool, err error) {
	res, err := tx.NewRaw(`UPDATE action_item SET state = 'running', sending = 1, tries = ? WHERE no = ? AND step = ? AND sending = ? AND tries = ?
		AND state IN ('planned', 'running')`, i.Tries+1, i.No, i.Step, i.Sending, i.Tries).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// PutActionItem writes where a target stands.
func PutActionItem(ctx context.Context, tx bun.Tx, i ActionItemRow) error {
	_, err := tx.NewRaw(`UPDATE action_item SET state = ?, why = ?, hint = ?, class = ?, step = ?, sending = ?, sent_at = ?, ended_at = ?, log = ? WHERE no = ?`,
		i.State, cleanText(i.Why), i.Hint, i.Class, i.Step, i.Sending, int64(i.SentAt), int64(i.EndedAt), cleanText(i.Log), i.No).Exec(ctx)
	return err
}

// CancelActionItems ends the targets that were not begun.
func CancelActionItems(ctx context.Context, tx bun.Tx, actionNo int64, why string, at purser.Micros) error {
	_, err := tx.NewRaw(`UPDATE action_item SET state = 'canceled', why = ?, ended_at = ? WHERE action_no = ? AND state = 'planned'`, why, int64(at), actionNo).Exec(ctx)
	return err
}

// ActionItems returns one page of the targets of an action, in their order.
func ActionItems(ctx context.Context, db bun.IDB, actionNo int64, states []purser.ItemState, page purser.Page) (out purser.List[purser.ActionItem], err error) {
	after, err := strconv.ParseInt(page.After, 10, 64)
	if err != nil {
		after = 0
	}
	where, args := " FROM action_item WHERE action_no = ?", []any{actionNo}
	if len(states) > 0 {
		where, args = where+" AND state IN (?)", append(args, bun.List(states))
	}
	if err := db.NewRaw("SELECT count(*)"+where, args...).Scan(ctx, &out.Total); err != nil {
		return out, err
	}
	limit := limitOf(page)
	var rows []ActionItemRow
	err = db.NewRaw("SELECT "+itemColumns+where+" AND no > ? ORDER BY no LIMIT ?", append(args, after, limit+1)...).Scan(ctx, &rows)
	if err != nil {
		return out, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		out.Next = strconv.FormatInt(rows[limit-1].No, 10)
	}
	out.Items = make([]purser.ActionItem, len(rows))
	for n, r := range rows {
		if out.Items[n], err = r.Item(); err != nil {
			return out, err
		}
	}
	return out, nil
}

// ActionItemRows returns the targets of an action in some states, all of them.
func ActionItemRows(ctx context.Context, db bun.IDB, actionNo int64, states ...purser.ItemState) (rows []ActionItemRow, err error) {
	err = db.NewRaw("SELECT "+itemColumns+" FROM action_item WHERE action_no = ? AND state IN (?) ORDER BY no", actionNo, bun.List(states)).Scan(ctx, &rows)
	return rows, err
}

// ActionItemByNo returns a target as it stands now.
func ActionItemByNo(ctx context.Context, db bun.IDB, no int64) (i ActionItemRow, ok bool, err error) {
	err = db.NewRaw("SELECT "+itemColumns+" FROM action_item WHERE no = ?", no).Scan(ctx, &i)
	return found(i, err)
}

// OpenActionItem is a target that no reading has shown yet, with its action.
type OpenActionItem struct {
	ActionItemRow
	Name      string `bun:"name"`
	ActionID  string `bun:"action_id"`
	Connector string `bun:"connector"`
	Given     string `bun:"given"`
}

// OpenActionItems returns targets that are under way or not read back yet, the
// latest first: of one record, or with "" of every one of every instance.
func OpenActionItems(ctx context.Context, db bun.IDB, instanceNo int64, record string, states ...purser.ItemState) (rows []OpenActionItem, err error) {
	err = db.NewRaw(`SELECT i.no, i.action_no, i.instance_no, i.account_id, i.account, i.record, i.label, i.requests, i.state, i.why, i.hint, i.class,
		i.step, i.sending, i.tries, i.sent_at, i.ended_at, i.log, a.name, a.id AS action_id, a.connector, a.given
		FROM action_item i JOIN action a ON a.no = i.action_no WHERE i.state IN (?) AND (? = '' OR i.instance_no = ? AND i.record = ?) ORDER BY i.no DESC`,
		bun.List(states), record, instanceNo, record).Scan(ctx, &rows)
	return rows, err
}

// Item returns the row as people see it.
func (i ActionItemRow) Item() (out purser.ActionItem, err error) {
	out = purser.ActionItem{ID: "aci_" + strconv.FormatInt(i.No, 10), AccountID: RowID("acc_", i.AccountID), ExternalID: i.Record, Name: i.Label,
		State: purser.ItemState(i.State), Why: i.Why, Hint: i.Hint, Class: purser.Class(i.Class), Done: int(i.Step), SentAt: i.SentAt.Time(), EndedAt: i.EndedAt.Time()}
	if out.Requests, err = i.Asked(); err != nil {
		return out, err
	}
	if err := json.Unmarshal([]byte(i.Log), &out.Log); err != nil {
		return out, fmt.Errorf("read the log of target %d of an action: %w", i.No, err)
	}
	return out, nil
}

// Asked returns the requests of the target.
func (i ActionItemRow) Asked() (out []purser.ActionRequest, err error) {
	if err := json.Unmarshal([]byte(i.Requests), &out); err != nil {
		return nil, fmt.Errorf("read the requests of target %d of an action: %w", i.No, err)
	}
	return out, nil
}
