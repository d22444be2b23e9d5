package login

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Invitation is an open invitation.
type Invitation struct {
	ID        string      `json:"id"`
	Email     string      `json:"email"`
	Role      purser.Role `json:"role"`
	InvitedBy string      `json:"invited_by"`
	CreatedAt time.Time   `json:"created_at"`
	ExpiresAt time.Time   `json:"expires_at"`
}

// Users returns everybody, by address.
func (s *Service) Users(ctx context.Context) ([]User, error) {
	if err := s.Allow(ctx, purser.OpUserRead); err != nil {
		return nil, err
	}
	rows, err := store.Users(ctx, s.db.Read())
	if err != nil {
		return nil, fmt.Errorf("reading the users: %w", err)
	}
	factors, err := store.TOTPUsers(ctx, s.db.Read())
	if err != nil {
		return nil, fmt.Errorf("reading the second factors: %w", err)
	}
	bound, err := s.connected(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]User, len(rows))
	for i, r := range rows {
		all[i] = userOf(r)
		all[i].SecondFactor = slices.Contains(factors, r.ID)
		all[i].Connected = bound[r.ID]
	}
	return all, nil
}

// Invite returns the path of a link with which that person becomes a user.
func (s *Service) Invite(ctx context.Context, email string, role purser.Role) (path string, inv Invitation, err error) {
	if err := s.Allow(ctx, purser.OpUserWrite); err != nil {
		return "", inv, err
	}
	if email, err = cleanEmail(email); err != nil {
		return "", inv, err
	}
	if err := checkRole(role); err != nil {
		return "", inv, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, known, err := store.UserByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		if known {
			return &purser.Problem{Kind: purser.ProblemConflict, Field: "email", What: "there is a user with this address already"}
		}
		var row store.Invitation
		if path, row, err = s.link(ctx, tx, PurposeInvite, email, role, InvitationLife); err != nil {
			return err
		}
		inv = invitationOf(row)
		return nil
	})
	return path, inv, err
}

func invitationOf(r store.Invitation) Invitation {
	return Invitation{ID: r.ID, Email: r.Email, Role: r.Role, InvitedBy: r.InvitedBy, CreatedAt: r.CreatedAt.Time(), ExpiresAt: r.ExpiresAt.Time()}
}

// Invitations returns the open invitations, the newest first.
func (s *Service) Invitations(ctx context.Context) ([]Invitation, error) {
	if err := s.Allow(ctx, purser.OpUserRead); err != nil {
		return nil, err
	}
	rows, err := store.Invitations(ctx, s.db.Read(), string(PurposeInvite), purser.MicrosOf(s.now()))
	if err != nil {
		return nil, fmt.Errorf("reading the invitations: %w", err)
	}
	all := make([]Invitation, len(rows))
	for i, r := range rows {
		all[i] = invitationOf(r)
	}
	return all, nil
}

// Withdraw ends an open invitation.
func (s *Service) Withdraw(ctx context.Context, id string) error {
	if err := s.Allow(ctx, purser.OpUserWrite); err != nil {
		return err
	}
	if id == "" {
		return purser.NotFound("invitation", id)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		n, err := store.DeleteInvitations(ctx, tx, string(PurposeInvite), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return purser.NotFound("invitation", id)
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpUserWrite, Object: id, Before: map[string]any{"event": "invitation withdrawn"}, At: s.now()})
	})
}

// SetRole gives a user another role. The last admin keeps theirs.
func (s *Service) SetRole(ctx context.Context, id string, role purser.Role) error {
	if err := s.Allow(ctx, purser.OpUserWrite); err != nil {
		return err
	}
	if err := checkRole(role); err != nil {
		return err
	}
	return s.changeUser(ctx, id, role == purser.RoleAdmin, func(ctx context.Context, tx bun.Tx, user store.User) error {
		before := user.Role
		user.Role, user.UpdatedAt = role, purser.MicrosOf(s.now())
		return errors.Join(store.UpdateUser(ctx, tx, user), audit.Append(ctx, tx, audit.Entry{Operation: purser.OpUserWrite, Object: id,
			ObjectName: user.Email, Before: map[string]any{"role": string(before)}, After: map[string]any{"role": string(role)}, At: s.now()}))
	})
}

// RemoveUser removes a user with their sessions and API tokens. The last admin stays.
func (s *Service) RemoveUser(ctx context.Context, id string) error {
	if err := s.Allow(ctx, purser.OpUserWrite); err != nil {
		return err
	}
	return s.changeUser(ctx, id, false, func(ctx context.Context, tx bun.Tx, user store.User) error {
		return errors.Join(store.DeleteUser(ctx, tx, id), audit.Append(ctx, tx, audit.Entry{Operation: purser.OpUserWrite, Object: id,
			ObjectName: user.Email, Before: map[string]any{"email": user.Email, "name": user.Name, "role": string(user.Role)}, At: s.now()}))
	})
}

// changeUser looks the user up and sees that an admin is left.
func (s *Service) changeUser(ctx context.Context, id string, staysAdmin bool, change func(context.Context, bun.Tx, store.User) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		admins, err := store.CountUsers(ctx, tx, purser.RoleAdmin)
		if err != nil {
			return err
		}
		user, ok, err := store.UserByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("user", id)
		}
		if user.Role == purser.RoleAdmin && !staysAdmin && admins < 2 {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "this is the last admin", Hint: "Make somebody else an admin first"}
		}
		return change(ctx, tx, user)
	})
}
