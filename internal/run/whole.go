package run

import (
	"fmt"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/store"
)

// ranged makes the rows that runs of the tasks are queued like. Tasks that were
// named must be such as can be read again; of all enabled ones those are that can.
func (r *Runner) ranged(i purser.Instance, what Range, named bool, tasks []purser.TaskName) (map[purser.TaskName]store.RunRow, error) {
	out := map[purser.TaskName]store.RunRow{}
	for _, t := range tasks {
		row := store.RunRow{Task: string(t)}
		if what.Whole {
			_, plan, err := r.plan(i, t)
			if err != nil {
				return nil, err
			}
			switch {
			case Again(plan):
				row.Whole, row.Since = 1, purser.MicrosOf(what.Since)
			case named:
				return nil, purser.Invalid("full", "%s is counted by day and cannot be read again: it would count twice", t.Title())
			}
		}
		out[t] = row
	}
	switch {
	case what.Since.IsZero():
	case !what.Whole:
		return nil, purser.Invalid("since", "a date needs “read everything again” (full)")
	case what.Since.After(r.Now()):
		return nil, purser.Invalid("since", "%s is in the future", what.Since.UTC().Format(time.DateOnly))
	}
	return out, nil
}

// Again reports whether a task can be read again as a whole: one that only sums
// up events by day cannot.
func Again(t *manifest.CompiledTask) bool {
	for _, s := range t.Streams {
		if s.Emits != purser.KindActivity {
			return true
		}
	}
	return false
}

// told is what the audit log says of a start.
func told(tasks []purser.TaskName, trigger purser.Trigger, what Range) map[string]any {
	out := map[string]any{"tasks": tasks, "trigger": trigger}
	if what.Whole {
		out["range"] = "everything again"
		if !what.Since.IsZero() {
			out["range"] = fmt.Sprintf("everything again from %s", what.Since.UTC().Format(time.DateOnly))
		}
	}
	return out
}
