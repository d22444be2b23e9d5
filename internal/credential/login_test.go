package credential_test

import (
	"net/http"
	"testing"

	"purser"
	"purser/internal/manifest"
)

func loginAuth(how *manifest.Login, body string) *manifest.Auth {
	return &manifest.Auth{Name: "person", Grant: "login", TokenURL: "https://${settings.domain}/session", TokenBody: body, Expires: "on_401", Login: how,
		Answer: manifest.Answer{AccessToken: "session.token"}, Send: manifest.Send{Header: []manifest.Pair{{Name: "X-Session", Values: []string{"${token}"}}}},
		Fields: []manifest.CredentialField{{Name: "user", Shown: true}, {Name: "password"}}}
}

func TestASignInThatIsNoStandardGrantGivesATokenThatIsRenewedWhenItIsRefused(t *testing.T) {
	pairs := []manifest.Pair{{Name: "login", Values: []string{"${secret.user}"}}, {Name: "pass", Values: []string{"${secret.password}"}}}
	for name, auth := range map[string]*manifest.Auth{
		"a form":   loginAuth(&manifest.Login{Body: pairs}, ""),
		"JSON":     loginAuth(&manifest.Login{Body: pairs}, "json"),
		"a header": loginAuth(&manifest.Login{Headers: []manifest.Pair{{Name: "X-Pass", Values: []string{"${secret.password}"}}}}, ""),
		"Basic":    loginAuth(&manifest.Login{Basic: &manifest.Basic{User: "${secret.user}", Password: "${secret.password}"}}, ""),
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(n int, _ tokenCall, w http.ResponseWriter) {
				say(w, 200, map[string]any{"session": map[string]any{"token": "canary-session-" + string(rune('0'+n))}})
			})
			h.enter(auth, map[string]string{"user": "ada", "password": "canary-password"})
			s := h.broker("node").Session(h.use(auth))
			r, grip, err := authorize(t.Context(), s, "", nil, "")
			if err != nil || r.Header.Get("X-Session") != "canary-session-1" {
				t.Fatalf("%v %v", r.Header, err)
			}
			if r, _, err = authorize(t.Context(), s, "", nil, grip); err != nil || r.Header.Get("X-Session") != "canary-session-2" {
				t.Fatalf("after a refusal: %v %v", r.Header, err)
			}
			c := h.called()[0]
			sent := c.form.Get("login") == "ada" && c.form.Get("pass") == "canary-password" || c.header.Get("X-Pass") == "canary-password" ||
				c.user == "ada" && c.secret == "canary-password"
			if !sent || c.form.Get("grant_type") != "" || c.form.Get("scope") != "" {
				t.Errorf("signed in with %v as %q", c.form, c.user)
			}
		})
	}
}

func TestASignInThatIsRefusedIsToldAsSuch(t *testing.T) {
	auth := loginAuth(&manifest.Login{Basic: &manifest.Basic{User: "${secret.user}", Password: "${secret.password}"}}, "")
	h := newHouse(t, func(_ int, _ tokenCall, w http.ResponseWriter) { say(w, 401, map[string]any{}) })
	h.enter(auth, map[string]string{"user": "ada", "password": "canary-password"})
	if _, _, err := authorize(t.Context(), h.broker("node").Session(h.use(auth)), "", nil, ""); purser.ClassOf(err) != purser.ClassAuthRevoked {
		t.Errorf("%v", err)
	}
}
