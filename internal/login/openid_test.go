package login_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/url"
	"testing"
	"time"

	"purser"
	"purser/internal/login"
	"purser/internal/login/oidc"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func newClock() *clock { return &clock{now: time.Now().UTC()} }

// mapped is a service in which the group "it" is admin and "help" operator.
func mapped(t *testing.T, db *store.DB) (*login.Service, *issuer, *clock) {
	t.Helper()
	c := newClock()
	i := newIssuer(t, c)
	i.claims = map[string]any{"email": "ada@example.com", "email_verified": true, "name": "Ada", "groups": []string{"help"}, "tid": "acme"}
	return withProvider(t, db, c, i, admission(t, []string{"tid=acme", "tid=acme-eu"}, []string{"it=admin", "help=operator"})), i, c
}

func TestGroupsDecideAtEachSignInWhoComesInAndAsWhat(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, i, _ := mapped(t, db)
		admin(t, s)
		i.claims["email"] = "grace@example.com"
		a, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn, Next: "/accounts"})
		if err != nil || a.Next != "/accounts" {
			t.Fatalf("got %+v (%v)", a, err)
		}
		first := as(t, s, a.Cookie)
		if me(first).Role != purser.RoleOperator || me(first).Name != "grace@example.com" {
			t.Errorf("signed in as %+v", me(first))
		}
		i.claims["groups"] = []string{"help", "it"}
		if a, err = travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn}); err != nil {
			t.Fatal(err)
		}
		second := as(t, s, a.Cookie)
		if me(second).Role != purser.RoleAdmin || me(second).ID != me(first).ID {
			t.Errorf("with the wider group: %+v", me(second))
		}
		i.claims["groups"] = []string{"help"}
		lower, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
		if err != nil || me(as(t, s, lower.Cookie)).Role != purser.RoleOperator {
			t.Errorf("with the narrower group: %v", err)
		}
		_, _, err = s.Session(t.Context(), a.Cookie, origin)
		wantProblem(t, err, purser.ProblemSignIn) // what began as admin has ended
		i.claims["groups"] = []string{"strangers"}
		_, err = travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
		refusedFor(t, "no group has a role", err, "none of your groups")
		_, _, err = s.Session(t.Context(), lower.Cookie, origin)
		wantProblem(t, err, purser.ProblemSignIn)
		users, err := s.Users(asHost(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range users {
			if u.ID == me(first).ID && (u.Role != "" || !u.Connected) {
				t.Errorf("afterwards: %+v", u)
			}
		}
		delete(i.claims, "groups")
		_, err = travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
		refusedFor(t, "no groups are sent", err, "none of your groups")
		i.claims["_claim_names"] = map[string]string{"groups": "src1"}
		i.claims["_claim_sources"] = map[string]any{"src1": map[string]string{"endpoint": "https://groups.example.com/ada"}}
		_, err = travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
		refusedFor(t, "too many groups", err, "left your groups out")
	})
}

func TestPeopleOfAnotherTenantStayOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, i, _ := mapped(t, db)
		for _, tid := range []any{"evil", nil, []string{"evil"}, ""} {
			i.claims["tid"] = tid
			_, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
			refusedFor(t, "another tenant", err, "not of the organization")
		}
		i.claims["tid"] = "acme-eu"
		if _, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn}); err != nil {
			t.Error(err)
		}
	})
}

