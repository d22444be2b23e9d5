package notify

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// forAdmins reports whether an event is the admins' alone: its point is that the
// one who would be told is not there.
func forAdmins(k purser.EventKind) bool { return k == purser.EventOwnerLeft }

// people returns whom an event goes to by mail: the global list, else the owner of
// the instance who is still here; the instance's own list besides; and the admins, with a warning,
// where that is nobody.
func (s *Service) people(ctx context.Context, db bun.IDB, e purser.Event) ([]target, string, error) {
	if forAdmins(e.Kind) {
		to, err := admins(ctx, db)
		return to, "", err
	}
	if e.Kind == purser.EventFindingsWeekly && e.InstanceID != "" { // its owner and the general list have a mail of their own
		own, err := store.Recipients(ctx, db, e.InstanceID)
		return once(reachable(own, "instance")), "", err
	}
	if len(e.To) > 0 {
		var to []target
		reason := "contract"
		switch e.Kind {
		case purser.EventReport:
			reason = "report"
		case purser.EventFindingsWeekly:
			reason = "findings"
		case purser.EventLeaverAssigned:
			reason = "assigned"
		}
		for _, address := range e.To {
			to = append(to, target{WayMail, address, reason})
		}
		return once(to), "", nil
	}
	global, err := store.Recipients(ctx, db, "")
	if err != nil {
		return nil, "", err
	}
	to := reachable(global, "list")
	if len(global) == 0 && e.InstanceID != "" {
		owner, err := ownerOf(ctx, db, e.InstanceID)
		if err != nil {
			return nil, "", err
		}
		to = append(to, owner...)
	}
	if e.InstanceID != "" {
		own, err := store.Recipients(ctx, db, e.InstanceID)
		if err != nil {
			return nil, "", err
		}
		to = append(to, reachable(own, "instance")...)
	}
	if len(to) > 0 {
		return once(to), "", nil
	}
	warning := ""
	switch {
	case len(global) > 0:
		warning = "everybody on the list of recipients is no longer a user of Purser"
	case e.InstanceID != "":
		warning = "there is no list of recipients, and the instance has no owner, or one who is no user of Purser any more or has left"
	}
	to, err = admins(ctx, db)
	return to, warning, err
}

// reachable leaves out those who were users and are no longer: what Purser tells
// is not for them. The pages show them with that mark.
func reachable(rows []store.RecipientRow, reason string) (to []target) {
	for _, r := range rows {
		switch {
		case r.UserGone:
		case r.UserEmail != "":
			to = append(to, target{WayMail, r.UserEmail, reason}) // a user's address may have changed since
		default:
			to = append(to, target{WayMail, r.Email, reason})
		}
	}
	return to
}

// ownerOf is the owner of an instance, if that is somebody who is still here.
func ownerOf(ctx context.Context, db bun.IDB, instanceID string) ([]target, error) {
	i, err := store.Instance(ctx, db, instanceID)
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemNotFound {
		return nil, nil
	}
	if err != nil || i.OwnerID == "" {
		return nil, err
	}
	u, ok, err := store.UserByID(ctx, db, i.OwnerID)
	if err != nil || !ok {
		return nil, err
	}
	if gone, err := store.HasLeft(ctx, db, u.Email); err != nil || gone {
		return nil, err
	}
	return []target{{WayMail, u.Email, "owner"}}, nil
}

func admins(ctx context.Context, db bun.IDB) (to []target, err error) {
	users, err := store.Users(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		if u.Role == purser.RoleAdmin {
			to = append(to, target{WayMail, u.Email, "admin"})
		}
	}
	return to, nil
}

// once keeps the first of several targets of one address.
func once(to []target) (out []target) {
	seen := map[string]bool{}
	for _, t := range to {
		if !seen[t.to] {
			seen[t.to] = true
			out = append(out, t)
		}
	}
	return out
}
