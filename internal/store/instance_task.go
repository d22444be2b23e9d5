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
	DataAsOf   purser.Micros `bun:"data_as_of"` // of the last complete run: its end, less how late the vendor's data is
	NotOffered string        `bun:"not_offered"`
	StartHour  *int64        `bun:"start_hour"`  // nil: counted from the last run
	Zone       string        `bun:"zone"`        // of the hour
	Lookback   int64         `bun:"lookback_us"` // how far back the first run goes; 0: the usual
}

// Schedule returns when the task runs.
func (r TaskRow) Schedule() purser.Schedule {
	s := purser.Schedule{Every: r.Interval(), Zone: r.Zone}
	if r.StartHour != nil {
		hour := int(*r.StartHour)
		s.Hour = &hour
	}
	return s
}

// SetSchedule changes when the task runs.
func (r *TaskRow) SetSchedule(s purser.Schedule) {
	r.Every, r.Zone, r.StartHour = s.Every.Microseconds(), s.Zone, nil
	if s.Hour != nil {
		hour := int64(*s.Hour)
		r.StartHour = &hour
	}
}

// Interval returns the time between two runs.
func (r TaskRow) Interval() time.Duration { return time.Duration(r.Every) * time.Microsecond }

const taskColumns = `instance_id, task, enabled, every_us, next_run_at, first_at, data_as_of, not_offered, start_hour, zone, lookback_us`

// PutTask writes the switch and the schedule of a task; what runs said of it stays.
func PutTask(ctx context.Context, db bun.IDB, r TaskRow) error {
	_, err := db.NewRaw(`INSERT INTO instance_task (`+taskColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (instance_id, task) DO UPDATE SET enabled = excluded.enabled, every_us = excluded.every_us,
		next_run_at = excluded.next_run_at, start_hour = excluded.start_hour, zone = excluded.zone, lookback_us = excluded.lookback_us`,
		r.InstanceID, r.Task, r.Enabled, r.Every, int64(r.NextRunAt), int64(r.FirstAt), int64(r.DataAsOf), r.NotOffered, r.StartHour,
		r.Zone, r.Lookback).Exec(ctx)
	return err
}

// TaskRows returns the tasks of an instance, by name.
func TaskRows(ctx context.Context, db bun.IDB, instanceID string) (rows []TaskRow, err error) {
	err = db.NewRaw(`SELECT `+taskColumns+` FROM instance_task WHERE instance_id = ? ORDER BY task`, instanceID).Scan(ctx, &rows)
	return rows, err
}

// TaskRowsOf returns the tasks of several instances, by name.
func TaskRowsOf(ctx context.Context, db bun.IDB, instanceIDs []string) (rows []TaskRow, err error) {
	if len(instanceIDs) == 0 {
		return nil, nil
	}
	err = db.NewRaw(`SELECT `+taskColumns+` FROM instance_task WHERE instance_id IN (?) ORDER BY instance_id, task`, bun.List(instanceIDs)).Scan(ctx, &rows)
	return rows, err
}

// TaskRowOf returns one task; ok is false if the instance has none of that name.
func TaskRowOf(ctx context.Context, db bun.IDB, instanceID string, task purser.TaskName) (r TaskRow, ok bool, err error) {
	err = db.NewRaw(`SELECT `+taskColumns+` FROM instance_task WHERE instance_id = ? AND task = ?`, instanceID, string(task)).Scan(ctx, &r)
	return found(r, err)
}

// CompleteTask notes the end of a complete run. at is the time of its data: the
// end of the reading, less how late the vendor's own data is.
func CompleteTask(ctx context.Context, db bun.IDB, instanceID string, task purser.TaskName, end, at purser.Micros, notOffered string) error {
	_, err := db.NewRaw(`UPDATE instance_task SET data_as_of = ?, first_at = CASE WHEN first_at = 0 THEN ? ELSE first_at END,
		not_offered = ? WHERE instance_id = ? AND task = ?`, int64(at), int64(end), notOffered, instanceID, string(task)).Exec(ctx)
	return err
}

// DataAsOf returns, by instance, of when the data of the last complete run of the given
// tasks is (see CompleteTask): the oldest where an instance has several.
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
