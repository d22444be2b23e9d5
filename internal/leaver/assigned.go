package leaver

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Assignee is a user who may be given items of checklists.
type Assignee struct {
	ID, Name string
}

// Assignees lists the users whose role lets them open a checklist and say what they did.
func (s *Service) Assignees(ctx context.Context) ([]Assignee, error) {
	if err := s.Gate.Allow(ctx, purser.OpLeaverWrite); err != nil {
		return nil, err
	}
	users, err := store.Users(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	var out []Assignee
	for _, u := range users {
		if s.mayClose(ctx, u) {
			out = append(out, Assignee{ID: u.ID, Name: cmp.Or(u.Name, u.Email)})
		}
	}
	return out, nil
}

// mayClose reports whether a user could do what an item of a checklist asks for.
func (s *Service) mayClose(ctx context.Context, u store.User) bool {
	ctx = purser.WithActor(ctx, purser.Actor{Kind: purser.ActorUser, ID: u.ID, Name: u.Email, Role: u.Role})
	return s.Gate.Allow(ctx, purser.OpLeaverWrite) == nil && s.mayRead(ctx) == nil
}

// tellAssignee mails whoever was given items that were not theirs before. Whose
// accounts they are stands on the page alone, where the reader's role decides.
func (s *Service) tellAssignee(ctx context.Context, tx bun.Tx, list store.LeaverRow, before []store.LeaverItemRow, nos []int64, to store.User) error {
	actor, _ := purser.ActorFrom(ctx)
	if s.Tell == nil || to.ID == "" || to.ID == actor.ID {
		return nil
	}
	n, places := 0, map[string]int{}
	for _, t := range before {
		if slices.Contains(nos, t.No) && t.Assignee != to.ID && t.VerifiedAt == 0 {
			places[t.SourceName]++
			n++
		}
	}
	if n == 0 {
		return nil
	}
	var fields []string
	for place, count := range places {
		fields = append(fields, fmt.Sprintf("%s: %s", place, accounts(count)))
	}
	slices.Sort(fields)
	return s.Tell(ctx, tx, purser.Event{Kind: purser.EventLeaverAssigned, At: s.Now(), Key: fmt.Sprintf("%s/%s/%s/%d", purser.EventLeaverAssigned, list.ID, to.ID, s.Now().UnixMicro()),
		What: by(ctx) + " gave you " + accounts(n) + " of somebody who leaves to close", Fields: fields, To: []string{to.Email}, Path: "/leavers/" + list.ID,
		Hint: "Open the checklist: each account has a link to its page at the vendor; say there what you did, and a later reading verifies it"})
}

func accounts(n int) string {
	if n == 1 {
		return "1 account"
	}
	return fmt.Sprintf("%d accounts", n)
}
