package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// DeletionRow is a row of deletion.
type DeletionRow struct {
	No           int64         `bun:"no"`
	ID           string        `bun:"id"`
	Scope        string        `bun:"scope"`
	InstanceNo   int64         `bun:"instance_no"`
	InstanceID   string        `bun:"instance_id"`
	InstanceName string        `bun:"instance_name"`
	Connector    string        `bun:"connector"`
	StatusBefore string        `bun:"status_before"`
	ReasonBefore string        `bun:"reason_before"`
	Actor        string        `bun:"actor"`
	Plan         string        `bun:"plan"`
	Gone         string        `bun:"gone"`
	Step         int64         `bun:"step"`
	Phase        string        `bun:"phase"`
	Revocation   string        `bun:"revocation"`
	BegunAt      purser.Micros `bun:"begun_at"`
	EndedAt      purser.Micros `bun:"ended_at"`
}

const deletionColumns = `d.no, d.id, d.scope, d.instance_no, d.instance_id, d.instance_name, d.connector, d.status_before, d.reason_before,
	d.actor, d.plan, d.gone, d.step, d.phase, d.revocation, d.begun_at, d.ended_at`

// InsertDeletion notes a deletion. It fails if one of the same instance is under way.
func InsertDeletion(ctx context.Context, tx bun.Tx, d DeletionRow) error {
	_, err := tx.NewRaw(`INSERT INTO deletion (id, scope, instance_no, instance_id, instance_name, connector, status_before, reason_before, actor, plan, phase, begun_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, d.ID, d.Scope, d.InstanceNo, d.InstanceID, d.InstanceName, d.Connector, d.StatusBefore,
		d.ReasonBefore, d.Actor, d.Plan, d.Phase, int64(d.BegunAt)).Exec(ctx)
	return err
}

// OpenDeletions returns the deletions that are under way.
func OpenDeletions(ctx context.Context, db bun.IDB) (rows []DeletionRow, err error) {
	err = db.NewRaw("SELECT "+deletionColumns+" FROM deletion d WHERE d.ended_at = 0 ORDER BY d.no").Scan(ctx, &rows)
	return rows, err
}

// DeletionByID returns a deletion; ok is false if there is none.
func DeletionByID(ctx context.Context, db bun.IDB, id string) (d DeletionRow, ok bool, err error) {
	err = db.NewRaw("SELECT "+deletionColumns+" FROM deletion d WHERE d.id = ?", id).Scan(ctx, &d)
	return found(d, err)
}

// Deletions returns the deletions of an instance, the latest first.
func Deletions(ctx context.Context, db bun.IDB, instanceID string) (rows []DeletionRow, err error) {
	err = db.NewRaw("SELECT "+deletionColumns+" FROM deletion d WHERE d.instance_id = ? ORDER BY d.no DESC", instanceID).Scan(ctx, &rows)
	return rows, err
}

// StepDeletion notes how far a deletion is, in the transaction of the slice that
// brought it there.
func StepDeletion(ctx context.Context, tx bun.Tx, d DeletionRow) error {
	_, err := tx.NewRaw(`UPDATE deletion SET gone = ?, step = ?, phase = ?, revocation = ? WHERE no = ?`, d.Gone, d.Step, d.Phase, d.Revocation, d.No).Exec(ctx)
	return err
}

// EndDeletion notes the end; ok is false if it was noted already.
func EndDeletion(ctx context.Context, tx bun.Tx, no int64, at purser.Micros) (ok bool, err error) {
	res, err := tx.NewRaw(`UPDATE deletion SET ended_at = ?, phase = '' WHERE no = ? AND ended_at = 0`, int64(at), no).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Deletion returns the row as people see it.
func (d DeletionRow) Deletion() (out purser.Deletion, err error) {
	var plan purser.DeletionPlan
	if err := json.Unmarshal([]byte(d.Plan), &plan); err != nil {
		return out, fmt.Errorf("read the plan of deletion %s: %w", d.ID, err)
	}
	var actor purser.Actor
	if err := json.Unmarshal([]byte(d.Actor), &actor); err != nil {
		return out, fmt.Errorf("read who asked for deletion %s: %w", d.ID, err)
	}
	gone, err := d.GoneRows()
	if err != nil {
		return out, err
	}
	out = purser.Deletion{ID: d.ID, Scope: purser.DeletionScope(d.Scope), InstanceID: d.InstanceID, InstanceName: d.InstanceName, Connector: d.Connector,
		AskedBy: actor.Name, Phase: d.Phase, Total: plan.Total, Gone: []purser.DeletionCount{}, Stays: plan.Stays, Revocation: d.Revocation, BegunAt: d.BegunAt.Time(), EndedAt: d.EndedAt.Time()}
	for _, s := range EraseSteps(out.Scope) {
		if n := gone[s.Table()]; n > 0 && s.Word() != "" {
			out.Gone = append(out.Gone, purser.DeletionCount{What: s.Word(), Count: n})
			out.Removed += n
		}
	}
	if n := gone[historyTable]; n > 0 {
		out.Gone = append(out.Gone, purser.DeletionCount{What: HistoryWord, Count: n})
		out.Removed += n
	}
	return out, nil
}

// GoneRows returns how many rows went from which table so far.
func (d DeletionRow) GoneRows() (map[string]int64, error) {
	gone := map[string]int64{}
	if err := json.Unmarshal([]byte(d.Gone), &gone); err != nil {
		return nil, fmt.Errorf("read how far deletion %s is: %w", d.ID, err)
	}
	return gone, nil
}

// CancelRunsOf asks every run of an instance to end, ends at once those on which
// nobody works, and returns how many are still worked on by a process that was
// alive after stale.
func CancelRunsOf(ctx context.Context, tx bun.Tx, instanceNo int64, why string, now, stale purser.Micros) (working int64, err error) {
	_, err = tx.NewRaw(`UPDATE run SET cancel_requested_at = CASE WHEN cancel_requested_at = 0 THEN ? ELSE cancel_requested_at END
		WHERE instance_no = ? AND ended_at = 0`, int64(now), instanceNo).Exec(ctx)
	if err != nil {
		return 0, err
	}
	_, err = tx.NewRaw(`UPDATE run SET state = 'canceled', class = 'canceled', message = ?, ended_at = ?, holder = '', wait_until = 0, wait_reason = ''
		WHERE instance_no = ? AND ended_at = 0 AND (state <> 'running' OR holder = '' OR touched_at < ?)`, why, int64(now), instanceNo, int64(stale)).Exec(ctx)
	if err != nil {
		return 0, err
	}
	err = tx.NewRaw(`SELECT count(*) FROM run WHERE instance_no = ? AND ended_at = 0`, instanceNo).Scan(ctx, &working)
	return working, err
}

// CountSpend returns how many lines of spend came through an instance.
func CountSpend(ctx context.Context, db bun.IDB, instanceNo int64) (n int64, err error) {
	err = db.NewRaw(`SELECT count(*) FROM "transaction" WHERE instance_no = ?`, instanceNo).Scan(ctx, &n)
	return n, err
}

// CountAuditOf returns how many entries of the audit log are about an object.
func CountAuditOf(ctx context.Context, db bun.IDB, object string) (n int64, err error) {
	err = db.NewRaw(`SELECT count(*) FROM audit WHERE object = ?`, object).Scan(ctx, &n)
	return n, err
}

// CountDecidedApplications returns how many of the applications that an instance
// has to do with stay because somebody decided about them.
func CountDecidedApplications(ctx context.Context, db bun.IDB, instanceNo int64) (n int64, err error) {
	err = db.NewRaw(`SELECT count(*) FROM saas_application a WHERE (a.status <> 'new' OR a.owner_id <> '') AND
		(a.id IN (SELECT application_id FROM application_source WHERE instance_no = ?) OR a.id IN (SELECT application_id FROM instance WHERE no = ?))`,
		instanceNo, instanceNo).Scan(ctx, &n)
	return n, err
}