func TestAnAddressAloneBindsNobody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, i, _ := mapped(t, db)
		ada := admin(t, s) // a local account with the address that the provider says
		_, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
		refusedFor(t, "the address of a local account", err, "not connected")
		i.claims["groups"] = []string{"it"}
		if _, err := travel(ada, t, s, i, login.Trip{Purpose: login.OpenIDLink, Next: "/settings/you"}); err != nil {
			t.Fatal(err)
		}
		if i.asked.Get("prompt") != "login" || i.asked.Get("max_age") != "0" {
			t.Errorf("a session at the provider would do for connecting: %v", i.asked)
		}
		a, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
		if err != nil || me(as(t, s, a.Cookie)).ID != me(ada).ID {
			t.Errorf("connected: %+v (%v)", a, err)
		}
		bob := member(t, s, ada, "bob@example.com", purser.RoleOperator)
		_, err = travel(bob, t, s, i, login.Trip{Purpose: login.OpenIDLink})
		refusedFor(t, "somebody else's account", err, "belongs to another user")
		if err := s.Unbind(ada, i.server.URL); err != nil {
			t.Fatal(err)
		}
		_, err = travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
		refusedFor(t, "disconnected", err, "not connected")
	})
}

func TestWithoutGroupsOnlyTheInvitedComeIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		i := newIssuer(t, c)
		i.claims = map[string]any{"email": "Bob@Example.com", "email_verified": true}
		s := withProvider(t, db, c, i, admission(t, nil, nil))
		ada := admin(t, s)
		_, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
		refusedFor(t, "nobody knows them", err, "not known here")
		path, _, err := s.Invite(ada, "bob@example.com", purser.RoleFinance)
		if err != nil {
			t.Fatal(err)
		}
		invited := login.Trip{Purpose: login.OpenIDInvite, Invitation: tokenIn(t, path)}
		for name, claims := range map[string]map[string]any{
			"an address that is not verified": {"email": "bob@example.com", "email_verified": false},
			"silence about it":                {"email": "bob@example.com"},
			"another address":                 {"email": "eve@example.com", "email_verified": true},
			"no address":                      {},
		} {
			i.claims = claims
			_, err := travel(t.Context(), t, s, i, invited)
			refusedFor(t, name, err, "does not say that you are bob@example.com")
		}
		i.claims = map[string]any{"email": "Bob@Example.com", "email_verified": true}
		a, err := travel(t.Context(), t, s, i, invited)
		if err != nil {
			t.Fatal(err)
		}
		if actor := me(as(t, s, a.Cookie)); actor.Role != purser.RoleFinance || actor.Name != "bob@example.com" {
			t.Errorf("came in as %+v", actor)
		}
		if a, err = travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn}); err != nil || a.Cookie == "" {
			t.Errorf("the next time: %v", err)
		}
		_, err = travel(t.Context(), t, s, i, invited)
		wantProblem(t, err, purser.ProblemForbidden) // the link is used up
	})
}

func TestWhatAMisbehavingProviderSendsIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			does  func(i *issuer)
			words string
		}{
			"another issuer":        {func(i *issuer) { i.claims["iss"] = "https://evil.example.com" }, "another issuer"},
			"another audience":      {func(i *issuer) { i.claims["aud"] = "someone-else" }, "another client"},
			"two audiences, no azp": {func(i *issuer) { i.claims["aud"] = []string{"purser", "someone-else"} }, "another client"},
			"made for another azp":  {func(i *issuer) { i.claims["azp"] = "someone-else" }, "another client"},
			"another nonce":         {func(i *issuer) { i.nonce = "replayed" }, "another sign-in"},
			"no nonce":              {func(i *issuer) { i.claims["nonce"] = nil }, "another sign-in"},
			"an expired token":      {func(i *issuer) { i.claims["exp"] = i.clock.now.Add(-time.Minute).Unix() }, "too old"},
			"no signature":          {func(i *issuer) { i.none = true }, "not signed"},
			"an unknown key":        {func(i *issuer) { i.served = &stranger.PublicKey }, "not signed"},
			"another access token":  {func(i *issuer) { i.hashOf = "stolen" }, "another access token"},
			"nobody":                {func(i *issuer) { i.claims["sub"] = "" }, "names nobody"},
			"somebody else's userinfo": {func(i *issuer) {
				i.claims["groups"] = nil
				i.userinfo = map[string]any{"sub": "s-eve", "groups": []string{"it"}}
			}, "another person"},
		} {
			s, i, _ := mapped(t, db)
			c.does(i)
			a, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
			if a.Cookie != "" {
				t.Errorf("%s begins a session", name)
			}
			refusedFor(t, name, err, c.words)
		}
	})
}

