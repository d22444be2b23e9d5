package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// TaskMeasure is how an enabled task of a live instance stands.
type TaskMeasure struct {
	InstanceID string        `bun:"instance_id"`
	Task       string        `bun:"task"`
	DataAsOf   purser.Micros `bun:"data_as_of"` // 0: never read whole
	Failures   int64         `bun:"failures"`   // since the last run that went well
}

// MeasureTasks returns every enabled task of every live instance.
func MeasureTasks(ctx context.Context, db bun.IDB) (all []TaskMeasure, err error) {
	err = db.NewRaw(`SELECT t.instance_id, t.task, t.data_as_of, (SELECT count(*) FROM run r WHERE r.instance_no = i.no AND r.task = t.task
			AND r.state = 'failed' AND r.no > COALESCE((SELECT max(g.no) FROM run g WHERE g.instance_no = i.no AND g.task = t.task
				AND g.state IN ('succeeded', 'partial')), 0)) AS failures
		FROM instance_task t JOIN instance i ON i.id = t.instance_id WHERE t.enabled AND i.status = 'live' ORDER BY t.instance_id, t.task`).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("measure the tasks: %w", err)
	}
	return all, nil
}

// MeasureStates counts by state the runs that have not ended, the deliveries that
// are not done, and the live instances by health.
func MeasureStates(ctx context.Context, db bun.IDB) (runs, notices, health map[string]int64, err error) {
	read := func(query string) (map[string]int64, error) {
		var rows []struct {
			Name string `bun:"name"`
			N    int64  `bun:"n"`
		}
		if err := db.NewRaw(query).Scan(ctx, &rows); err != nil {
			return nil, fmt.Errorf("count by state: %w", err)
		}
		out := map[string]int64{}
		for _, r := range rows {
			out[r.Name] = r.N
		}
		return out, nil
	}
	if runs, err = read(`SELECT state AS name, count(*) AS n FROM run WHERE ended_at = 0 GROUP BY state`); err != nil {
		return nil, nil, nil, err
	}
	if notices, err = read(`SELECT state AS name, count(*) AS n FROM notice_delivery WHERE state NOT IN ('sent', 'dropped') GROUP BY state`); err != nil {
		return nil, nil, nil, err
	}
	health, err = read(`SELECT health AS name, count(*) AS n FROM instance WHERE status = 'live' GROUP BY health`)
	return runs, notices, health, err
}
