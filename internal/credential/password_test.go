package credential_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"purser"
	"purser/internal/credential"
	"purser/internal/manifest"
)

func passwordAuth() *manifest.Auth {
	return &manifest.Auth{Name: "user", Grant: "password", ClientAuth: "body", TokenURL: "https://${settings.domain}/oauth/token",
		Scope: manifest.ScopeRule{Send: "never"}, Extra: manifest.Extra{Password: []manifest.Pair{{Name: "credtype", Values: []string{"authtoken"}}}},
		Answer: manifest.Answer{RefreshEnds: "refresh_expires_in"},
		Fields: []manifest.CredentialField{{Name: "client_id", Shown: true}, {Name: "client_secret"}, {Name: "username", Shown: true}, {Name: "password"}}}
}

func passwordValues() map[string]string {
	return map[string]string{"client_id": "client-1", "client_secret": "canary-client-secret", "username": "robot", "password": "canary-password"}
}

func TestAPasswordIsSentOnceAndTheRefreshTokenFromThenOn(t *testing.T) {
	ends := time.Date(2027, 5, 22, 12, 0, 0, 0, time.UTC)
	h := newHouse(t, func(n int, _ tokenCall, w http.ResponseWriter) {
		say(w, 200, map[string]any{"access_token": "canary-access-" + string(rune('0'+n)), "refresh_token": "canary-refresh-" + string(rune('0'+n)),
			"expires_in": 3600, "refresh_expires_in": ends.Unix(), "geolocation": "https://us.vendor.example.com"})
	})
	auth := passwordAuth()
	h.enter(auth, passwordValues())
	s := h.broker("node").Session(h.use(auth))
	for range 3 {
		if _, _, err := authorize(t.Context(), s, "", nil, ""); err != nil {
			t.Fatal(err)
		}
		h.clock.Move(2 * time.Hour)
	}
	calls := h.called()
	if len(calls) != 3 {
		t.Fatalf("%d token requests, want 3", len(calls))
	}
	first := calls[0].form
	if first.Get("grant_type") != "password" || first.Get("username") != "robot" || first.Get("password") != "canary-password" ||
		first.Get("credtype") != "authtoken" || first.Get("client_secret") != "canary-client-secret" || first.Has("scope") {
		t.Errorf("first: %v", first)
	}
	for i, c := range calls[1:] {
		want := "canary-refresh-" + string(rune('1'+i))
		if c.form.Get("grant_type") != "refresh_token" || c.form.Get("refresh_token") != want || c.form.Has("password") || c.form.Has("credtype") {
			t.Errorf("refresh %d: %v, want %s", i+1, c.form, want)
		}
	}
	if r := h.store.records["crd_1"]; !r.ExpiresAt.Equal(ends) || r.ExpiresBy != credential.ExpiryRead {
		t.Errorf("the end is %s (%s), the vendor said %s", r.ExpiresAt, r.ExpiresBy, ends)
	}
	answer, err := s.Answer(t.Context())
	if err != nil || string(answer) != `{"expires_in":3600,"geolocation":"https://us.vendor.example.com","refresh_expires_in":1810987200}` {
		t.Errorf("the vendor's own words are %s, %v", answer, err)
	}
}

func TestARefusedRefreshTokenIsNoEndWhileThePasswordIsGood(t *testing.T) {
	h := newHouse(t, func(n int, c tokenCall, w http.ResponseWriter) {
		if c.form.Get("grant_type") == "refresh_token" {
			say(w, 400, map[string]any{"error": "invalid_grant"})
			return
		}
		say(w, 200, map[string]any{"access_token": "canary-access-" + string(rune('0'+n)), "refresh_token": "canary-refresh", "expires_in": 1800})
	})
	auth := passwordAuth()
	h.enter(auth, passwordValues())
	s := h.broker("node").Session(h.use(auth))
	for range 2 {
		if _, _, err := authorize(t.Context(), s, "", nil, ""); err != nil {
			t.Fatal(err)
		}
		h.clock.Move(time.Hour)
	}
	calls := h.called()
	if len(calls) != 3 || calls[2].form.Get("grant_type") != "password" || calls[2].form.Has("refresh_token") {
		t.Errorf("asked with %v", calls)
	}
	if r := h.store.records["crd_1"]; !r.ExpiresAt.IsZero() {
		t.Errorf("an end is told that the vendor did not tell: %s", r.ExpiresAt)
	}
}

func TestARefusedPasswordIsTheEndOfTheCredential(t *testing.T) {
	h := newHouse(t, func(n int, _ tokenCall, w http.ResponseWriter) {
		if n > 1 {
			say(w, 401, map[string]any{"error": "invalid_grant"})
			return
		}
		say(w, 200, map[string]any{"access_token": "canary-access", "refresh_token": "canary-refresh", "expires_in": 1800})
	})
	auth := passwordAuth()
	h.enter(auth, passwordValues())
	s := h.broker("node").Session(h.use(auth))
	if _, _, err := authorize(t.Context(), s, "", nil, ""); err != nil {
		t.Fatal(err)
	}
	h.clock.Move(time.Hour)
	_, _, err := authorize(t.Context(), s, "", nil, "")
	if told, ok := errors.AsType[*purser.Error](err); !ok || told.Class != purser.ClassAuthRevoked || !errors.Is(err, credential.ErrRefused) {
		t.Errorf("got %v", err)
	}
	if n := len(h.called()); n != 3 {
		t.Errorf("%d requests, want the first, one refresh and one with the password", n)
	}
}

func TestWhatNeedsNoPersonIsObtainedToHearTheVendorsOwnWords(t *testing.T) {
	h := newHouse(t, func(_ int, _ tokenCall, w http.ResponseWriter) {
		say(w, 200, map[string]any{"access_token": "canary-access", "expires_in": 3600, "account_id": 4711})
	})
	auth := codeAuth()
	auth.Grant = "client_credentials"
	h.enter(auth, clientValues())
	answer, err := h.broker("node").Session(h.use(auth)).Answer(t.Context())
	if err != nil || string(answer) != `{"account_id":4711,"expires_in":3600}` {
		t.Errorf("%s, %v", answer, err)
	}
}

func TestTokensAreRefreshedWhereTheVendorTakesThem(t *testing.T) {
	var paths []string
	h := newHouse(t, func(n int, _ tokenCall, w http.ResponseWriter) {
		say(w, 200, map[string]any{"access_token": "canary-access-" + string(rune('0'+n)), "refresh_token": "canary-refresh", "expires_in": 1800})
	})
	auth := passwordAuth()
	auth.RefreshURL = "https://${settings.domain}/elsewhere/token"
	h.enter(auth, passwordValues())
	use := h.use(auth)
	use.Record = func(r credential.TokenRequest) { paths = append(paths, r.Grant+" "+r.Path) }
	s := h.broker("node").Session(use)
	for range 2 {
		if _, _, err := authorize(t.Context(), s, "", nil, ""); err != nil {
			t.Fatal(err)
		}
		h.clock.Move(time.Hour)
	}
	if len(paths) != 2 || paths[0] != "password /oauth/token" || paths[1] != "refresh_token /elsewhere/token" {
		t.Errorf("asked at %v", paths)
	}
}