func TestAStateAndACodeWorkOnceInTheBrowserThatBegan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, i, c := mapped(t, db)
		trip := login.Trip{Purpose: login.OpenIDSignIn, Redirect: back}
		depart := func() (string, url.Values) {
			to, browser, err := s.Depart(t.Context(), trip)
			if err != nil {
				t.Fatal(err)
			}
			return browser, i.signIn(to)
		}
		browser, answer := depart()
		if _, err := s.Arrive(t.Context(), "another browser", answer, origin); err == nil {
			t.Error("another browser comes in")
		}
		_, err := s.Arrive(t.Context(), browser, answer, origin)
		refusedFor(t, "a state that was seen elsewhere", err, "took too long")
		browser, answer = depart()
		if _, err := s.Arrive(t.Context(), browser, answer, origin); err != nil {
			t.Fatal(err)
		}
		_, err = s.Arrive(t.Context(), browser, answer, origin)
		refusedFor(t, "a state again", err, "took too long")
		old := answer.Get("code")
		browser, answer = depart()
		answer.Set("code", old)
		_, err = s.Arrive(t.Context(), browser, answer, origin)
		refusedFor(t, "a code again", err, "used already")
		browser, answer = depart()
		answer.Set("state", "invented")
		_, err = s.Arrive(t.Context(), browser, answer, origin)
		refusedFor(t, "an invented state", err, "took too long")
		browser, answer = depart()
		answer.Set("iss", "https://evil.example.com")
		_, err = s.Arrive(t.Context(), browser, answer, origin)
		refusedFor(t, "mixed up providers", err, "another provider")
		browser, answer = depart()
		c.now = c.now.Add(11 * time.Minute)
		_, err = s.Arrive(t.Context(), browser, answer, origin)
		refusedFor(t, "too late", err, "took too long")
		for code, words := range map[string]string{"access_denied": "did not let you", "<script>": "did not sign you in", "server_error": "failure of its own"} {
			browser, answer = depart()
			_, err = s.Arrive(t.Context(), browser, url.Values{"state": answer["state"], "error": {code}}, origin)
			refusedFor(t, code, err, words)
		}
	})
}

func TestARotatedKeyIsLookedUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, i, _ := mapped(t, db)
		for _, kid := range []string{"k1", "k2", "k3"} {
			i.rotate(kid)
			if _, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn}); err != nil {
				t.Errorf("with key %s: %v", kid, err)
			}
		}
	})
}

func TestGroupsMayComeFromUserinfo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, i, _ := mapped(t, db)
		i.userinfo = map[string]any{"sub": "s-ada", "groups": []string{"it"}, "email": "ada@example.com", "tid": "evil"}
		delete(i.claims, "groups")
		a, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
		if err != nil || me(as(t, s, a.Cookie)).Role != purser.RoleAdmin {
			t.Errorf("got %v", err)
		}
	})
}

