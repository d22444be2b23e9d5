package run

import (
	"purser"
	"purser/internal/store"
)

// seen is how an instance as a whole stands after a run, as people are told of it.
type seen string

const (
	seenPending seen = "pending" // nothing fails, but a task has not come to its first end
	seenOK      seen = "ok"      // the last run of every enabled task ended well
	seenFailing seen = "failing" // one good task does not make up for a failing one
	seenRevoked seen = "revoked"
)

// see judges an instance by the last runs of its enabled tasks. What a canceled
// run would have said is not known: it is not among them.
func see(i purser.Instance, tasks []store.TaskRow, last map[purser.TaskName]store.RunRow) seen {
	if i.Status == purser.StatusRevoked {
		return seenRevoked
	}
	if i.Health == purser.HealthUnauthorized || i.Health == purser.HealthForbidden {
		return seenFailing
	}
	s := seenOK
	for _, t := range tasks {
		if !t.Enabled {
			continue
		}
		row, ok := last[purser.TaskName(t.Task)]
		switch {
		case !ok:
			s = seenPending
		case row.State == string(purser.RunFailed):
			return seenFailing
		}
	}
	return s
}

// tellOn returns the event of a change from what was told last to what is seen
// now, and what was told then; "" if it is no change that people are told of.
func tellOn(told store.ToldRow, now seen) (purser.EventKind, store.ToldRow) {
	kind := purser.EventKind("")
	switch was := seen(told.State); {
	case now == was || now == seenPending:
	case now == seenRevoked:
		kind = purser.EventInstanceRevoked
	case now == seenOK && !told.Complete:
		kind = purser.EventInitialCompleted
	case now == seenOK:
		kind = purser.EventSyncRecovered
	case was == seenRevoked: // still failing, and known to be
	case was == "" || !told.Complete:
		kind = purser.EventInitialFailed
	default:
		kind = purser.EventSyncFailed
	}
	if kind == "" {
		return "", told
	}
	told.State, told.Seq = string(now), told.Seq+1
	told.Complete = told.Complete || now == seenOK
	return kind, told
}
