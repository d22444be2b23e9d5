package connectors_test

import (
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/manifest"
)

// What the fixtures promise stands in the database after a sync, and a second one
// of the same answers finds nothing to do: no stream undoes what another wrote.
func TestEveryTaskLandsInTheDatabaseAndTheSecondSyncFindsNothingToDo(t *testing.T) {
	for _, name := range vendors(t) {
		m := decoded(t, name)
		for i := range m.Tasks {
			task := &m.Tasks[i]
			t.Run(name+"/"+task.Name, func(t *testing.T) {
				t.Parallel()
				x := newTenantOf(t, name, task.Name)
				instance := x.connect("landed")
				r, _ := x.sync(instance)
				if r.State != purser.RunSucceeded {
					t.Fatalf("the sync is %s: %s", r.State, r.Message)
				}
				rows := x.rows(instance)
				x.holds(task, rows)
				if dated(task) {
					return // the next reading asks for what came since
				}
				r, _ = x.sync(instance)
				if r.State != purser.RunSucceeded || r.Counts.Added+r.Counts.Changed+r.Counts.Removed != 0 || x.rows(instance) != rows {
					t.Errorf("the second sync of the same answers is %s with %+v", r.State, r.Counts)
				}
			})
		}
	}
}

// holds compares live rows with the records that a fixture promises.
func (x *tenant) holds(task *manifest.Task, rows string) {
	x.t.Helper()
	have := strings.Split(rows, "\n")
	taken := map[string]bool{} // by what another stream of the task tells
	for i := range task.Streams {
		for _, r := range x.fixture.Records[task.Streams[i].Name] {
			if id, _ := r["external_id"].(string); r["removed"] == true {
				taken[string(task.Streams[i].Emits)+" "+id] = true
			}
		}
	}
	for i := range task.Streams {
		s := &task.Streams[i]
		if s.Enrich || s.Removals != "" || !shownByRows(s.Emits) {
			continue
		}
		for _, r := range x.fixture.Records[s.Name] {
			id, _ := r["external_id"].(string)
			if slices.Contains(have, string(s.Emits)+" "+id) == taken[string(s.Emits)+" "+id] {
				x.t.Errorf("%s: the record %s is not in the database, or in spite of its removal", s.Name, id)
			}
		}
	}
}

func shownByRows(k purser.Kind) bool {
	return k != purser.KindLookup && k != purser.KindActivity && k != purser.KindDevice && k != purser.KindInstalledApp && k != purser.KindContract
}

func dated(task *manifest.Task) bool {
	return slices.ContainsFunc(task.Streams, func(s manifest.Stream) bool { return s.Cursor != nil })
}
