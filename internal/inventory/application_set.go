package inventory

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// ApplicationChange is what a person decides about an application; nil leaves as it is.
type ApplicationChange struct {
	Status *string
	Owner  *string // a user's id, "" for nobody
	Note   *string
	Why    string // kept with a change of status
}

// mostNote is how long a note may be, in bytes.
const mostNote = 2000

// SetApplication sets status, owner and note of an application.
func (s *Service) SetApplication(ctx context.Context, id string, c ApplicationChange) error {
	if err := s.gate.Allow(ctx, purser.OpApplicationSet); err != nil {
		return err
	}
	if c.Status != nil && !slices.Contains(ApplicationStatuses(), *c.Status) {
		return purser.Invalid("status", "%q is not one of %s", *c.Status, strings.Join(ApplicationStatuses(), ", "))
	}
	if c.Note != nil && len(*c.Note) > mostNote || len(c.Why) > mostNote {
		return purser.Invalid("note", "the note is longer than %d characters", mostNote)
	}
	no := store.KeyOf("app_", id)
	err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, ok, err := store.ApplicationByID(ctx, tx, no)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("application", id)
		}
		was := r
		if c.Status != nil {
			r.Status = *c.Status
		}
		if c.Note != nil {
			r.Note = strings.TrimSpace(*c.Note)
		}
		if c.Owner != nil {
			if r.OwnerID, r.OwnerName = *c.Owner, ""; r.OwnerID != "" {
				u, ok, err := store.UserByID(ctx, tx, r.OwnerID)
				if err != nil {
					return err
				}
				if !ok {
					return purser.Invalid("owner", "there is no such user")
				}
				r.OwnerName = u.Email
			}
		}
		return s.decided(ctx, tx, was, r, c.Why)
	})
	if err == nil && c.Status != nil {
		// What could not be added up now is still noted as due.
		_ = s.recount(ctx, []int64{no})
	}
	return err
}

// decided writes what was decided about an application, with its history.
func (s *Service) decided(ctx context.Context, tx bun.Tx, was, r store.ApplicationRow, why string) error {
	at := purser.MicrosOf(s.now())
	ok, err := store.UpdateApplication(ctx, tx, r, at)
	if err != nil {
		return err
	}
	if !ok {
		return &purser.Problem{Kind: purser.ProblemConflict, What: "somebody else changed the application meanwhile", Hint: "Look at it again and repeat the change"}
	}
	for _, step := range []purser.FeedStep{{What: "status", Before: was.Status, After: r.Status, Note: why}, {What: "owner", Before: was.OwnerName, After: r.OwnerName}, {What: "note", Before: was.Note, After: r.Note}} {
		if step.Before == step.After {
			continue
		}
		if err := store.AppendStep(ctx, tx, r.ID, at, step); err != nil {
			return err
		}
	}
	if err := store.MarkFindings(ctx, tx, r.ID); err != nil {
		return err
	}
	if was.Status != r.Status {
		if err := store.MarkFeeds(ctx, tx, r.ID); err != nil {
			return err
		}
	}
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpApplicationSet, Object: store.ApplicationID(r.ID), ObjectName: r.Name,
		Before: map[string]any{"status": was.Status, "owner": was.OwnerID, "note": was.Note}, After: map[string]any{"status": r.Status, "owner": r.OwnerID, "note": r.Note}, At: s.now()})
}
