package login

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Session is one browser that is signed in.
type Session struct {
	ID         string    `json:"id"`
	Origin     string    `json:"origin"`
	Device     string    `json:"device,omitempty"` // browser and system, as the browser says
	Way        Way       `json:"way,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at"`
	Current    bool      `json:"current"` // the one that asks
}

// Way is how a session began.
type Way string

// The ways.
const (
	WayPassword Way = "password"
	WayLink     Way = "link" // a one-time link
	WayProvider Way = "openid_connect"
)

// SignIn checks a password and returns the session's cookie. origin is the
// address of the browser. Too many failures are refused for a while; what was
// wrong, the address or the password, is never said. The error is a *CodeDue where
// a second factor is asked for, too.
func (s *Service) SignIn(ctx context.Context, email, password, origin string) (cookie string, err error) {
	if err := s.passwordsOn(ctx); err != nil {
		return "", err
	}
	clean, badAddress := cleanEmail(email)
	if badAddress != nil {
		clean = "?"
	}
	keys := triesOf(clean, origin)
	wait, err := s.limiter.begin(ctx, keys)
	if err != nil {
		return "", err
	}
	if wait > 0 {
		return "", tooMany("too many failed sign-ins", wait)
	}
	user, known, err := store.UserByEmail(ctx, s.db.Read(), clean)
	if err != nil {
		return "", fmt.Errorf("looking up the user: %w", err)
	}
	right, err := s.hasher.matches(ctx, user.Password, password)
	if err != nil {
		return "", fmt.Errorf("checking the password: %w", err)
	}
	if !known || !right {
		if err := s.noteRefusal(ctx, user, origin); err != nil {
			return "", err
		}
		return "", &purser.Problem{Kind: purser.ProblemSignIn, What: "the e-mail address or the password is wrong",
			Hint: "Check both; an admin can send you a new invitation"}
	}
	if err := s.limiter.succeed(ctx, keys); err != nil {
		return "", err
	}
	var due *CodeDue
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if due, err = s.awaitCode(ctx, tx, user.ID); err != nil || due != nil {
			return err
		}
		cookie, err = s.begin(ctx, tx, user.ID, origin, WayPassword)
		return err
	})
	if err == nil && due != nil {
		return "", due
	}
	return cookie, err
}

// noteRefusal puts a failed sign-in of a known user into the audit log. Unknown
// addresses are not kept: what was typed there may be a password.
func (s *Service) noteRefusal(ctx context.Context, user store.User, origin string) error {
	if user.ID == "" {
		return nil
	}
	ctx = purser.WithActor(ctx, purser.Actor{Kind: purser.ActorSystem, ID: "sign-in", Name: "unknown person", Origin: origin})
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSessionOwn, Object: user.ID, ObjectName: user.Email,
			After: map[string]any{"event": "sign-in refused"}, At: s.now()})
	})
}

// begin makes a session of the user and notes it in the audit log.
func (s *Service) begin(ctx context.Context, tx bun.Tx, userID, origin string, way Way) (cookie string, err error) {
	user, ok, err := store.UserByID(ctx, tx, userID)
	if err != nil || !ok {
		return "", fmt.Errorf("the user is gone (%w)", err)
	}
	if cookie, err = newSecret(s.rand); err != nil {
		return "", err
	}
	now := purser.MicrosOf(s.now())
	idle, begun := purser.MicrosOf(s.now().Add(-IdleSession)), purser.MicrosOf(s.now().Add(-LongestSession))
	if err := store.DeleteOldSessions(ctx, tx, idle, begun); err != nil {
		return "", err
	}
	row := store.Session{Hash: digest(cookie), ID: s.ids.New(purser.PrefixSession), UserID: user.ID, Origin: origin, Device: deviceFrom(ctx),
		Way: string(way), CreatedAt: now, LastSeenAt: now, ProvenAt: now}
	if err := store.InsertSession(ctx, tx, row); err != nil {
		return "", err
	}
	user.LastSignInAt = now
	if err := store.UpdateUser(ctx, tx, user); err != nil {
		return "", err
	}
	return cookie, audit.Append(purser.WithActor(ctx, actorOf(user, origin)), tx, audit.Entry{Operation: purser.OpSessionOwn,
		Object: row.ID, ObjectName: user.Email, After: map[string]any{"event": "signed in", "way": string(way)}, At: s.now()})
}

