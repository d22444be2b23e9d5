package connect

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// Standing is how an instance stands: three facts, one sentence, one button.
type Standing = purser.Standing

// Stand says how an instance stands.
func (s *Service) Stand(ctx context.Context, instanceID string) (Standing, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return Standing{}, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return Standing{}, err
	}
	tasks, err := s.tasks(ctx, i)
	if err != nil {
		return Standing{}, err
	}
	cares, err := s.cares(ctx)
	st := StandingOf(i, tasks)
	st.Care = cares[i.ID]
	return st, err
}

// Standings returns the selected instances and how each stands, the most urgent first.
func (s *Service) Standings(ctx context.Context, f InstanceFilter) ([]purser.Placed, error) {
	all, err := s.Instances(ctx, f)
	if err != nil {
		return nil, err
	}
	tasks, err := s.tasksOf(ctx, all)
	if err != nil {
		return nil, err
	}
	cares, err := s.cares(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]purser.Placed, len(all))
	for n, i := range all {
		out[n] = purser.Placed{Instance: i, Tasks: tasks[i.ID], Standing: StandingOf(i, tasks[i.ID])}
		out[n].Standing.Care = cares[i.ID]
	}
	slices.SortStableFunc(out, func(a, b purser.Placed) int { return cmp.Compare(a.Standing.Rank(), b.Standing.Rank()) })
	return out, nil
}

// StandingOf derives the standing of an instance from its facts and its tasks.
func StandingOf(i purser.Instance, tasks []purser.InstanceTask) Standing {
	st := standingOf(i, tasks)
	st.URL = "/instances/" + i.ID + standingPage(st.Action)
	return st
}

// standingPage is the page, below the instance's, where a button does its work.
func standingPage(action string) string {
	switch action {
	case "set_up":
		return "/setup"
	case "load":
		return "/loads"
	case "repair", "check":
		return "/credential"
	case "permissions", "holds", "deletion":
		return "/" + action
	}
	return ""
}

func standingOf(i purser.Instance, tasks []purser.InstanceTask) Standing {
	st := Standing{Status: i.Status, Health: i.Health, Since: i.StatusSince}
	st.Freshness, st.DataAsOf = worst(tasks)
	since := sinceWords(st.Since)
	switch i.Status {
	case purser.StatusDraft:
		return as(st, "unknown", "Not connected yet: it has no credential that was tested and confirmed.", "Set up", "set_up")
	case purser.StatusInactive:
		if i.Reason != "" {
			return as(st, "inactive", "Paused"+since+": "+strings.TrimRight(i.Reason, ".")+". Nothing is synced, and the data grows old.", "Activate", "activate")
		}
		return as(st, "inactive", "Deactivated"+since+": nothing is synced, and the data grows old.", "Activate", "activate")
	case purser.StatusRevoked:
		sentence := "Revoked" + since + ": " + orElse(strings.TrimRight(i.Reason, "."), "the vendor no longer accepts the credential") + ". Data and settings stay as they are."
		if i.Health == purser.HealthForbidden { // accepted still: nothing has to be entered
			return as(st, "revoked", sentence, "Check again", "check")
		}
		return as(st, "revoked", sentence, "Repair", "repair")
	case purser.StatusDeleting:
		return as(st, "inactive", "Being deleted"+since+": "+orElse(i.Reason, "there is no way back")+".", "See how far it is", "deletion")
	}
	st.Since = i.HealthSince
	since = sinceWords(i.HealthSince)
	why := ""
	if i.HealthWhy != "" {
		why = ": " + strings.TrimRight(i.HealthWhy, ".")
	}
	switch i.Health {
	case purser.HealthUnauthorized:
		return as(st, "failing", "The vendor refuses the credential"+since+why+". It is tried again by itself before the instance is revoked.", "Check the credential", "check")
	case purser.HealthForbidden:
		return as(st, "failing", "The credential is accepted, but may not read"+since+why+".", "See the permissions", "permissions")
	case purser.HealthFailing:
		return as(st, "failing", "Syncs fail"+since+why+again(why), "Sync now", "sync")
	case purser.HealthRateLimited:
		return as(st, "stale", "Waiting"+since+" because the vendor limits how much may be asked"+why+". It goes on by itself.", "", "")
	}
	if sentence, readAt := notAllowed(tasks); sentence != "" {
		st.Since = readAt
		return as(st, "failing", sentence, "See the permissions", "permissions")
	}
	held := int64(0)
	for _, t := range tasks {
		held += t.Held
	}
	if held > 0 {
		st.Since = time.Time{}
		return as(st, "stale", "Works, but holds back "+purser.Counted(held, "removal or change", "removals or changes")+" until somebody has looked at "+itThem(held)+".", "Decide", "holds")
	}
	st.Since = agedSince(tasks, st.Freshness)
	since = sinceWords(st.Since)
	handed := slices.ContainsFunc(tasks, func(t purser.InstanceTask) bool { return t.HandedOver })
	switch {
	case handed && st.Freshness == purser.NeverExecuted:
		return as(st, "unknown", "Connected; nothing was handed over yet.", "Load", "load")
	case handed && st.Freshness != purser.Fresh:
		return as(st, "stale", "What was handed over grows old"+since+".", "Load it anew", "load")
	}
	switch st.Freshness {
	case purser.NeverExecuted:
		return as(st, "unknown", "Connected; the first sync is not complete yet.", "", "")
	case purser.Stale:
		return as(st, "stale", "Works, but its data is stale"+since+". Sync now, or see in the runs why none was complete.", "Sync now", "sync")
	case purser.Late:
		return as(st, "stale", "Works, but its data is late"+since+". The next run makes it fresh, or sync now.", "Sync now", "sync")
	}
	return as(st, "live", "Works, and its data is fresh.", "", "")
}

