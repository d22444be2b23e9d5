package connect

import (
	"context"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// lastRun notes what the last run of a task said.
func (s *Service) lastRun(ctx context.Context, i purser.Instance, t *purser.InstanceTask) error {
	last, err := store.LastRunOf(ctx, s.db.Read(), i.ID, t.Task)
	if err != nil || last == nil {
		return err
	}
	t.LastRun, t.Streams = last, last.Streams
	return nil
}

// Standing is how an instance stands: three facts, one sentence, one button.
// Every page, the API and the command line take it from here.
type Standing struct {
	Status    purser.Status    `json:"status"`
	Health    purser.Health    `json:"health"`
	Freshness purser.Freshness `json:"freshness"` // the worst of the enabled tasks
	DataAsOf  time.Time        `json:"data_as_of,omitzero"`
	Since     time.Time        `json:"since,omitzero"`   // since when that is so, where it is known
	Sentence  string           `json:"sentence"`         // what is so, since when, and what to do
	Button    string           `json:"button,omitempty"` // "" where nothing is to do
	Action    string           `json:"action,omitempty"` // set_up, repair, check, activate, sync, permissions
	Tone      string           `json:"tone"`             // live, inactive, revoked, failing, stale, unknown
}

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
	return StandingOf(i, tasks), nil
}

// StandingOf derives the standing of an instance from its facts and its tasks.
func StandingOf(i purser.Instance, tasks []purser.InstanceTask) Standing {
	st := Standing{Status: i.Status, Health: i.Health}
	st.Freshness, st.DataAsOf = worst(tasks)
	switch i.Status {
	case purser.StatusDraft:
		return st.with("unknown", "Not connected yet: it has no credential that was tested and confirmed.", "Set up", "set_up")
	case purser.StatusInactive:
		if i.Reason != "" {
			return st.with("inactive", "Paused: "+strings.TrimRight(i.Reason, ".")+". Nothing is synced, and the data grows old.", "Activate", "activate")
		}
		return st.with("inactive", "Deactivated: nothing is synced, and the data grows old.", "Activate", "activate")
	case purser.StatusRevoked:
		return st.with("revoked", "Revoked: "+orElse(strings.TrimRight(i.Reason, "."), "the vendor no longer accepts the credential")+". Data and settings stay as they are.", "Repair", "repair")
	case purser.StatusDeleting:
		return st.with("inactive", "Being deleted: "+orElse(i.Reason, "there is no way back")+".", "See how far it is", "deletion")
	}
	st.Since = i.HealthSince
	since := sinceWords(i.HealthSince)
	why := ""
	if i.HealthWhy != "" {
		why = ": " + strings.TrimRight(i.HealthWhy, ".")
	}
	switch i.Health {
	case purser.HealthUnauthorized:
		return st.with("failing", "The vendor refuses the credential"+since+why+". It is tried again by itself before the instance is revoked.", "Check the credential", "check")
	case purser.HealthForbidden:
		return st.with("failing", "The credential is accepted, but may not read"+since+why+".", "See the permissions", "permissions")
	case purser.HealthFailing:
		return st.with("failing", "Syncs fail"+since+why+again(why), "Sync now", "sync")
	case purser.HealthRateLimited:
		return st.with("stale", "Waiting"+since+" because the vendor limits how much may be asked"+why+". It goes on by itself.", "", "")
	}
	for _, t := range tasks {
		for _, stream := range t.Streams {
			if t.Enabled && stream.State == "blocked" {
				return st.with("failing", "Works, but "+stream.Stream+" is not read: the permission "+orElse(stream.Scope, "for it")+" is missing.", "See the permissions", "permissions")
			}
		}
	}
	st.Since = agedSince(tasks, st.Freshness)
	since = sinceWords(st.Since)
	handed := slices.ContainsFunc(tasks, func(t purser.InstanceTask) bool { return t.HandedOver })
	switch {
	case handed && st.Freshness == purser.NeverExecuted:
		return st.with("unknown", "Connected; nothing was handed over yet.", "Load", "load")
	case handed && st.Freshness != purser.Fresh:
		return st.with("stale", "What was handed over grows old"+since+".", "Load it anew", "load")
	}
	switch st.Freshness {
	case purser.NeverExecuted:
		return st.with("unknown", "Connected; the first sync is not complete yet.", "", "")
	case purser.Stale:
		return st.with("stale", "Works, but its data is stale"+since+". Sync now, or see in the runs why none was complete.", "Sync now", "sync")
	case purser.Late:
		return st.with("stale", "Works, but its data is late"+since+". The next run makes it fresh, or sync now.", "Sync now", "sync")
	}
	return st.with("live", "Works, and its data is fresh.", "", "")
}

func (st Standing) with(tone, sentence, button, action string) Standing {
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
