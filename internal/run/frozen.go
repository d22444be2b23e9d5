package run

import (
	"cmp"
	"time"

	"purser"
	"purser/internal/store"
)

// codeFrozen is the code of a call that a freeze has stopped; package egress gives it.
const codeFrozen = "frozen"

// soonAfter is how soon a run that a freeze stopped goes on once calls leave again;
// until then nobody wakes it.
const soonAfter = time.Second

// frozen says why nothing may be asked of any vendor now, "" if it may.
func (r *Runner) frozen() string {
	if r.Frozen == nil {
		return ""
	}
	return r.Frozen()
}

// paused reports that nothing is begun by itself.
func (r *Runner) paused() bool { return r.Paused != nil && r.Paused() }

// stopped reports whether a freeze stopped the call that failed.
func stopped(e *purser.Error) bool {
	return e != nil && e.Class == purser.ClassCanceled && e.Code == codeFrozen
}

// thawing lets a run wait at its last committed page until calls leave again.
func (r *Runner) thawing(why string) outcome {
	return outcome{state: purser.RunWaiting, err: &purser.Error{Class: purser.ClassCanceled, What: cmp.Or(why, "outgoing calls were frozen"),
		Until: r.Now().Add(soonAfter)}}
}

// rests reports whether a run need not be woken: it waits, and would only be told
// again that calls are frozen.
func (r *Runner) rests(row store.RunRow) bool {
	return r.frozen() != "" && row.State == string(purser.RunWaiting)
}