// notAllowed says what the vendor lets nobody read while the rest is read, when
// that was last read as a whole, and why; "" if nothing is.
func notAllowed(tasks []purser.InstanceTask) (sentence string, readAt time.Time) {
	var first purser.StreamState
	more := int64(0)
	for _, t := range tasks {
		for _, stream := range t.Streams {
			switch {
			case !t.Enabled || stream.State != "blocked":
			case first.Stream != "":
				more++
			default:
				first, readAt = stream, t.DataAsOf
			}
		}
	}
	if first.Stream == "" {
		return "", readAt
	}
	what := "“" + first.Stream + "”"
	if more > 0 {
		what += " and " + purser.Counted(more, "other list", "other lists")
	}
	when := ", and never was"
	if !readAt.IsZero() {
		when = sinceWords(readAt)
	}
	why := orElse(strings.TrimRight(first.Message, "."), "a permission is missing")
	if first.Scope != "" && !strings.Contains(why, first.Scope) {
		why += ", the permission " + first.Scope + " is missing"
	}
	return "Works, but does not read " + what + when + ": " + why + ".", readAt
}

func itThem(n int64) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func as(st Standing, tone, sentence, button, action string) Standing {
	st.Tone, st.Sentence, st.Button, st.Action = tone, sentence, button, action
	return st
}

// again adds that a failing sync is tried again, where the reason does not say so.
func again(why string) string {
	if strings.Contains(why, "tried again by itself") {
		return "."
	}
	return ". It is tried again by itself."
}

// sinceWords writes a moment for a sentence, "" where it is not known.
func sinceWords(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " since " + t.UTC().Format("2 January 2006, 15:04 UTC")
}

// agedSince is when the data of the task that aged first became late or stale.
func agedSince(tasks []purser.InstanceTask, f purser.Freshness) (since time.Time) {
	for _, t := range tasks {
		if !t.Enabled || t.NotOffered != "" || t.Freshness != f {
			continue
		}
		at := t.DataAsOf.Add(t.Lag)
		switch f {
		case purser.Late:
			at = at.Add(t.Every * 3 / 2)
		case purser.Stale:
			at = at.Add(3 * t.Every)
		default:
			return time.Time{}
		}
		if since.IsZero() || at.Before(since) {
			since = at
		}
	}
	return since
}

// worst returns the worst freshness of the enabled tasks, and the oldest of their data.
func worst(tasks []purser.InstanceTask) (f purser.Freshness, asOf time.Time) {
	rank := map[purser.Freshness]int{purser.Fresh: 0, purser.Late: 1, purser.Stale: 2, purser.NeverExecuted: 3}
	f = purser.Fresh
	any := false
	for _, t := range tasks {
		if !t.Enabled || t.NotOffered != "" || t.HandedOver && t.Freshness == purser.NeverExecuted {
			continue
		}
		any = true
		if rank[t.Freshness] > rank[f] {
			f = t.Freshness
		}
		if !t.DataAsOf.IsZero() && (asOf.IsZero() || t.DataAsOf.Before(asOf)) {
			asOf = t.DataAsOf
		}
	}
	if !any {
		return purser.NeverExecuted, asOf
	}
	return f, asOf
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
