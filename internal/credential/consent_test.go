package credential_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/credential"
	"purser/internal/manifest"
)

func twoTokens() *manifest.Auth {
	auth := codeAuth()
	auth.Success = &manifest.Success{At: "ok", Equals: true}
	auth.Errors = []manifest.ErrorRule{{Code: []string{"invalid_refresh_token"}, Class: purser.ClassAuthRevoked}}
	auth.Tokens = []manifest.NamedToken{
		{Name: "bot", Scope: manifest.ScopeRule{Separator: ","}},
		{Name: "user", Scope: manifest.ScopeRule{Param: "user_scope", Separator: ","}, Answer: manifest.Answer{AccessToken: "authed_user.access_token",
			RefreshToken: "authed_user.refresh_token", ExpiresIn: "authed_user.expires_in", Scope: "authed_user.scope", TokenType: "authed_user.token_type"}},
	}
	return auth
}

func TestAConsentAsksForTheScopesOfEachTokenWithStateAndProofKeyAndKeepsBothTokens(t *testing.T) {
	h := newHouse(t, func(_ int, _ tokenCall, w http.ResponseWriter) {
		say(w, 200, map[string]any{"ok": true, "access_token": "canary-bot", "scope": "users:read,team:read", "team": map[string]any{"id": "T1", "name": "Acme"},
			"authed_user": map[string]any{"id": "U1", "access_token": "canary-user", "scope": "admin", "refresh_token": "canary-refresh", "expires_in": 43200}})
	})
	auth := twoTokens()
	auth.Extra.Authorize = []manifest.Pair{{Name: "team", Values: []string{"T1"}}}
	h.enter(auth, clientValues())
	use := h.use(auth)
	use.Scopes = map[string][]string{"bot": {"users:read", "team:read"}, "user": {"admin"}}
	b := h.broker("node")
	s := b.Session(use)
	u, err := b.Begin(t.Context(), s, credential.Consent{InstanceID: "ins_1", Connector: "vendor", Browser: "b1", Redirect: "https://purser.example.com/cb"})
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Host != "login.example.com" || q.Get("scope") != "users:read,team:read" || q.Get("user_scope") != "admin" || q.Get("team") != "T1" || q.Get("client_id") != "client-1" ||
		q.Get("response_type") != "code" || q.Get("redirect_uri") != "https://purser.example.com/cb" || q.Get("code_challenge_method") != "S256" || len(q.Get("state")) < 32 {
		t.Errorf("%s", u)
	}
	flow, err := b.Take(t.Context(), q.Get("state"), "b1")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.Exchange(t.Context(), s, flow, "canary-code")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(answer), "canary") || !strings.Contains(string(answer), `"T1"`) {
		t.Errorf("the answer is kept as %s", answer)
	}
	form := h.called()[0].form
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	if form.Get("code") != "canary-code" || form.Get("grant_type") != "authorization_code" || base64.RawURLEncoding.EncodeToString(sum[:]) != q.Get("code_challenge") {
		t.Errorf("%v", form)
	}
	for token, want := range map[string]string{"bot": "Bearer canary-bot", "user": "Bearer canary-user"} {
		r, _, err := authorize(t.Context(), h.broker("later").Session(use), token, nil, "")
		if err != nil || r.Header.Get("Authorization") != want {
			t.Errorf("%s: %v", token, err)
		}
	}
	if scopes, known, err := s.Granted(t.Context(), "bot"); err != nil || !known || len(scopes) != 2 {
		t.Errorf("granted %v, %v, %v", scopes, known, err)
	}
	// The user token ends and is renewed at the standard place of the answer; the bot token stays.
	h.clock.Move(13 * time.Hour)
	h.answer = func(_ int, _ tokenCall, w http.ResponseWriter) {
		say(w, 200, map[string]any{"ok": true, "access_token": "canary-user-2", "refresh_token": "canary-refresh-2", "expires_in": 43200})
	}
	if r, _, err := authorize(t.Context(), s, "user", nil, ""); err != nil || r.Header.Get("Authorization") != "Bearer canary-user-2" {
		t.Errorf("after the end: %v", err)
	}
	h.clock.Move(13 * time.Hour)
	h.answer = func(_ int, _ tokenCall, w http.ResponseWriter) {
		say(w, 200, map[string]any{"ok": false, "error": "invalid_refresh_token"})
	}
	if _, _, err := authorize(t.Context(), s, "user", nil, ""); !errors.Is(err, credential.ErrRefused) {
		t.Errorf("a refusal with status 200: %v", err)
	}
	if r, _, err := authorize(t.Context(), s, "bot", nil, ""); err != nil || r.Header.Get("Authorization") != "Bearer canary-bot" {
		t.Errorf("the other token: %v", err)
	}
}

