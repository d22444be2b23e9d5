package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser"
)

// TaskRow is a row of instance_task: the switch and the schedule of one task.
type TaskRow struct {
	InstanceID string        `bun:"instance_id"`
	Task       string        `bun:"task"`
	Enabled    bool          `bun:"enabled"`
	Every      int64         `bun:"every_us"`
	NextRunAt  purser.Micros `bun:"next_run_at"`
	FirstAt    purser.Micros `bun:"first_at"`   // end of the first complete run
	DataAsOf   purser.Micros `bun:"data_as_of"` // end of the last complete run
	NotOffered string        `bun:"not_offered"`
}

// Interval returns the time between two runs.
func (r TaskRow) Interval() time.Duration { return time.Duration(r.Every) * time.Microsecond }

const taskColumns = `instance_id, task, enabled, every_us, next_run_at, first_at, data_as_of, not_offered`

// PutTask writes the switch and the schedule of a task; what runs said of it stays.
func PutTask(ctx context.Context, db bun.IDB, r TaskRow) error {
	_, err := db.NewRaw(`INSERT INTO instance_task (`+taskColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (instance_id, task) DO UPDATE SET enabled = excluded.enabled, every_us = excluded.every_us,
		next_run_at = excluded.next_run_at`, r.InstanceID, r.Task, r.Enabled, r.Every, int64(r.NextRunAt), int64(r.FirstAt),
		int64(r.DataAsOf), r.NotOffered).Exec(ctx)
	return err
}

// TaskRows returns the tasks of an instance, by name.
func TaskRows(ctx context.Context, db bun.IDB, instanceID string) (rows []TaskRow, err error) {
	err = db.NewRaw(`SELECT `+taskColumns+` FROM instance_task WHERE instance_id = ? ORDER BY task`, instanceID).Scan(ctx, &rows)
	return rows, err
}

// TaskRowOf returns one task; ok is false if the instance has none of that name.
func TaskRowOf(ctx context.Context, db bun.IDB, instanceID string, task purser.TaskName) (r TaskRow, ok bool, err error) {
	err = db.NewRaw(`SELECT `+taskColumns+` FROM instance_task WHERE instance_id = ? AND task = ?`, instanceID, string(task)).Scan(ctx, &r)
	return found(r, err)
}

// DueTasks returns the enabled tasks of live instances whose time has come, the
// longest waiting first.
func DueTasks(ctx context.Context, db bun.IDB, now purser.Micros, limit int) (rows []TaskRow, err error) {
	err = db.NewRaw(`SELECT t.instance_id, t.task, t.enabled, t.every_us, t.next_run_at, t.first_at, t.data_as_of, t.not_offered
		FROM instance_task t JOIN instance i ON i.id = t.instance_id
		WHERE t.enabled AND t.next_run_at > 0 AND t.next_run_at <= ? AND i.status = 'live'
		ORDER BY t.next_run_at, t.instance_id, t.task LIMIT ?`, int64(now), limit).Scan(ctx, &rows)
	return rows, err
}

// ScheduleTask notes when the task is due next.
func ScheduleTask(ctx context.Context, db bun.IDB, instanceID string, task purser.TaskName, next purser.Micros) error {
	_, err := db.NewRaw(`UPDATE instance_task SET next_run_at = ? WHERE instance_id = ? AND task = ?`,
		int64(next), instanceID, string(task)).Exec(ctx)
	return err
}

// CompleteTask notes the end of a complete run: from then on the data is of that time.
func CompleteTask(ctx context.Context, db bun.IDB, instanceID string, task purser.TaskName, at purser.Micros, notOffered string) error {
	_, err := db.NewRaw(`UPDATE instance_task SET data_as_of = ?, first_at = CASE WHEN first_at = 0 THEN ? ELSE first_at END,
		not_offered = ? WHERE instance_id = ? AND task = ?`, int64(at), int64(at), notOffered, instanceID, string(task)).Exec(ctx)
	return err
}

// DataAsOf returns, by instance, the end of the last complete run of the given
// tasks: the oldest where an instance has several.
func DataAsOf(ctx context.Context, db bun.IDB, tasks ...purser.TaskName) (map[string]time.Time, error) {
	var rows []struct {
		InstanceID string        `bun:"instance_id"`
		At         purser.Micros `bun:"at"`
	}
	err := db.NewRaw(`SELECT instance_id, min(data_as_of) AS at FROM instance_task WHERE task IN (?) AND data_as_of > 0
		GROUP BY instance_id`, bun.List(tasks)).Scan(ctx, &rows)
	out := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		out[r.InstanceID] = r.At.Time()
	}
	return out, err
}

// DueNow makes the enabled tasks of an instance due.
func DueNow(ctx context.Context, db bun.IDB, instanceID string, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE instance_task SET next_run_at = ? WHERE instance_id = ? AND enabled = TRUE`, int64(at), instanceID).Exec(ctx)
	return err
}

// AskAgain lets streams be asked for at once that the vendor did not offer the last time.
func AskAgain(ctx context.Context, db bun.IDB, instanceNo int64) error {
	_, err := db.NewRaw(`UPDATE stream SET asked_at = 0 WHERE instance_no = ? AND asked_at <> 0`, instanceNo).Exec(ctx)
	return err
}
