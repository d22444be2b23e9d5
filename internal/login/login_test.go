package login_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/login"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

const (
	right  = "correct horse battery"
	origin = "192.0.2.1"
)

// clock is moved by the test.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newService(t *testing.T, db *store.DB) (*login.Service, *clock) {
	t.Helper()
	c := &clock{now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}
	s, err := login.New(login.Options{DB: db, Now: c.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func asHost(t *testing.T) context.Context {
	return purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorHost, ID: "uid:1000", Name: "uid:1000", Role: purser.RoleAdmin, Origin: "socket"})
}

func tokenIn(t *testing.T, path string) string {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil || u.Path != "/setup" || u.IsAbs() {
		t.Fatalf("%q is not a path to the page of links", path)
	}
	return u.Query().Get("token")
}

// admin makes the first admin and returns a context in which they ask.
func admin(t *testing.T, s *login.Service) context.Context {
	t.Helper()
	path, err := s.FirstAdminLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := s.Redeem(t.Context(), tokenIn(t, path), "Ada", "Ada@Example.com", right, origin)
	if err != nil {
		t.Fatal(err)
	}
	return as(t, s, cookie)
}

// member invites somebody with that role and returns a context in which they ask.
func member(t *testing.T, s *login.Service, admin context.Context, email string, role purser.Role) context.Context {
	t.Helper()
	path, _, err := s.Invite(admin, email, role)
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := s.AcceptInvitation(t.Context(), tokenIn(t, path), "Member", right, origin)
	if err != nil {
		t.Fatal(err)
	}
	return as(t, s, cookie)
}

func as(t *testing.T, s *login.Service, cookie string) context.Context {
	t.Helper()
	actor, _, err := s.Session(t.Context(), cookie, origin)
	if err != nil {
		t.Fatal(err)
	}
	return purser.WithActor(t.Context(), actor)
}

func me(ctx context.Context) purser.Actor { a, _ := purser.ActorFrom(ctx); return a }

func wantProblem(t *testing.T, err error, kind purser.ProblemKind) {
	t.Helper()
	p, ok := errors.AsType[*purser.Problem](err)
	if !ok || p.Kind != kind {
		t.Errorf("got %v, want a problem of kind %s", err, kind)
	}
}

func TestTheFirstAdminComesByALinkThatWorksOnceAndForHalfAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		old, err := s.FirstAdminLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		clock.now = clock.now.Add(31 * time.Minute)
		_, err = s.Redeem(t.Context(), tokenIn(t, old), "Eve", "eve@example.com", right, origin)
		wantProblem(t, err, purser.ProblemForbidden)

		path, err := s.FirstAdminLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Redeem(t.Context(), tokenIn(t, path), "Ada", "ada@example.com", "short", origin)
		wantProblem(t, err, purser.ProblemInvalid)
		cookie, err := s.Redeem(t.Context(), tokenIn(t, path), "Ada", "Ada@Example.com", right, origin)
		if err != nil {
			t.Fatalf("a bad password used the link up: %v", err)
		}
		if a := me(as(t, s, cookie)); a.Role != purser.RoleAdmin || a.Name != "ada@example.com" {
			t.Errorf("got %+v", a)
		}
		_, err = s.Redeem(t.Context(), tokenIn(t, path), "Eve", "eve@example.com", right, origin)
		wantProblem(t, err, purser.ProblemForbidden)
		if path, err = s.FirstAdminLink(t.Context()); path != "" || err != nil {
			t.Errorf("with an admin there: %q, %v", path, err)
		}
	})
}

func TestTheWayBackInIsForTheHostOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, _ := newService(t, db)
		ada := admin(t, s)
		_, err := s.AdminLink(ada)
		wantProblem(t, err, purser.ProblemForbidden)
		path, err := s.AdminLink(asHost(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Redeem(t.Context(), tokenIn(t, path), "Ada", "ada@example.com", "another long password", origin); err != nil {
			t.Fatal(err)
		}
		_, err = s.SignIn(t.Context(), "ada@example.com", right, origin)
		wantProblem(t, err, purser.ProblemSignIn)
		if _, err = s.SignIn(t.Context(), "ada@example.com", "another long password", origin); err != nil {
			t.Error(err)
		}
		if sessions, err := s.Sessions(ada); err != nil || len(sessions) != 2 {
			t.Errorf("%d sessions (%v), want the link's and the new one: older ones end with the password", len(sessions), err)
		}
	})
}

func TestASessionEndsWhenIdleAndAfterAWeekInAnyCase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		admin(t, s)
		cookie, err := s.SignIn(t.Context(), "ada@example.com", right, origin)
		if err != nil {
			t.Fatal(err)
		}
		begun := clock.now
		for clock.now.Sub(begun) < login.LongestSession-11*time.Hour {
			clock.now = clock.now.Add(11 * time.Hour)
			if clock.now.Sub(begun) >= login.LongestSession {
				break
			}
			if _, _, err := s.Session(t.Context(), cookie, origin); err != nil {
				t.Fatalf("after %s of use: %v", clock.now.Sub(begun), err)
			}
		}
		clock.now = begun.Add(login.LongestSession)
		_, _, err = s.Session(t.Context(), cookie, origin)
		wantProblem(t, err, purser.ProblemSignIn)

		if cookie, err = s.SignIn(t.Context(), "ada@example.com", right, origin); err != nil {
			t.Fatal(err)
		}
		clock.now = clock.now.Add(login.IdleSession)
		_, _, err = s.Session(t.Context(), cookie, origin)
		wantProblem(t, err, purser.ProblemSignIn)
	})
}

