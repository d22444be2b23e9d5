package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// Support is what may leave the organization for help: identifiers, numbers and
// words of closed lists. No name, no message, no host and no setting is read.
type Support struct {
	Level     []string          `json:"migrations"`
	Rows      map[string]int64  `json:"rows"` // by table
	Instances []SupportInstance `json:"instances"`
	Tasks     []SupportTask     `json:"tasks"`
	Runs      []SupportRun      `json:"runs"` // the last ones, the newest first
	Log       []SupportLine     `json:"log"`  // of the last runs that did not go well
}

// SupportInstance is an instance without its name.
type SupportInstance struct {
	ID          string        `bun:"id" json:"id"`
	Connector   string        `bun:"connector" json:"connector"`
	Auth        string        `bun:"auth" json:"auth"`
	Status      string        `bun:"status" json:"status"`
	Health      string        `bun:"health" json:"health"`
	HealthSince purser.Micros `bun:"health_since" json:"health_since"`
	CreatedAt   purser.Micros `bun:"created_at" json:"created_at"`
}

// SupportTask is a task's switch and times.
type SupportTask struct {
	InstanceID string        `bun:"instance_id" json:"instance"`
	Task       string        `bun:"task" json:"task"`
	Enabled    bool          `bun:"enabled" json:"enabled"`
	Every      int64         `bun:"every_us" json:"every_us"`
	NextRunAt  purser.Micros `bun:"next_run_at" json:"next_run_at"`
	DataAsOf   purser.Micros `bun:"data_as_of" json:"data_as_of"`
}

// SupportRun is a run without its messages.
type SupportRun struct {
	ID         string        `bun:"id" json:"id"`
	InstanceID string        `bun:"instance_id" json:"instance"`
	Task       string        `bun:"task" json:"task"`
	State      string        `bun:"state" json:"state"`
	Cause      string        `bun:"cause" json:"cause"`
	Attempt    int64         `bun:"attempt" json:"attempt"`
	QueuedAt   purser.Micros `bun:"queued_at" json:"queued_at"`
	StartedAt  purser.Micros `bun:"started_at" json:"started_at"`
	EndedAt    purser.Micros `bun:"ended_at" json:"ended_at"`
	Requests   int64         `bun:"requests" json:"requests"`
	Class      string        `bun:"class" json:"class"`
}

// SupportLine is a line of a run's log without message, host and identifiers: what
// called it makes a template of its path.
type SupportLine struct {
	Run     string        `bun:"run" json:"run"`
	At      purser.Micros `bun:"at" json:"at"`
	Kind    string        `bun:"kind" json:"kind"`
	Stream  string        `bun:"stream" json:"stream"`
	Method  string        `bun:"method" json:"method"`
	Path    string        `bun:"path" json:"path"`
	Status  int64         `bun:"status" json:"status"`
	Took    int64         `bun:"took_us" json:"took_us"`
	Bytes   int64         `bun:"bytes" json:"bytes"`
	Page    int64         `bun:"page" json:"page"`
	Attempt int64         `bun:"attempt" json:"attempt"`
	Class   string        `bun:"class" json:"class"`
}

// How much of it is read.
const (
	supportRuns  = 200
	supportLines = 1000
)

// ReadSupport reads it.
func ReadSupport(ctx context.Context, db bun.IDB) (s Support, err error) {
	for _, q := range []struct {
		into  any
		query string
	}{
		{&s.Level, `SELECT name FROM migration ORDER BY name`},
		{&s.Instances, `SELECT id, connector, auth, status, health, health_since, created_at FROM instance ORDER BY no`},
		{&s.Tasks, `SELECT instance_id, task, enabled, every_us, next_run_at, data_as_of FROM instance_task ORDER BY instance_id, task`},
		{&s.Runs, fmt.Sprintf(`SELECT id, instance_id, task, state, cause, attempt, queued_at, started_at, ended_at, requests, class FROM run ORDER BY no DESC LIMIT %d`, supportRuns)},
		{&s.Log, fmt.Sprintf(`SELECT r.id AS run, l.at, l.kind, l.stream, l.method, l.path, l.status, l.took_us, l.bytes, l.page, l.attempt, l.class
			FROM run_log l JOIN run r ON r.no = l.run_no WHERE l.run_no IN (SELECT no FROM run WHERE state IN ('failed', 'partial', 'waiting') ORDER BY no DESC LIMIT 20)
			ORDER BY l.run_no DESC, l.seq LIMIT %d`, supportLines)},
	} {
		if err := db.NewRaw(q.query).Scan(ctx, q.into); err != nil {
			return s, fmt.Errorf("read what support needs: %w", err)
		}
	}
	tables, err := Tables(ctx, db)
	if err != nil {
		return s, err
	}
	s.Rows = map[string]int64{}
	for _, t := range tables {
		var n int64
		if err := db.NewRaw("SELECT count(*) FROM "+column(t.Name)).Scan(ctx, &n); err != nil {
			return s, fmt.Errorf("count %s: %w", t.Name, err)
		}
		s.Rows[t.Name] = n
	}
	return s, nil
}

// ClockOf returns the time by the database server's clock; ok is false for SQLite,
// which has none of its own.
func (db *DB) ClockOf(ctx context.Context) (at purser.Micros, ok bool, err error) {
	if db.dialect != Postgres {
		return 0, false, nil
	}
	err = db.reader.NewRaw(`SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`).Scan(ctx, &at)
	return at, true, err
}

// NewestAudit returns the time of the newest entry of the audit log, 0 if there is none.
func NewestAudit(ctx context.Context, db bun.IDB) (at purser.Micros, err error) {
	err = db.NewRaw(`SELECT COALESCE((SELECT at FROM audit ORDER BY seq DESC LIMIT 1), 0)`).Scan(ctx, &at)
	return at, err
}
