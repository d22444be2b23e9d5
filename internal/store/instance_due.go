package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// DueTask is a task whose time has come, with what is needed to queue it.
type DueTask struct {
	TaskRow
	InstanceNo int64  `bun:"instance_no"`
	Health     string `bun:"health"`
}

// DueTasks returns the enabled tasks of live instances whose time has come, the
// longest waiting first.
func DueTasks(ctx context.Context, db bun.IDB, now purser.Micros, limit int) (rows []DueTask, err error) {
	err = db.NewRaw(`SELECT t.instance_id, t.task, t.enabled, t.every_us, t.next_run_at, t.first_at, t.data_as_of, t.not_offered,
		t.start_hour, t.zone, t.lookback_us, i.no AS instance_no, i.health
		FROM instance_task t JOIN instance i ON i.id = t.instance_id
		WHERE t.enabled AND t.next_run_at > 0 AND t.next_run_at <= ? AND i.status = 'live'
		ORDER BY t.next_run_at, t.instance_id, t.task LIMIT ?`, int64(now), limit).Scan(ctx, &rows)
	return rows, err
}

// TaskTime is when a task is due next.
type TaskTime struct {
	InstanceID string
	Task       string
	Next       purser.Micros
}

// ScheduleTasks notes when tasks are due next.
func ScheduleTasks(ctx context.Context, db bun.IDB, times []TaskTime) error {
	if len(times) == 0 {
		return nil
	}
	args := make([]any, 0, 3*len(times))
	for _, t := range times {
		args = append(args, t.InstanceID, t.Task, int64(t.Next))
	}
	_, err := db.NewRaw(`UPDATE instance_task SET next_run_at = v.column3 FROM (VALUES `+places(len(times), "(?, ?, ?)")+`) AS v
		WHERE instance_task.instance_id = v.column1 AND instance_task.task = v.column2`, args...).Exec(ctx)
	return err
}

// EnqueueRuns adds many runs at once. Where one of the same instance and task is
// under way nothing is added; one that is only queued for later is made due.
func EnqueueRuns(ctx context.Context, tx bun.Tx, runs []RunRow) error {
	if len(runs) == 0 {
		return nil
	}
	rows, keys := make([]any, 0, 9*len(runs)), make([]any, 0, 2*len(runs))
	for _, r := range runs {
		rows = append(rows, r.ID, r.InstanceID, r.InstanceNo, r.Task, r.Cause, max(r.Attempt, 1), int64(r.DueAt), int64(r.QueuedAt))
		keys = append(keys, r.InstanceNo, r.Task)
	}
	_, err := tx.NewRaw(`INSERT INTO run (id, instance_id, instance_no, task, state, cause, attempt, due_at, queued_at)
		VALUES `+places(len(runs), "(?, ?, ?, ?, 'queued', ?, ?, ?, ?)")+` ON CONFLICT (instance_no, task) WHERE ended_at = 0 DO NOTHING`, rows...).Exec(ctx)
	if err != nil {
		return err
	}
	now := int64(runs[0].DueAt)
	_, err = tx.NewRaw(`UPDATE run SET due_at = ? WHERE ended_at = 0 AND state = 'queued' AND due_at > ? AND (instance_no, task) IN (VALUES `+
		places(len(runs), "(?, ?)")+`)`, append([]any{now, now}, keys...)...).Exec(ctx)
	return err
}

// places repeats a row of placeholders, with commas.
func places(n int, row string) string {
	return strings.TrimSuffix(strings.Repeat(row+", ", n), ", ")
}
