package leaver

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Start makes a checklist of a person's accounts, or returns the one that is not
// closed yet.
func (s *Service) Start(ctx context.Context, person string) (purser.LeaverChecklist, error) {
	if err := errors.Join(s.Gate.Allow(ctx, purser.OpLeaverWrite), s.mayRead(ctx)); err != nil {
		return purser.LeaverChecklist{}, err
	}
	p, ok, err := store.PersonByID(ctx, s.DB.Read(), store.KeyOf("per_", person))
	if err != nil {
		return purser.LeaverChecklist{}, err
	}
	if !ok {
		return purser.LeaverChecklist{}, purser.NotFound("person", person)
	}
	if p.Accounts == 0 {
		return purser.LeaverChecklist{}, &purser.Problem{Kind: purser.ProblemConflict, What: "no account is linked to this person, so that nothing is to be closed",
			Hint: "Look at the accounts of nobody: one of them may be theirs"}
	}
	id := ""
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		open, err := store.Leavers(ctx, tx, store.LeaverFilter{Open: true, Source: p.InstanceID, Key: p.ExternalID}, purser.Page{Limit: 1}, false)
		if err != nil {
			return err
		}
		if len(open.Items) > 0 {
			id = open.Items[0].ID
			return nil
		}
		id = s.ids.New(purser.PrefixLeaver)
		row := store.LeaverRow{ID: id, Source: p.InstanceID, Key: p.ExternalID, Name: cmp.Or(p.DisplayName, p.Email, p.ExternalID), StartedAt: purser.MicrosOf(s.Now()), StartedBy: by(ctx)}
		if _, err := store.InsertLeaver(ctx, tx, row); err != nil {
			return err
		}
		if err := store.CheckLeavers(ctx, tx, purser.MicrosOf(s.Now())); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpLeaverWrite, Object: id, ObjectName: row.Name, After: map[string]any{"checklist": "started", "person": p.ID}, At: s.Now()})
	})
	if err != nil {
		return purser.LeaverChecklist{}, err
	}
	return s.Checklist(ctx, id)
}

// Change is what is said of items; nil leaves a field as it is.
type Change struct {
	Items    []string // lvi_<number>
	Done     *bool
	Assignee *string // usr_… or an address; "" nobody
	Note     *string
}

// Set changes items of a checklist: whose task they are, that they are done or not,
// and what is to be noted. Only data verifies them.
func (s *Service) Set(ctx context.Context, id string, c Change) (purser.LeaverChecklist, error) {
	if err := errors.Join(s.Gate.Allow(ctx, purser.OpLeaverWrite), s.mayRead(ctx)); err != nil {
		return purser.LeaverChecklist{}, err
	}
	if c.Note != nil && utf8.RuneCountInString(*c.Note) > 1000 {
		return purser.LeaverChecklist{}, purser.Invalid("note", "keep it below 1,000 characters")
	}
	if len(c.Items) == 0 {
		return purser.LeaverChecklist{}, purser.Invalid("items", "nothing is chosen")
	}
	nos := make([]int64, len(c.Items))
	for i, item := range c.Items {
		if nos[i] = store.KeyOf("lvi_", item); nos[i] == 0 {
			return purser.LeaverChecklist{}, purser.NotFound("item", item)
		}
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, ok, err := store.Leaver(ctx, tx, id)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("checklist", id)
		}
		after := map[string]any{"items": c.Items}
		var assignee store.User
		if c.Assignee != nil && *c.Assignee != "" {
			u, ok, err := store.UserByID(ctx, tx, *c.Assignee)
			if err == nil && !ok {
				u, ok, err = store.UserByEmail(ctx, tx, strings.ToLower(strings.TrimSpace(*c.Assignee)))
			}
			if err != nil {
				return err
			}
			if !ok {
				return purser.Invalid("assignee", "there is no user %q", *c.Assignee)
			}
			if !s.mayClose(ctx, u) {
				return &purser.Problem{Kind: purser.ProblemInvalid, Field: "assignee", What: "the role of this user lets nobody open a checklist and say what was done",
					Hint: "Give it to an operator or an administrator, or let an administrator change the user's role"}
			}
			c.Assignee, assignee = &u.ID, u
		}
		if c.Assignee != nil {
			after["assignee"] = *c.Assignee
		}
		if c.Done != nil {
			after["done"] = *c.Done
		}
		if c.Note != nil {
			after["note"] = *c.Note
		}
		before, err := store.LeaverItems(ctx, tx, r.No)
		if err != nil {
			return err
		}
		changed, err := store.ChangeLeaverItems(ctx, tx, r.No, nos, store.LeaverItemChange{Done: c.Done, Assignee: c.Assignee, Note: c.Note, By: by(ctx), At: purser.MicrosOf(s.Now())})
		if err != nil {
			return err
		}
		if len(changed) != len(nos) {
			return purser.Invalid("items", "some of them are not of this checklist")
		}
		if err := s.tellAssignee(ctx, tx, r, before, nos, assignee); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpLeaverWrite, Object: id, ObjectName: r.Name, After: after, At: s.Now()})
	})
	if err != nil {
		return purser.LeaverChecklist{}, err
	}
	return s.Checklist(ctx, id)
}

// Check holds all checklists against the rows, after a sync.
func (s *Service) Check(ctx context.Context) error {
	open, err := store.Leavers(ctx, s.DB.Read(), store.LeaverFilter{}, purser.Page{Limit: 1}, false)
	if err != nil || len(open.Items) == 0 {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.CheckLeavers(ctx, tx, purser.MicrosOf(s.Now()))
	})
}