func TestSessionsAreListedAndRevokedOneByOneAndByANewPassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, _ := newService(t, db)
		ada := admin(t, s)
		second, err := s.SignIn(t.Context(), "ada@example.com", right, "192.0.2.9")
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.Sessions(ada)
		if err != nil || len(all) != 2 {
			t.Fatalf("%d sessions, %v", len(all), err)
		}
		other := me(as(t, s, second)).Session
		if err := s.RevokeSession(ada, other); err != nil {
			t.Fatal(err)
		}
		_, _, err = s.Session(t.Context(), second, origin)
		wantProblem(t, err, purser.ProblemSignIn)
		wantProblem(t, s.RevokeSession(ada, other), purser.ProblemNotFound)

		if second, err = s.SignIn(t.Context(), "ada@example.com", right, origin); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, s.ChangePassword(ada, "not it at all", "a new long password"), purser.ProblemInvalid)
		if err := s.ChangePassword(ada, right, "a new long password"); err != nil {
			t.Fatal(err)
		}
		_, _, err = s.Session(t.Context(), second, origin)
		wantProblem(t, err, purser.ProblemSignIn)
		if all, _ := s.Sessions(ada); len(all) != 1 || !all[0].Current {
			t.Errorf("got %+v, want the session that changed the password", all)
		}
	})
}

func TestGuessingIsStoppedPerAccountAndPerAddress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		admin(t, s)
		for range 5 {
			_, err := s.SignIn(t.Context(), "ada@example.com", "wrong password", origin)
			wantProblem(t, err, purser.ProblemSignIn)
		}
		_, err := s.SignIn(t.Context(), "ada@example.com", right, origin)
		wantProblem(t, err, purser.ProblemTooMany)
		if _, err = s.SignIn(t.Context(), "ada@example.com", right, "192.0.2.55"); err != nil {
			t.Errorf("a stranger locked the person out: %v", err)
		}
		refused := false
		for i := range 40 { // many accounts from one address
			_, err = s.SignIn(t.Context(), strings.Repeat("x", i+1)+"@example.com", "wrong password", "192.0.2.66")
			if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemTooMany {
				refused = true
				break
			}
		}
		if !refused {
			t.Error("one address may try any number of accounts")
		}
		clock.now = clock.now.Add(16 * time.Minute)
		if _, err = s.SignIn(t.Context(), "ada@example.com", right, origin); err != nil {
			t.Errorf("after the window: %v", err)
		}
	})
}

func TestInvitedUsersGetTheRoleAndAddressOfTheInvitation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		ada := admin(t, s)
		path, inv, err := s.Invite(ada, "Bob@Example.com", purser.RoleOperator)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Redeem(t.Context(), tokenIn(t, path), "Bob", "mallory@example.com", right, origin)
		if err != nil {
			t.Fatal(err)
		}
		users, err := s.Users(ada)
		if err != nil || len(users) != 2 || users[1].Email != "bob@example.com" || users[1].Role != purser.RoleOperator {
			t.Fatalf("got %+v, %v", users, err)
		}
		if path, inv, err = s.Invite(ada, "carol@example.com", purser.RoleFinance); err != nil {
			t.Fatal(err)
		}
		if err := s.Withdraw(ada, inv.ID); err != nil {
			t.Fatal(err)
		}
		_, err = s.AcceptInvitation(t.Context(), tokenIn(t, path), "Carol", right, origin)
		wantProblem(t, err, purser.ProblemForbidden)
		if path, _, err = s.Invite(ada, "dan@example.com", purser.RoleFinance); err != nil {
			t.Fatal(err)
		}
		clock.now = clock.now.Add(login.InvitationLife + time.Second)
		_, err = s.AcceptInvitation(t.Context(), tokenIn(t, path), "Dan", right, origin)
		wantProblem(t, err, purser.ProblemForbidden)
	})
}

func TestTheLastAdminCanNeitherBeRemovedNorDemoted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, _ := newService(t, db)
		ada := admin(t, s)
		wantProblem(t, s.RemoveUser(ada, me(ada).ID), purser.ProblemConflict)
		wantProblem(t, s.SetRole(ada, me(ada).ID, purser.RoleAuditor), purser.ProblemConflict)
		bob := member(t, s, ada, "bob@example.com", purser.RoleAdmin)
		if err := s.SetRole(bob, me(ada).ID, purser.RoleAuditor); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, s.RemoveUser(bob, me(bob).ID), purser.ProblemConflict)
	})
}

