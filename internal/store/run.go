package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// RunRow is a row of run.
type RunRow struct {
	No                int64         `bun:"no"`
	ID                string        `bun:"id"`
	InstanceID        string        `bun:"instance_id"`
	InstanceNo        int64         `bun:"instance_no"`
	Task              string        `bun:"task"`
	State             string        `bun:"state"`
	Cause             string        `bun:"cause"`
	Held              int64         `bun:"held"`
	Attempt           int64         `bun:"attempt"`
	DueAt             purser.Micros `bun:"due_at"`
	QueuedAt          purser.Micros `bun:"queued_at"`
	StartedAt         purser.Micros `bun:"started_at"`
	EndedAt           purser.Micros `bun:"ended_at"`
	TouchedAt         purser.Micros `bun:"touched_at"`
	Holder            string        `bun:"holder"`
	WaitUntil         purser.Micros `bun:"wait_until"`
	WaitReason        string        `bun:"wait_reason"`
	Basis             string        `bun:"basis"`
	Requests          int64         `bun:"requests"`
	Class             string        `bun:"class"`
	Message           string        `bun:"message"`
	Hint              string        `bun:"hint"`
	CancelRequestedAt purser.Micros `bun:"cancel_requested_at"`
	Whole             int64         `bun:"whole"` // 1: reads everything again
	Since             purser.Micros `bun:"since"` // from then on; 0: as far back as the vendor tells
}

const runColumns = `r.no, r.id, r.instance_id, r.instance_no, r.task, r.state, r.cause, r.held, r.attempt, r.due_at, r.queued_at,
	r.started_at, r.ended_at, r.touched_at, r.holder, r.wait_until, r.wait_reason, r.basis, r.requests, r.class, r.message, r.hint,
	r.cancel_requested_at, r.whole, r.since`

// EnqueueRun adds a run, unless one of the same instance and task is under way:
// that one is returned then, and made due at once if it is only queued for later.
func EnqueueRun(ctx context.Context, tx bun.Tx, r RunRow) (RunRow, error) {
	res, err := tx.NewRaw(`INSERT INTO run (id, instance_id, instance_no, task, state, cause, attempt, due_at, queued_at, whole, since)
		VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?) ON CONFLICT (instance_no, task) WHERE ended_at = 0 DO NOTHING`, r.ID, r.InstanceID,
		r.InstanceNo, r.Task, r.Cause, max(r.Attempt, 1), int64(r.DueAt), int64(r.QueuedAt), r.Whole, int64(r.Since)).Exec(ctx)
	if err != nil {
		return RunRow{}, err
	}
	if n, err := res.RowsAffected(); err != nil {
		return RunRow{}, err
	} else if n == 0 {
		_, err := tx.NewRaw(`UPDATE run SET due_at = CASE WHEN due_at > ? THEN ? ELSE due_at END,
			whole = CASE WHEN started_at = 0 AND ? > 0 THEN ? ELSE whole END, since = CASE WHEN started_at = 0 AND ? > 0 THEN ? ELSE since END
			WHERE instance_no = ? AND task = ? AND ended_at = 0 AND state = 'queued'`, int64(r.DueAt), int64(r.DueAt), r.Whole, r.Whole,
			r.Whole, int64(r.Since), r.InstanceNo, r.Task).Exec(ctx)
		if err != nil {
			return RunRow{}, err
		}
	}
	var out RunRow
	err = tx.NewRaw("SELECT "+runColumns+" FROM run r WHERE r.instance_no = ? AND r.task = ? AND r.ended_at = 0", r.InstanceNo, r.Task).Scan(ctx, &out)
	return out, err
}

// RunByNo returns a run; ok is false if there is none.
func RunByNo(ctx context.Context, db bun.IDB, no int64) (r RunRow, ok bool, err error) {
	err = db.NewRaw("SELECT "+runColumns+" FROM run r WHERE r.no = ?", no).Scan(ctx, &r)
	return found(r, err)
}

// RunByID returns a run; ok is false if there is none.
func RunByID(ctx context.Context, db bun.IDB, id string) (r RunRow, ok bool, err error) {
	err = db.NewRaw("SELECT "+runColumns+" FROM run r WHERE r.id = ?", id).Scan(ctx, &r)
	return found(r, err)
}

// OpenRuns returns runs that are under way and whose time has come: those that a
// process may have left first, then the longest waiting.
func OpenRuns(ctx context.Context, db bun.IDB, now purser.Micros, limit int) (rows []RunRow, err error) {
	err = db.NewRaw("SELECT "+runColumns+` FROM run r WHERE r.ended_at = 0 AND (r.state = 'running' OR r.state = 'queued' AND r.due_at <= ?
		OR r.state = 'waiting' AND (r.wait_until <= ? OR r.cancel_requested_at > 0) OR r.state = 'queued' AND r.cancel_requested_at > 0) ORDER BY CASE r.state WHEN 'running' THEN 0 ELSE 1 END, r.due_at, r.no LIMIT ?`,
		int64(now), int64(now), limit).Scan(ctx, &rows)
	return rows, err
}