func TestAStateCountsOnceForTenMinutesForTheBrowserThatBegan(t *testing.T) {
	h := newHouse(t, goodToken)
	auth := codeAuth()
	h.enter(auth, clientValues())
	b := h.broker("node")
	s := b.Session(h.use(auth))
	begin := func() string {
		u, err := b.Begin(t.Context(), s, credential.Consent{InstanceID: "ins_1", Connector: "vendor", Browser: "b1", Redirect: "https://purser.example.com/cb"})
		if err != nil {
			t.Fatal(err)
		}
		return u.Query().Get("state")
	}
	refused := func(name, state, browser string) {
		t.Helper()
		_, err := b.Take(t.Context(), state, browser)
		if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Kind != purser.ProblemForbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	state := begin()
	for stored := range h.store.flows {
		if stored == state {
			t.Error("the state itself is stored")
		}
	}
	if _, err := b.Take(t.Context(), state, "b1"); err != nil {
		t.Fatal(err)
	}
	refused("used twice", state, "b1")
	refused("another browser", begin(), "b2")
	refused("made up", "guess", "b1")
	refused("none", "", "b1")
	late := begin()
	h.clock.Move(10 * time.Minute)
	refused("too late", late, "b1")
}

func TestAFlowBegunForOneInstanceEndsNowhereElse(t *testing.T) {
	h := newHouse(t, goodToken)
	auth := codeAuth()
	h.enter(auth, clientValues())
	b := h.broker("node")
	u, err := b.Begin(t.Context(), b.Session(h.use(auth)), credential.Consent{InstanceID: "ins_1", Connector: "vendor", Browser: "b1", Redirect: "https://purser.example.com/cb"})
	if err != nil {
		t.Fatal(err)
	}
	flow, err := b.Take(t.Context(), u.Query().Get("state"), "b1")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Enter(t.Context(), credential.Entry{CredentialID: "crd_2", InstanceID: "ins_2", Connector: "vendor", Auth: auth, Pins: h.pins, Values: clientValues()}); err != nil {
		t.Fatal(err)
	}
	other := h.use(auth)
	other.CredentialID = "crd_2"
	if _, err := b.Exchange(t.Context(), b.Session(other), flow, "code"); err == nil {
		t.Error("the code was exchanged for another instance")
	}
	if n := len(h.called()); n != 0 {
		t.Errorf("the vendor was asked %d times", n)
	}
}

func TestAnAuthorizationAnewGoesOnBesideTheOldOne(t *testing.T) {
	h := newHouse(t, rotating())
	auth := codeAuth()
	h.enter(auth, clientValues())
	h.granted(auth)
	b := h.broker("node")
	if err := b.Copy(t.Context(), "crd_1", "crd_2"); err != nil {
		t.Fatal(err)
	}
	beside := h.use(auth)
	beside.CredentialID = "crd_2"
	if _, _, err := authorize(t.Context(), b.Session(beside), "", nil, ""); purser.ClassOf(err) != purser.ClassAuthRevoked {
		t.Errorf("the copy has a token: %v", err)
	}
	if r, _, err := authorize(t.Context(), b.Session(h.use(auth)), "", nil, ""); err != nil || r.Header.Get("Authorization") != "Bearer access-1" {
		t.Errorf("the old one: %v", err)
	}
}

func TestGivingTokensBackGoesToTheVendorAndIsToldLikeEachTokenRequest(t *testing.T) {
	h := newHouse(t, rotating())
	auth := codeAuth()
	auth.RevokeURL = "https://${settings.domain}/revoke"
	h.enter(auth, clientValues())
	h.granted(auth)
	h.clock.Move(time.Hour)
	var told []credential.TokenRequest
	use := h.use(auth)
	use.Record = func(r credential.TokenRequest) { told = append(told, r) }
	s := h.broker("node").Session(use)
	if _, _, err := authorize(t.Context(), s, "", nil, ""); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0].Host != vendorHost || told[0].Path != "/token" || told[0].Grant != "refresh_token" || told[0].Status != 200 {
		t.Errorf("told %+v", told)
	}
	h.answer = func(_ int, _ tokenCall, w http.ResponseWriter) { say(w, 200, nil) }
	if err := h.broker("node").Revoke(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	calls := h.called()
	if last := calls[len(calls)-1]; last.form.Get("token") != "refresh-2" || last.user != "client-1" {
		t.Errorf("%+v", last)
	}
}
