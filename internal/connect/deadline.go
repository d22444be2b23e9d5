package connect

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/credential"
	"purser/internal/manifest"
	"purser/internal/store"
)

// NoteDeadlines notes for every credential the day on which its connector says
// that the vendor stops accepting it: a new version may know one of instances that
// were connected long before, or a later one, or none any more.
func (s *Service) NoteDeadlines(ctx context.Context) error {
	rows, err := store.CredentialFacts(ctx, s.db.Read(), "")
	if err != nil {
		return err
	}
	for _, r := range rows {
		i, err := store.Instance(ctx, s.db.Read(), r.InstanceID)
		if err != nil {
			return err
		}
		c := s.links.Catalog.Get(i.Connector)
		if c == nil {
			continue
		}
		at, changed := deadline(c.Manifest, i, r)
		if !changed {
			continue
		}
		by := credential.ExpiryDeclared
		if at.IsZero() {
			by = ""
		}
		err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := store.SetExpiry(ctx, tx, r.ID, purser.MicrosOf(at), by)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// deadline is when a credential ends by what its connector says now, and whether
// that is not what is noted. What the vendor itself tells stays, and so does an
// earlier day that a person has entered.
func deadline(m *manifest.Manifest, i purser.Instance, r store.CredentialFact) (at time.Time, changed bool) {
	way := m.AuthNamed(r.Auth)
	noted, by := r.ExpiresAt.Time(), credential.ExpirySource(r.ExpiresBy)
	if way == nil || by == credential.ExpiryRead {
		return noted, false
	}
	declared := by == credential.ExpiryDeclared && way.ExpiresAfter == 0 // by a deadline alone
	end, err := time.Parse(time.DateOnly, m.EndsOn(way, i.Settings))
	if err != nil { // there is none: the linter has looked at those that there are
		return time.Time{}, declared && !noted.IsZero()
	}
	return end, !end.Equal(noted) && (noted.IsZero() || declared || end.Before(noted))
}