// Session returns who the cookie stands for, and the token that the forms of the
// session must carry. A cookie that is unknown or over gives a sign_in problem.
func (s *Service) Session(ctx context.Context, cookie, origin string) (actor purser.Actor, csrf string, err error) {
	over := &purser.Problem{Kind: purser.ProblemSignIn, What: "the session is over", Hint: "Sign in again"}
	row, ok, err := store.SessionByHash(ctx, s.db.Read(), digest(cookie))
	if err != nil {
		return actor, "", fmt.Errorf("looking up the session: %w", err)
	}
	now := s.now()
	if !ok || now.Sub(row.LastSeenAt.Time()) >= IdleSession || now.Sub(row.CreatedAt.Time()) >= LongestSession {
		return actor, "", over
	}
	user, ok, err := store.UserByID(ctx, s.db.Read(), row.UserID)
	if err != nil {
		return actor, "", fmt.Errorf("looking up the user: %w", err)
	}
	if !ok {
		return actor, "", over
	}
	if now.Sub(row.LastSeenAt.Time()) >= seenGranularity {
		err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			return store.TouchSession(ctx, tx, row.Hash, purser.MicrosOf(now))
		})
		if err != nil && !paused(err) { // a full disk must not keep people from looking
			return actor, "", fmt.Errorf("noting the use of the session: %w", err)
		}
	}
	actor = actorOf(user, origin)
	actor.Session, actor.Proven = row.ID, row.ProvenAt.Time()
	if actor.Unfinished, err = s.unfinished(ctx, row); err != nil {
		return purser.Actor{}, "", err
	}
	return actor, csrfOf(cookie), nil
}

// SignOut ends the session of the cookie.
func (s *Service) SignOut(ctx context.Context, cookie string) error {
	row, ok, err := store.SessionByHash(ctx, s.db.Read(), digest(cookie))
	if err != nil || !ok {
		return err
	}
	return s.endSession(ctx, row, "signed out")
}

// Sessions returns the sessions of the one who asks.
func (s *Service) Sessions(ctx context.Context) ([]Session, error) {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := store.SessionsOf(ctx, s.db.Read(), actor.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the sessions: %w", err)
	}
	all := []Session{}
	for _, r := range rows {
		if s.now().Sub(r.LastSeenAt.Time()) >= IdleSession || s.now().Sub(r.CreatedAt.Time()) >= LongestSession {
			continue
		}
		all = append(all, Session{ID: r.ID, Origin: r.Origin, Device: r.Device, Way: Way(r.Way), CreatedAt: r.CreatedAt.Time(), LastSeenAt: r.LastSeenAt.Time(), Current: r.ID == actor.Session})
	}
	return all, nil
}

// RevokeSession ends one of the asker's own sessions.
func (s *Service) RevokeSession(ctx context.Context, id string) error {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return err
	}
	rows, err := store.SessionsOf(ctx, s.db.Read(), actor.ID)
	if err != nil {
		return fmt.Errorf("reading the sessions: %w", err)
	}
	for _, r := range rows {
		if r.ID == id {
			return s.endSession(ctx, r, "session revoked")
		}
	}
	return purser.NotFound("session", id)
}

// RevokeOtherSessions ends every session of the asker but the one that asks.
func (s *Service) RevokeOtherSessions(ctx context.Context) error {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		n, err := store.DeleteOtherSessions(ctx, tx, actor.ID, actor.Session)
		if err != nil || n == 0 {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSessionOwn, Object: actor.ID, ObjectName: actor.Name,
			Before: map[string]any{"event": "other sessions revoked", "sessions": n}, At: s.now()})
	})
}

func (s *Service) endSession(ctx context.Context, row store.Session, event string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		user, _, err := store.UserByID(ctx, tx, row.UserID)
		if err != nil {
			return err
		}
		if err := store.DeleteSession(ctx, tx, row.UserID, row.ID); err != nil {
			return err
		}
		if _, ok := purser.ActorFrom(ctx); !ok {
			ctx = purser.WithActor(ctx, actorOf(user, row.Origin))
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSessionOwn, Object: row.ID, ObjectName: user.Email,
			Before: map[string]any{"event": event}, At: s.now()})
	})
}