// ClaimRun takes a run for this process. ok is false if it is over, not due, or
// another process works on it and was alive after stale.
func ClaimRun(ctx context.Context, tx bun.Tx, no int64, holder string, now, stale purser.Micros) (r RunRow, ok bool, err error) {
	res, err := tx.NewRaw(`UPDATE run SET state = 'running', holder = ?, touched_at = ?, wait_until = 0, wait_reason = '',
		started_at = CASE WHEN started_at = 0 THEN ? ELSE started_at END WHERE no = ? AND ended_at = 0
		AND (state <> 'running' OR holder = '' OR holder = ? OR touched_at < ?)`, holder, int64(now), int64(now), no, holder, int64(stale)).Exec(ctx)
	if err != nil {
		return r, false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return r, false, err
	}
	return RunByNo(ctx, tx, no)
}

// SetRunBasis notes by which manifest and settings the run reads.
func SetRunBasis(ctx context.Context, tx bun.Tx, no int64, basis string) error {
	_, err := tx.NewRaw("UPDATE run SET basis = ? WHERE no = ?", basis, no).Exec(ctx)
	return err
}

// TouchRun gives a sign of life and returns whether somebody wants the run to end.
func TouchRun(ctx context.Context, tx bun.Tx, no int64, requests int64, now purser.Micros) (cancel bool, err error) {
	var at int64
	err = tx.NewRaw("UPDATE run SET requests = requests + ?, touched_at = ? WHERE no = ? RETURNING cancel_requested_at",
		requests, int64(now), no).Scan(ctx, &at)
	return at > 0, err
}

// FreeRun puts a run back into the queue: it goes on from its last committed page.
func FreeRun(ctx context.Context, tx bun.Tx, no int64, due purser.Micros) error {
	_, err := tx.NewRaw("UPDATE run SET state = 'queued', holder = '', due_at = ? WHERE no = ? AND ended_at = 0", int64(due), no).Exec(ctx)
	return err
}

// FreeRunsOf frees every running run that an earlier process of a node holds: it
// is dead, and the run goes on from its last committed page.
func FreeRunsOf(ctx context.Context, tx bun.Tx, node string) error {
	_, err := tx.NewRaw("UPDATE run SET holder = '' WHERE ended_at = 0 AND state = 'running' AND substr(holder, 1, ?) = ?", len(node)+1, node+".").Exec(ctx)
	return err
}

// WaitRun notes that a vendor asks to wait. Nobody holds the run meanwhile.
func WaitRun(ctx context.Context, tx bun.Tx, no int64, until purser.Micros, why string) error {
	_, err := tx.NewRaw("UPDATE run SET state = 'waiting', holder = '', wait_until = ?, wait_reason = ? WHERE no = ? AND ended_at = 0",
		int64(until), why, no).Exec(ctx)
	return err
}

// EndRun notes how a run ended.
func EndRun(ctx context.Context, tx bun.Tx, no int64, state purser.RunState, class purser.Class, message, hint string, now purser.Micros) error {
	if err := markUnfinished(ctx, tx, no); err != nil {
		return err
	}
	_, err := tx.NewRaw(`UPDATE run SET state = ?, class = ?, message = ?, hint = ?, ended_at = ?, holder = '', wait_until = 0,
		wait_reason = '' WHERE no = ? AND ended_at = 0`, string(state), string(class), message, hint, int64(now), no).Exec(ctx)
	return err
}

// RequestCancel asks for the end of a run; ok is false if it is over already.
func RequestCancel(ctx context.Context, tx bun.Tx, id string, now purser.Micros) (ok bool, err error) {
	res, err := tx.NewRaw(`UPDATE run SET cancel_requested_at = CASE WHEN cancel_requested_at = 0 THEN ? ELSE cancel_requested_at END
		WHERE id = ? AND ended_at = 0`, int64(now), id).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// LastRuns returns the last ended run of each task of an instance.
func LastRuns(ctx context.Context, db bun.IDB, instanceID string) (rows []RunRow, err error) {
	err = db.NewRaw("SELECT "+runColumns+` FROM run r WHERE r.no IN (SELECT max(no) FROM run WHERE instance_id = ? AND ended_at > 0
		AND state NOT IN ('canceled', 'abandoned') GROUP BY task)`, instanceID).Scan(ctx, &rows)
	return rows, err
}

// FailedRuns returns the last ended runs of the enabled tasks of an instance, those that failed.
func FailedRuns(ctx context.Context, db bun.IDB, instanceID string) (failed []RunRow, err error) {
	rows, err := LastRuns(ctx, db, instanceID)
	if err != nil {
		return nil, err
	}
	tasks, err := TaskRows(ctx, db, instanceID)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		on := slices.ContainsFunc(tasks, func(t TaskRow) bool { return t.Enabled && t.Task == row.Task })
		if on && row.State == string(purser.RunFailed) {
			failed = append(failed, row)
		}
	}
	return failed, nil
}

// CountRuns returns how many runs the filter selects, without its page.
func CountRuns(ctx context.Context, db bun.IDB, f RunFilter) (n int64, err error) {
	where, args := f.where()
	err = db.NewRaw("SELECT count(*) FROM run r WHERE "+where, args...).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count the runs: %w", err)
	}
	return n, nil
}