func TestAProofAtTheProviderIsFreshAndOfTheSamePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, i, c := mapped(t, db)
		a, err := travel(t.Context(), t, s, i, login.Trip{Purpose: login.OpenIDSignIn})
		if err != nil {
			t.Fatal(err)
		}
		wantProblem(t, s.ChangePassword(as(t, s, a.Cookie), "", right), purser.ProblemConflict) // it would outlive the provider's word
		c.now = c.now.Add(time.Hour)
		stale := func() context.Context { return as(t, s, a.Cookie) }
		wantProblem(t, s.Proven(stale(), purser.OpUserWrite, true, false), purser.ProblemProve)
		for name, claims := range map[string]struct {
			more  map[string]any
			words string
		}{
			"an old session there":  {map[string]any{"auth_time": c.now.Add(-30 * time.Minute).Unix()}, "did not ask you"},
			"silence about when":    {map[string]any{"auth_time": nil}, "does not say when"},
			"somebody else's proof": {map[string]any{"auth_time": c.now.Unix(), "sub": "s-eve"}, "as somebody else"},
		} {
			for k, v := range claims.more {
				i.claims[k] = v
			}
			_, err := travel(stale(), t, s, i, login.Trip{Purpose: login.OpenIDProve, Next: "/settings/users"})
			refusedFor(t, name, err, claims.words)
			wantProblem(t, s.Proven(stale(), purser.OpUserWrite, true, false), purser.ProblemProve)
			delete(i.claims, "sub")
		}
		i.claims["auth_time"] = c.now.Unix()
		proof, err := travel(stale(), t, s, i, login.Trip{Purpose: login.OpenIDProve, Next: "/settings/users"})
		if err != nil || proof.Cookie != "" || proof.Next != "/settings/users" {
			t.Fatalf("got %+v (%v)", proof, err)
		}
		if err := s.Proven(stale(), purser.OpUserWrite, true, false); err != nil {
			t.Errorf("after the proof: %v", err)
		}
		if ways, err := s.ProofWays(stale()); err != nil || ways.Provider != "Acme ID" || ways.Password {
			t.Errorf("ways to prove it: %+v (%v)", ways, err)
		}
	})
}

func TestPasswordsAreTurnedOffOnceAnAdminComesInByTheProvider(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, i, _ := mapped(t, db)
		ada := admin(t, s)
		wantProblem(t, s.SetPolicy(ada, login.Policy{NoPasswords: true}), purser.ProblemConflict)
		i.claims["groups"] = []string{"it"}
		if _, err := travel(ada, t, s, i, login.Trip{Purpose: login.OpenIDLink}); err != nil {
			t.Fatal(err)
		}
		path, _, err := s.Invite(ada, "bob@example.com", purser.RoleOperator)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SetPolicy(ada, login.Policy{NoPasswords: true}); err != nil {
			t.Fatal(err)
		}
		_, err = s.SignIn(t.Context(), "ada@example.com", right, origin)
		wantProblem(t, err, purser.ProblemForbidden)
		_, err = s.AcceptInvitation(t.Context(), tokenIn(t, path), "Bob", right, origin)
		wantProblem(t, err, purser.ProblemForbidden)
		if path, err = s.AdminLink(asHost(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Redeem(t.Context(), tokenIn(t, path), "Ada", "ada@example.com", "another long password", origin); err != nil {
			t.Errorf("the way back in: %v", err)
		}
	})
}

func TestAProviderThatIsAwayIsSaidSo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, i, _ := mapped(t, db)
		i.server.Close()
		_, _, err := s.Depart(t.Context(), login.Trip{Purpose: login.OpenIDSignIn, Redirect: back})
		refusedFor(t, "away", err, "could not be reached")
	})
}

func TestAProviderIsHTTPSAndRedirectsLeadNowhere(t *testing.T) {
	for _, issuer := range []string{"http://id.example.com", "id.example.com", "https://user@id.example.com", ""} {
		_, err := oidc.New(oidc.Options{Issuer: issuer, ClientID: "purser", HTTP: &http.Transport{}, Now: time.Now})
		wantProblem(t, err, purser.ProblemInvalid)
	}
}

func TestWhatTheOperatorWritesOfGroupsIsChecked(t *testing.T) {
	for _, c := range []struct{ require, roles []string }{
		{[]string{"tid"}, nil}, {[]string{"=acme"}, nil}, {nil, []string{"it"}}, {nil, []string{"it=king"}}, {nil, []string{"=admin"}},
	} {
		_, err := login.NewAdmission(c.require, "", c.roles)
		wantProblem(t, err, purser.ProblemInvalid)
	}
	if a := admission(t, nil, []string{"cn=it,dc=acme=admin"}); a.Roles["cn=it,dc=acme"] != purser.RoleAdmin {
		t.Errorf("a group with an equals sign: %v", a.Roles)
	}
}
