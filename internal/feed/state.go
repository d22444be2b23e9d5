package feed

import (
	"context"
	"strings"

	"purser"
	"purser/internal/store"
)

// State returns where the accounts of an application come from, what that
// source cannot know, and what would or will follow from a direct connection.
func (s *Service) State(ctx context.Context, id string) (out purser.FeedState, err error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return out, err
	}
	no := store.KeyOf("app_", id)
	a, ok, err := store.ApplicationByID(ctx, s.db.Read(), no)
	if err != nil {
		return out, err
	}
	if !ok {
		return out, purser.NotFound("application", id)
	}
	feeds, err := store.Feeds(ctx, s.db.Read(), []int64{no})
	if err != nil {
		return out, err
	}
	f := feeds[no]
	out = purser.FeedState{ApplicationID: id, Feed: f.Feed(s.at()), ParallelDays: f.ParallelDays, Version: f.Version,
		Undone: f.Chosen == string(purser.FeedSSO), Sources: []purser.FeedSource{}}
	if f.RosterAt > 0 && !f.Unread {
		out.RosterAt, out.SwitchAt = f.RosterAt.Time(), f.SwitchAt().Time()
	}
	if out.Steps, err = store.Steps(ctx, s.db.Read(), no); err != nil {
		return out, err
	}
	rows, err := store.FeedInstances(ctx, s.db.Read(), no)
	if err != nil {
		return out, err
	}
	var via []string
	for _, r := range rows {
		counts := r.Direct && out.Feed == purser.FeedDirect || !r.Direct && (out.Feed == purser.FeedSSO || out.Feed == purser.FeedSeen)
		out.Sources = append(out.Sources, purser.FeedSource{InstanceID: r.InstanceID, Name: r.Name, Connector: r.Connector, Status: r.Status, Direct: r.Direct,
			Counts: counts, Accounts: r.Accounts, People: r.People, SignIns: r.SignIns, Since: r.Since.Time()})
		if !r.Direct {
			via = append(via, r.Name)
			if out.Feed != purser.FeedDirect {
				out.Cannot = append(out.Cannot, s.cannot(r.Connector, purser.TaskApplicationDiscovery)...)
			}
		}
	}
	out.Label = label(out.Feed, via)
	if out.Feed == purser.FeedSSO {
		out.Cannot = append([]string{"Accounts that were made in the application itself, outside of " + strings.Join(via, " and ") + ".",
			"Licenses, roles and whether an account is still open in the application.", "What was done in it: a sign-in says that it was opened, not that it was used."}, out.Cannot...)
	}
	out.Direct = s.direct(a)
	return out, nil
}

// direct is the connector that could read an application directly, "" for none.
func (s *Service) direct(a store.ApplicationRow) string {
	connector := a.Connector
	if l, err := s.library(); connector == "" && err == nil && l != nil {
		if known, ok := l.ByName(a.Name); ok {
			connector = known.Connector
		}
	}
	if _, ok := s.connectors()[connector]; !ok {
		return ""
	}
	return connector
}

func label(f purser.Feed, via []string) string {
	names := strings.Join(via, ", ")
	switch {
	case f == purser.FeedDirect:
		return "read directly"
	case f == purser.FeedSSO && names != "":
		return "integrated via " + names
	case f == purser.FeedSSO:
		return "integrated via an identity provider that lists it no longer"
	case f == purser.FeedStopped:
		return "no longer managed: what was read through " + names + " is history"
	case f == purser.FeedSeen:
		return "served by " + names + ", not managed"
	}
	return "not connected"
}