func TestATokenNeverDoesMoreThanItsMakerAndDiesWithThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		ada := admin(t, s)
		bob := member(t, s, ada, "bob@example.com", purser.RoleOperator)
		until := clock.now.Add(24 * time.Hour)
		for _, scope := range []purser.Operation{purser.OpMoneyRead, "everything"} {
			_, _, err := s.CreateToken(bob, "wide", []purser.Operation{scope}, until)
			wantProblem(t, err, purser.ProblemInvalid)
		}
		_, _, err := s.CreateToken(bob, "none", nil, until)
		wantProblem(t, err, purser.ProblemInvalid)
		secret, _, err := s.CreateToken(bob, "sync", []purser.Operation{purser.OpRunStart, purser.OpAccountRead, purser.OpTokenOwn}, until)
		if err != nil {
			t.Fatal(err)
		}
		actor, err := s.Authenticate(t.Context(), secret, origin)
		if err != nil {
			t.Fatal(err)
		}
		byToken := purser.WithActor(t.Context(), actor)
		if err := s.Allow(byToken, purser.OpRunStart); err != nil {
			t.Error(err)
		}
		wantProblem(t, s.Allow(byToken, purser.OpPersonRead), purser.ProblemForbidden)
		_, _, err = s.CreateToken(byToken, "wider", []purser.Operation{purser.OpPersonRead}, until)
		wantProblem(t, err, purser.ProblemInvalid)
		_, child, err := s.CreateToken(byToken, "child", []purser.Operation{purser.OpAccountRead}, until.Add(24*time.Hour))
		if err != nil || child.ExpiresAt.After(until) {
			t.Errorf("the token of a token lasts until %s (%v), its maker until %s", child.ExpiresAt, err, until)
		}

		if err := s.SetRole(ada, me(bob).ID, purser.RoleAuditor); err != nil {
			t.Fatal(err)
		}
		if actor, err = s.Authenticate(t.Context(), secret, origin); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, s.Allow(purser.WithActor(t.Context(), actor), purser.OpRunStart), purser.ProblemForbidden)

		if err := s.RemoveUser(ada, me(bob).ID); err != nil {
			t.Fatal(err)
		}
		_, err = s.Authenticate(t.Context(), secret, origin)
		wantProblem(t, err, purser.ProblemSignIn)
	})
}

func TestATokenEndsWhenRevokedAndWhenItsTimeIsUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		host := asHost(t)
		secret, token, err := s.CreateToken(host, "one", []purser.Operation{purser.OpAccountRead}, clock.now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.RevokeToken(host, token.ID); err != nil {
			t.Fatal(err)
		}
		_, err = s.Authenticate(t.Context(), secret, origin)
		wantProblem(t, err, purser.ProblemSignIn)
		if secret, _, err = s.CreateToken(host, "two", []purser.Operation{purser.OpAccountRead}, clock.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		clock.now = clock.now.Add(time.Hour)
		_, err = s.Authenticate(t.Context(), secret, origin)
		wantProblem(t, err, purser.ProblemSignIn)
		_, _, err = s.CreateToken(host, "past", []purser.Operation{purser.OpAccountRead}, clock.now)
		wantProblem(t, err, purser.ProblemInvalid)
	})
}

func TestUsersSeeAndRevokeTheirOwnTokensOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		ada := admin(t, s)
		bob := member(t, s, ada, "bob@example.com", purser.RoleOperator)
		_, token, err := s.CreateToken(ada, "hers", []purser.Operation{purser.OpAccountRead}, clock.now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if all, err := s.Tokens(bob); err != nil || len(all) != 0 {
			t.Errorf("bob sees %d tokens, %v", len(all), err)
		}
		wantProblem(t, s.RevokeToken(bob, token.ID), purser.ProblemNotFound)
		if all, err := s.Tokens(ada); err != nil || len(all) != 1 {
			t.Errorf("ada sees %d tokens, %v", len(all), err)
		}
	})
}

func TestNoSecretStandsInTheDatabaseAndEveryChangeInTheAuditLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		ada := admin(t, s)
		member(t, s, ada, "bob@example.com", purser.RoleOperator)
		cookie, err := s.SignIn(t.Context(), "ada@example.com", right, origin)
		if err != nil {
			t.Fatal(err)
		}
		secret, _, err := s.CreateToken(ada, "t", []purser.Operation{purser.OpAccountRead}, clock.now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"users", "session", "invitation", "token", "audit"} {
			var rows []map[string]any
			if err := db.Read().NewRaw("SELECT * FROM ?", bun.Ident(table)).Scan(t.Context(), &rows); err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				for column, v := range row {
					text, _ := v.(string)
					if strings.Contains(text, cookie) || strings.Contains(text, secret) || strings.Contains(text, right) {
						t.Errorf("%s.%s holds a secret", table, column)
					}
				}
			}
		}
		log, err := audit.New(db, s).List(ada, audit.Filter{}, purser.Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		// link, user, session; link, user, session; session; token
		if len(log.Items) != 8 {
			t.Errorf("%d entries in the audit log, want 8", len(log.Items))
		}
		if n, err := audit.New(db, s).Verify(ada); err != nil || n != 8 {
			t.Errorf("%d entries hold, %v", n, err)
		}
	})
}
