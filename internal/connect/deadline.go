package connect

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/credential"
	"purser/internal/store"
)

// NoteDeadlines notes for every credential the day on which it ends by what its
// connector says: a new version may know one of instances that were connected long
// before, or a later one, or none any more. What cannot be read leaves the others be.
func (s *Service) NoteDeadlines(ctx context.Context) error {
	rows, err := store.CredentialFacts(ctx, s.db.Read(), "")
	if err != nil {
		return err
	}
	var failed []error
	for _, r := range rows {
		err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			i, err := store.Instance(ctx, tx, r.InstanceID)
			if err != nil {
				return err
			}
			return s.noteDeadline(ctx, tx, i, r.ID)
		})
		if err != nil && !errors.Is(err, credential.ErrNoCredential) { // somebody else took it away
			failed = append(failed, fmt.Errorf("note when the credential of %s ends: %w", r.InstanceID, err))
		}
	}
	return errors.Join(failed...)
}

// noteDeadline notes of one credential of i when it ends by what its connector says.
// Without the connector, or the way to authorize, nothing new is known.
func (s *Service) noteDeadline(ctx context.Context, tx bun.Tx, i purser.Instance, id string) error {
	c := s.links.Catalog.Get(i.Connector)
	if c == nil {
		return nil
	}
	r, err := store.CredentialByID(ctx, tx, id)
	if err != nil {
		return err
	}
	way := c.Manifest.AuthNamed(r.Auth)
	if way == nil {
		return nil
	}
	return store.SetDeclaredEnd(ctx, tx, id, purser.MicrosOf(credential.DeclaredEnd(way, c.Manifest.EndsOn(way, i.Settings), r.EnteredAt)))
}
