package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"purser"
	"purser/internal/app"
	"purser/internal/login"
	"purser/internal/store"
	"purser/internal/web/assets"
)

// aged is a server whose clock the test moves, and its handler.
func aged(t *testing.T) (a *app.App, h http.Handler, later func(time.Duration)) {
	t.Helper()
	var ahead atomic.Int64
	o := options(store.Options{}, folder(t))
	o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	a, err := app.Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if h, err = a.Handler(assets.Fake()); err != nil {
		t.Fatal(err)
	}
	return a, h, func(d time.Duration) { ahead.Add(int64(d)) }
}

// tab is a browser that is signed in.
type tab struct {
	app    *app.App
	h      http.Handler
	cookie string
	csrf   string
}

func openTab(t *testing.T, a *app.App, h http.Handler) *tab {
	t.Helper()
	path, err := a.Login.OneTimeSignIn(host(t.Context()), "ada@example.com", "Ada", purser.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(path)
	cookie, err := a.Login.Redeem(t.Context(), u.Query().Get("token"), "", "", "", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	_, csrf, err := a.Login.Session(t.Context(), cookie, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return &tab{app: a, h: h, cookie: cookie, csrf: csrf}
}

func (b *tab) send(t *testing.T, method, path, referer string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
	u, _ := url.Parse(b.app.PublicURL())
	r.Host, r.RemoteAddr = u.Host, "127.0.0.1:4000"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("X-CSRF-Token", b.csrf)
	if referer != "" {
		r.Header.Set("Referer", b.app.PublicURL()+referer)
	}
	r.AddCookie(&http.Cookie{Name: "purser", Value: b.cookie})
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	return w
}

func asksAgain(w *httptest.ResponseRecorder) bool {
	return strings.HasPrefix(w.Header().Get("Location"), "/sign-in/again?") ||
		w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), "asks again who you are")
}

// harmless are changes whose address sounds sensitive and that need no proof.
func harmless(route string) bool {
	switch route {
	case "POST /settings/you/password", // asks for the password itself
		"PUT /api/v1/password",
		"POST /settings/you/sessions/{id}/revoke", "POST /settings/you/sessions/revoke-others",
		"POST /settings/audit/verify", "POST /api/v1/instances/{id}/settings/preview", // nothing is saved
		"POST /settings/organization", // its name and time zone open nothing
		"POST /settings/notifications/recipients", "POST /settings/notifications/recipients/remove", "POST /settings/notifications/test",
		"POST /settings/notifications/endpoints/{id}/remove", "POST /settings/notifications/log/{id}/retry", "POST /settings/notifications/log/{id}/drop",
		"POST /settings/upkeep/freeze", "POST /settings/upkeep/thaw": // whoever pulls the brake must not look for a password first
		return true
	}
	return false
}

func TestNothingSensitiveChangesWithoutAFreshProof(t *testing.T) {
	a, h, later := aged(t)
	routes, _ := a.Routes(assets.Fake())
	sounds := regexp.MustCompile(`credential|token|user|invitation|password|backup|restore|delete|/settings`)
	fresh, stale := openTab(t, a, h), 0
	for _, r := range routes {
		if r.Public || r.Stream {
			continue
		}
		name := r.Method + " " + r.Pattern
		change := r.Method != http.MethodGet
		must := r.Proof || change && login.ProofTable()[r.Operation]
		if change && sounds.MatchString(r.Pattern) && !must && !harmless(name) {
			t.Errorf("%s sounds sensitive and needs no fresh proof: give its operation or its route one, or say here why not", name)
		}
		if !must {
			continue
		}
		stale++
		b := openTab(t, a, h)
		later(login.ProofLife)
		if w := b.send(t, r.Method, concrete(r.Pattern), "", nil); !asksAgain(w) {
			t.Errorf("%s is answered with %d to a session that proved itself long ago", name, w.Code)
		}
		later(-login.ProofLife)
		bearer := token(t, a, purser.RoleAdmin)
		if code, _, body := ask(t, a, h, request{method: r.Method, path: concrete(r.Pattern), bearer: bearer}); strings.Contains(body, "asks again") {
			t.Errorf("%s asks an API token for a proof: %d", name, code)
		}
		if change && asksAgain(openTab(t, a, h).send(t, r.Method, concrete(r.Pattern), "", nil)) {
			t.Errorf("%s asks one who has just signed in", name)
		}
	}
	if stale < 15 || fresh == nil {
		t.Errorf("only %d routes need a proof", stale)
	}
}

func TestAFormThatCameTooLateComesBackWithWhatWasTyped(t *testing.T) {
	a, h, later := aged(t)
	b := openTab(t, a, h)
	if err := a.Login.ChangePassword(b.as(t), "", "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	later(login.ProofLife)
	w := b.send(t, "POST", "/settings/users/invite", "/settings/users", url.Values{"csrf": {b.csrf}, "email": {"bob@example.com"},
		"role": {"auditor"}, "password": {"never-shown-again"}})
	again, err := url.Parse(w.Header().Get("Location"))
	if err != nil || again.Path != "/sign-in/again" {
		t.Fatalf("answered with %d %q", w.Code, w.Header().Get("Location"))
	}
	next := again.Query().Get("next")
	if !strings.HasPrefix(next, "/settings/users?again=1") {
		t.Fatalf("it would go on to %q", next)
	}
	if page := b.send(t, "GET", again.String(), "", nil); page.Code != 200 || !strings.Contains(page.Body.String(), `type="password"`) {
		t.Errorf("the page that asks: %d %s", page.Code, page.Body)
	}
	wrong := b.send(t, "POST", "/sign-in/again", "", url.Values{"csrf": {b.csrf}, "next": {next}, "password": {"nonsense"}})
	if wrong.Code != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body.String(), "the password is wrong") && !strings.Contains(wrong.Body.String(), "The password is wrong") {
		t.Errorf("a wrong password: %d %s", wrong.Code, wrong.Body)
	}
	right := b.send(t, "POST", "/sign-in/again", "", url.Values{"csrf": {b.csrf}, "next": {next}, "password": {"correct horse battery"}})
	if right.Code != http.StatusSeeOther || right.Header().Get("Location") != next {
		t.Fatalf("after the proof: %d %s", right.Code, right.Header().Get("Location"))
	}
	page := b.send(t, "GET", next, "", nil).Body.String()
	for _, want := range []string{"nothing was changed yet", "bob@example.com", `"/settings/users/invite"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the form's page lacks %q", want)
		}
	}
	if strings.Contains(page, "never-shown-again") {
		t.Error("a password is shown again")
	}
	open, err := a.Login.Invitations(host(t.Context()))
	if err != nil || len(open) != 0 {
		t.Errorf("the invitation was sent on by itself: %v (%v)", open, err)
	}
	if other := openTab(t, a, h).send(t, "GET", next, "", nil).Body.String(); strings.Contains(other, "bob@example.com") {
		t.Error("another session sees what was typed")
	}
	refused := b.send(t, "GET", "/sign-in/again?next=https://evil.example.com/", "", nil).Body.String()
	if strings.Contains(refused, "evil.example.com") {
		t.Error("the page leads elsewhere")
	}
}

func (b *tab) as(t *testing.T) context.Context {
	t.Helper()
	actor, _, err := b.app.Login.Session(t.Context(), b.cookie, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return purser.WithActor(t.Context(), actor)
}

func TestAFormShownAsAnAnswerLeadsBackToItsPage(t *testing.T) {
	a, h, later := aged(t)
	for referer, want := range map[string]string{
		"/settings/users/invite": "/settings/users?", "/settings/tokens?x=1": "/settings/tokens?", "": "/settings/users?", "/nowhere/at/all": "/?",
	} {
		b := openTab(t, a, h)
		later(login.ProofLife)
		w := b.send(t, "POST", "/settings/users/invite", referer, url.Values{"csrf": {b.csrf}})
		u, err := url.Parse(w.Header().Get("Location"))
		if err != nil || !strings.HasPrefix(u.Query().Get("next"), want) {
			t.Errorf("from %q it goes on to %q, want %s", referer, u.Query().Get("next"), want)
		}
	}
}
