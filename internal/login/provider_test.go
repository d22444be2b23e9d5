package login_test

import (
	"net/http"
	"testing"
	"time"

	"purser"
	"purser/internal/login"
	"purser/internal/login/oidc"
	"purser/internal/login/oidctest"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestPeopleSignInAtARealProvider(t *testing.T) {
	issuer := oidctest.Start(t, map[string]oidctest.Account{
		"ada": {"email": "ada@example.com", "email_verified": true, "name": "Ada Example", "groups": []string{"it", "all"}, "tid": "acme"},
		"eve": {"email": "eve@example.com", "email_verified": true, "name": "Eve", "groups": []string{"all"}, "tid": "acme"},
		"mal": {"email": "mal@example.com", "email_verified": true, "name": "Mal", "groups": []string{"it"}, "tid": "elsewhere"},
	})
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := admission(t, []string{"tid=acme"}, []string{"it=admin"})
		provider, err := oidc.New(oidc.Options{Issuer: issuer, ClientID: oidctest.ClientID, Secret: oidctest.Secret, Scopes: []string{"email", "profile"},
			Want: a.Wants(), HTTP: &http.Transport{}, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		s, err := login.New(login.Options{DB: db, Now: time.Now, Sealer: box{}, OpenID: &login.OpenID{Provider: provider, Admission: a}})
		if err != nil {
			t.Fatal(err)
		}
		browser := oidctest.NewBrowser(t)
		to, kept, err := s.Depart(t.Context(), login.Trip{Purpose: login.OpenIDSignIn, Next: "/", Redirect: back})
		if err != nil {
			t.Fatal(err)
		}
		answer, asked := browser.Visit(to, back, "ada")
		if asked != 1 || answer.Get("iss") != issuer {
			t.Errorf("asked %d times, answered with %v", asked, answer)
		}
		arrival, err := s.Arrive(t.Context(), kept, answer, origin)
		if err != nil {
			t.Fatal(err)
		}
		ada := as(t, s, arrival.Cookie)
		if actor := me(ada); actor.Role != purser.RoleAdmin || actor.Name != "ada@example.com" {
			t.Errorf("signed in as %+v", actor)
		}
		if _, err := s.Arrive(t.Context(), kept, answer, origin); err == nil {
			t.Error("the answer works twice")
		}
		// A proof: the session that the browser has at the provider does not do.
		to, kept, err = s.Depart(ada, login.Trip{Purpose: login.OpenIDProve, Next: "/settings/users", Redirect: back})
		if err != nil {
			t.Fatal(err)
		}
		answer, asked = browser.Visit(to, back, "ada")
		if asked != 1 {
			t.Errorf("for the proof the provider asked %d times", asked)
		}
		if _, err = s.Arrive(ada, kept, answer, origin); err != nil {
			t.Errorf("the proof: %v", err)
		}
		for account, words := range map[string]string{"eve": "none of your groups", "mal": "not of the organization"} {
			to, kept, err = s.Depart(t.Context(), login.Trip{Purpose: login.OpenIDSignIn, Redirect: back})
			if err != nil {
				t.Fatal(err)
			}
			answer, _ = oidctest.NewBrowser(t).Visit(to, back, account)
			_, err = s.Arrive(t.Context(), kept, answer, origin)
			refusedFor(t, account, err, words)
		}
	})
}
