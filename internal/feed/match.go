package feed

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// MatchInput says what something is that an identity provider serves; one of the three is set.
type MatchInput struct {
	Application string // app_<number>
	Library     string // a name or an alias of the library
	Name        string // none of them: an application of its own, by that name
}

// Match corrects what something is that an identity provider serves. It is
// remembered and wins for ever, also where the same tenant is connected anew.
func (s *Service) Match(ctx context.Context, id string, in MatchInput) (a purser.IntegratedApplication, err error) {
	if err := s.gate.Allow(ctx, purser.OpApplicationSet); err != nil {
		return a, err
	}
	r, err := s.row(ctx, id)
	if err != nil {
		return a, err
	}
	name, library, connector, err := s.meant(ctx, in)
	if err != nil {
		return a, err
	}
	how := "a person said so"
	if by, ok := purser.ActorFrom(ctx); ok && by.Name != "" {
		how = by.Name + " said so"
	}
	var to int64
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if to, err = store.MatchIntegrated(ctx, tx, r, name, library, connector, how, s.at()); err != nil {
			return err
		}
		if err := store.AppendStep(ctx, tx, to, s.at(), purser.FeedStep{What: "match", Before: r.ApplicationName, After: name, Note: r.Name}); err != nil {
			return err
		}
		if err := store.MarkFeeds(ctx, tx, to); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpApplicationSet, Object: store.ApplicationID(to), ObjectName: name, At: s.now(),
			Before: map[string]any{"served_as": r.Name, "application": r.ApplicationName}, After: map[string]any{"served_as": r.Name, "application": name, "library": library}})
	})
	if err != nil {
		return a, err
	}
	s.again(ctx, to, r.ApplicationID)
	return s.IntegratedByID(ctx, id)
}

// meant returns the name of the application that is meant, with what is known of it.
func (s *Service) meant(ctx context.Context, in MatchInput) (name, inLibrary, connector string, err error) {
	l, err := s.library()
	if err != nil {
		return "", "", "", err
	}
	switch {
	case in.Application != "":
		r, ok, err := store.ApplicationByID(ctx, s.db.Read(), store.KeyOf("app_", in.Application))
		if err != nil {
			return "", "", "", err
		}
		if !ok {
			return "", "", "", purser.Invalid("application", "there is no application %s", in.Application)
		}
		name, connector = r.Name, r.Connector
	case in.Library != "":
		if l == nil {
			return "", "", "", purser.Invalid("library", "there is no library")
		}
		known, ok := l.ByName(in.Library)
		if !ok {
			return "", "", "", &purser.Problem{Kind: purser.ProblemInvalid, Field: "library", What: "the library has no application of that name", Hint: "Look it up with `purser library list`, or give it a name of its own"}
		}
		name = known.Name
	default:
		if name = strings.Join(strings.Fields(in.Name), " "); name == "" || len(name) > 200 {
			return "", "", "", purser.Invalid("name", "say which application it is: one that is there, one of the library, or a name of up to 200 characters")
		}
	}
	if l != nil {
		if known, ok := l.ByName(name); ok {
			return name, known.Name, known.Connector, nil
		}
	}
	return name, "", connector, nil
}
