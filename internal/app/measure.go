package app

import (
	"context"

	"purser/internal/metric"
	"purser/internal/store"
)

// measure is what the database says for a scrape of the metrics.
func (a *App) measure(ctx context.Context) (s metric.State, err error) {
	tasks, err := store.MeasureTasks(ctx, a.DB.Read())
	if err != nil {
		return s, err
	}
	for _, t := range tasks {
		m := metric.Task{Instance: t.InstanceID, Task: t.Task, Never: t.DataAsOf == 0, Failures: t.Failures}
		if !m.Never {
			m.Age = a.Now().Sub(t.DataAsOf.Time())
		}
		s.Tasks = append(s.Tasks, m)
	}
	calls := a.Freeze.Known()
	s.Frozen, s.Restored = calls.Frozen, calls.Restored
	s.Runs, s.Notices, s.Health, err = store.MeasureStates(ctx, a.DB.Read())
	return s, err
}
