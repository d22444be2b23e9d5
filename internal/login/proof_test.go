package login_test

import (
	"testing"
	"time"

	"purser"
	"purser/internal/login"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestASessionMustProveItselfAgainAfterAQuarterOfAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		admin(t, s)
		cookie, err := s.SignIn(t.Context(), "ada@example.com", right, origin)
		if err != nil {
			t.Fatal(err)
		}
		clock.now = clock.now.Add(15*time.Minute - time.Second)
		if err := s.Proven(as(t, s, cookie), purser.OpUserWrite, true, false); err != nil {
			t.Errorf("a young proof: %v", err)
		}
		clock.now = clock.now.Add(time.Second)
		stale := as(t, s, cookie)
		wantProblem(t, s.Proven(stale, purser.OpUserWrite, true, false), purser.ProblemProve)
		wantProblem(t, s.Proven(stale, purser.OpInstanceRead, false, true), purser.ProblemProve)
		for name, err := range map[string]error{
			"looking":                     s.Proven(stale, purser.OpTokenOwn, false, false),
			"a change that is not marked": s.Proven(stale, purser.OpRunStart, true, false),
			"an API token": s.Proven(purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorToken, Role: purser.RoleAdmin}),
				purser.OpUserWrite, true, true),
			"the host": s.Proven(asHost(t), purser.OpUserWrite, true, true),
		} {
			if err != nil {
				t.Errorf("%s needs a proof: %v", name, err)
			}
		}
		wantProblem(t, s.Prove(stale, "wrong password", ""), purser.ProblemInvalid)
		wantProblem(t, s.Proven(as(t, s, cookie), purser.OpUserWrite, true, false), purser.ProblemProve)
		if err := s.Prove(stale, right, ""); err != nil {
			t.Fatal(err)
		}
		if err := s.Proven(as(t, s, cookie), purser.OpUserWrite, true, false); err != nil {
			t.Errorf("after the proof: %v", err)
		}
		other, err := s.SignIn(t.Context(), "ada@example.com", right, origin)
		if err != nil {
			t.Fatal(err)
		}
		clock.now = clock.now.Add(15 * time.Minute)
		if err := s.Prove(as(t, s, cookie), right, ""); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, s.Proven(as(t, s, other), purser.OpUserWrite, true, false), purser.ProblemProve) // a proof is of one browser
	})
}

func TestProofsAreLimitedLikePasswords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, _ := newService(t, db)
		ada := admin(t, s)
		for range 5 {
			wantProblem(t, s.Prove(ada, "wrong password", ""), purser.ProblemInvalid)
		}
		wantProblem(t, s.Prove(ada, right, ""), purser.ProblemTooMany)
	})
}

func TestAFirstPasswordIsSetByAFreshSessionOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		path, err := s.OneTimeSignIn(asHost(t), "ada@example.com", "Ada", purser.RoleAdmin)
		if err != nil {
			t.Fatal(err)
		}
		cookie, err := s.Redeem(t.Context(), tokenIn(t, path), "", "", "", origin)
		if err != nil {
			t.Fatal(err)
		}
		clock.now = clock.now.Add(time.Hour)
		wantProblem(t, s.ChangePassword(as(t, s, cookie), "", right), purser.ProblemProve)
		clock.now = clock.now.Add(-time.Hour)
		if err := s.ChangePassword(as(t, s, cookie), "", right); err != nil {
			t.Error(err)
		}
	})
}

func TestARestartForgivesNoFailedSignIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock := newService(t, db)
		admin(t, s)
		for range 5 {
			_, err := s.SignIn(t.Context(), "ada@example.com", "wrong password", origin)
			wantProblem(t, err, purser.ProblemSignIn)
		}
		again, err := login.New(login.Options{DB: db, Now: clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		_, err = again.SignIn(t.Context(), "ada@example.com", right, origin)
		wantProblem(t, err, purser.ProblemTooMany)
		clock.now = clock.now.Add(15 * time.Minute)
		if _, err = again.SignIn(t.Context(), "ada@example.com", right, origin); err != nil {
			t.Errorf("a quarter of an hour later: %v", err)
		}
	})
}

func TestAddressesOfOneNetworkCountAsOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, _ := newService(t, db)
		admin(t, s)
		for _, last := range []string{"1", "2", "3", "4", "5"} {
			_, err := s.SignIn(t.Context(), "ada@example.com", "wrong password", "2001:db8:7:7::"+last)
			wantProblem(t, err, purser.ProblemSignIn)
		}
		_, err := s.SignIn(t.Context(), "ada@example.com", right, "2001:db8:7:7:ffff::9")
		wantProblem(t, err, purser.ProblemTooMany)
		if _, err = s.SignIn(t.Context(), "ada@example.com", right, "2001:db8:7:8::1"); err != nil {
			t.Errorf("from another network: %v", err)
		}
	})
}

func TestASessionSaysItsBrowserAndOthersEndAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, _ := newService(t, db)
		admin(t, s)
		firefox := login.WithDevice(t.Context(), "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
		mine, err := s.SignIn(firefox, "ada@example.com", right, origin)
		if err != nil {
			t.Fatal(err)
		}
		edge := login.WithDevice(t.Context(), "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0")
		theirs, err := s.SignIn(edge, "ada@example.com", right, "192.0.2.8")
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.Sessions(as(t, s, mine))
		if err != nil {
			t.Fatal(err)
		}
		devices := map[string]login.Way{}
		for _, x := range all {
			devices[x.Device] = x.Way
		}
		if len(all) != 3 || devices["Firefox on Linux"] != login.WayPassword || devices["Edge on Windows"] != login.WayPassword || devices[""] != login.WayLink {
			t.Errorf("got %+v", all)
		}
		if err := s.RevokeOtherSessions(as(t, s, mine)); err != nil {
			t.Fatal(err)
		}
		if all, err = s.Sessions(as(t, s, mine)); err != nil || len(all) != 1 || !all[0].Current {
			t.Errorf("left: %+v (%v)", all, err)
		}
		_, _, err = s.Session(t.Context(), theirs, origin)
		wantProblem(t, err, purser.ProblemSignIn)
	})
}
