package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/app"
	"purser/internal/config"
	"purser/internal/httpd"
	"purser/internal/login"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/internal/web/assets"
)

func options(o store.Options, dir string) app.Options {
	return app.Options{Server: config.Server{Data: dir, DatabaseURL: o.URL, Listen: "127.0.0.1:0", Workers: 1}, Version: "test",
		Log: slog.New(slog.DiscardHandler), Now: time.Now}
}

// folder is short: a socket lies in it.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "p")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// each builds a server on both databases and gives its handler.
func each(t *testing.T, fn func(t *testing.T, a *app.App, h http.Handler)) {
	t.Helper()
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		dir := folder(t)
		if o.URL == "" {
			storetest.Migrated(t, dir)
		}
		a, err := app.Build(t.Context(), options(o, dir))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		h, err := a.Handler(assets.Fake())
		if err != nil {
			t.Fatal(err)
		}
		fn(t, a, h)
	})
}

func host(ctx context.Context) context.Context {
	return purser.WithActor(ctx, purser.Actor{Kind: purser.ActorHost, ID: "uid:0", Name: "root", Role: purser.RoleAdmin, Origin: "socket"})
}

func exec(t *testing.T, db *store.DB, stmt string) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, stmt)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// session makes a user with that role, who is signed in.
func session(t *testing.T, a *app.App, role purser.Role) (cookie, csrf string, actor purser.Actor) {
	t.Helper()
	path, err := a.Login.OneTimeSignIn(host(t.Context()), string(role)+"@example.com", string(role), role)
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(path)
	cookie, err = a.Login.Redeem(t.Context(), u.Query().Get("token"), "", "", "", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	actor, csrf, err = a.Login.Session(t.Context(), cookie, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	return cookie, csrf, actor
}

// token makes a user with that role, and a token that may do all that they may.
func token(t *testing.T, a *app.App, role purser.Role) string {
	t.Helper()
	_, _, actor := session(t, a, role)
	secret, _, err := a.Login.CreateToken(purser.WithActor(t.Context(), actor), "t", a.Login.May(actor), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

type request struct {
	method, path, bearer, body string
	header                     map[string]string
}

func ask(t *testing.T, a *app.App, h http.Handler, r request) (int, http.Header, string) {
	t.Helper()
	if r.method == "" {
		r.method = "GET"
	}
	req := httptest.NewRequestWithContext(t.Context(), r.method, r.path, strings.NewReader(r.body))
	u, err := url.Parse(a.PublicURL())
	if err != nil {
		t.Fatal(err)
	}
	req.Host, req.RemoteAddr = u.Host, "127.0.0.1:4000"
	if r.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+r.bearer)
	}
	if r.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, w.Header(), string(body)
}

// concrete fills a pattern's parameters.
func concrete(pattern string) string {
	parts := strings.Split(strings.TrimSuffix(pattern, "{$}"), "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = "x"
		}
	}
	return strings.Join(parts, "/")
}

func TestEveryRouteAsksForItsOperationWhoeverAsks(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, h http.Handler) {
		routes, _ := a.Routes(assets.Fake())
		if err := httpd.Check(routes, login.Table()); err != nil {
			t.Fatal(err)
		}
		sessions := map[purser.Role]map[string]string{} // not tokens: an auditor may make none
		for _, role := range purser.Roles() {
			cookie, csrf, _ := session(t, a, role)
			sessions[role] = map[string]string{"Cookie": "purser=" + cookie, "X-CSRF-Token": csrf}
		}
		pages, refused := 0, 0
		for _, r := range routes {
			if r.Public {
				continue
			}
			if !strings.HasPrefix(r.Pattern, "/api/") {
				pages++
			}
			path := concrete(r.Pattern)
			if code, _, _ := ask(t, a, h, request{method: r.Method, path: path}); code != http.StatusUnauthorized && code != http.StatusSeeOther {
				t.Errorf("%s %s answers %d to nobody", r.Method, r.Pattern, code)
			}
			for role, header := range sessions {
				if slices.Contains(login.Table()[r.Operation], role) {
					continue
				}
				refused++
				code, _, body := ask(t, a, h, request{method: r.Method, path: path, header: header})
				if code != http.StatusForbidden || !strings.Contains(body, string(role)) {
					t.Errorf("%s %s answers %d to the role %s, which may not do %s: %.200s", r.Method, r.Pattern, code, role, r.Operation, body)
				}
			}
		}
		if pages < 20 || refused < 50 {
			t.Errorf("only %d pages and %d refusals were walked", pages, refused)
		}
	})
}

func TestBadInputNamesItsFieldAndWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, h http.Handler) {
		bearer := token(t, a, purser.RoleAdmin)
		for _, c := range []struct {
			method, path, body, want string
			code                     int
		}{
			{"POST", "/api/v1/instances", `{"connector":"nothing","name":"A"}`, "nothing", 404},
			{"POST", "/api/v1/instances", `{"connector":"okta","name":"A","settings":{"domain":"acme"}}`, `"field":"domain"`, 422},
			{"POST", "/api/v1/instances", `{"connector":"okta","nmae":"A"}`, "nmae", 422},
			{"POST", "/api/v1/instances", `{"connector":`, "", 400},
			{"POST", "/api/v1/instances", `{"connector":"okta","name":"A","auth":"magic","settings":{"domain":"acme.okta.com"}}`, `"field":"auth"`, 422},
			{"POST", "/api/v1/tokens", `{"name":"x","scopes":["nonsense"],"expires_at":"2030-01-01T00:00:00Z"}`, `"field":"`, 422},
			{"POST", "/api/v1/tokens", `{"name":"x","scopes":[],"expires_at":"2030-01-01T00:00:00Z"}`, "body.scopes", 422},
			{"POST", "/api/v1/invitations", `{"email":"nobody","role":"admin"}`, "body.email", 422},
			{"POST", "/api/v1/invitations", `{"email":"a@example.com","role":"king"}`, "body.role", 422},
			{"GET", "/api/v1/accounts?limit=1000000", "", "query.limit", 422},
			{"GET", "/api/v1/accounts?nonsense=1", "", "nonsense", 422},
			{"GET", "/api/v1/accounts?any=seat%3Dperhaps%26use%3Dnever", "", "seat=perhaps", 422},
			{"GET", "/api/v1/accounts?any=seat%3Dfalse", "", "asks for nothing", 422},
			{"GET", "/api/v1/audit?after=x", "", `"field":"after"`, 422},
			{"GET", "/api/v1/accounts/acc_0", "", "", 404},
			{"GET", "/api/v1/instances/nobody", "", "nobody", 404},
			{"GET", "/api/v1/runs/run_x", "", "", 404},
			{"DELETE", "/api/v1/users/usr_x", "", "usr_x", 404},
		} {
			code, header, body := ask(t, a, h, request{method: c.method, path: c.path, body: c.body, bearer: bearer})
			if code != c.code || !strings.Contains(body, c.want) || header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s %s: got %d %s %s, want %d with %s", c.method, c.path, c.body, code, header.Get("Content-Type"), body, c.code, c.want)
			}
		}
		for _, list := range []string{"people", "access-matrix", "export/access-matrix"} { // a list is filtered by the same groups wherever it is read
			if code, _, body := ask(t, a, h, request{path: "/api/v1/" + list + "?any=department%3DSales%26employment%3Dended", bearer: bearer}); code != 200 {
				t.Errorf("%s in groups: %d %s", list, code, body)
			}
		}
		if code, _, body := ask(t, a, h, request{path: "/api/v1/unmatched-accounts?any=use%3Dnever%26kind%3Dguest", bearer: bearer}); code != 200 {
			t.Errorf("unmatched accounts in groups: %d %s", code, body)
		}
		_, _, body := ask(t, a, h, request{path: "/api/v1/instances", bearer: bearer})
		if strings.TrimSpace(body) != `{"items":[]}` {
			t.Errorf("something was written: %s", body)
		}
	})
}

func TestACreateThatIsSentAgainMakesNothingTwice(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, h http.Handler) {
		bearer := token(t, a, purser.RoleOperator)
		r := request{method: "POST", path: "/api/v1/instances", bearer: bearer, header: map[string]string{"Idempotency-Key": "k1"},
			body: `{"connector":"okta","name":"Acme","settings":{"domain":"acme.okta.com"}}`}
		code, _, first := ask(t, a, h, r)
		if code != http.StatusCreated {
			t.Fatalf("got %d %s", code, first)
		}
		code, header, again := ask(t, a, h, r)
		if code != http.StatusCreated || again != first || header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("again: got %d %s, want what came first", code, again)
		}
		r.body = strings.Replace(r.body, "Acme", "Other", 1)
		if code, _, body := ask(t, a, h, r); code != http.StatusUnprocessableEntity {
			t.Errorf("the key for another request: got %d %s", code, body)
		}
		var list struct{ Items []purser.Instance }
		_, _, body := ask(t, a, h, request{path: "/api/v1/instances", bearer: bearer})
		if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Items) != 1 {
			t.Errorf("%d instances (%v)", len(list.Items), err)
		}
	})
}

func TestExportsNeedTheOperationOfWhatTheyWrite(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, h http.Handler) {
		operator, finance := token(t, a, purser.RoleOperator), token(t, a, purser.RoleFinance)
		if code, _, body := ask(t, a, h, request{path: "/api/v1/export/transactions", bearer: operator}); code != http.StatusForbidden {
			t.Errorf("an operator exports money: %d %s", code, body)
		}
		code, header, body := ask(t, a, h, request{path: "/api/v1/export/transactions", bearer: finance})
		if code != 200 || !strings.HasPrefix(body, "payee,date,type,") || !strings.Contains(body, ",amount,currency,") || !strings.Contains(header.Get("Content-Disposition"), "transactions-") {
			t.Errorf("finance: %d %s", code, body)
		}
	})
}

func TestAKeyFileThatDoesNotFitOrOthersMayReadIsRefused(t *testing.T) {
	dir := folder(t)
	build := func(keyFile string) error {
		o := options(store.Options{}, dir)
		o.KeyFile = keyFile
		a, err := app.Build(t.Context(), o)
		if err == nil {
			err = a.Close()
		}
		return err
	}
	if err := build(""); err != nil {
		t.Fatal(err)
	}
	wantField := func(err error, field string) {
		t.Helper()
		if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Field != field || p.Hint == "" {
			t.Errorf("got %v, want a problem of %s with what to do", err, field)
		}
	}
	key := filepath.Join(dir, app.KeyName)
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	wantField(build(""), "key-file")
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	wantField(build(filepath.Join(dir, "nothing.key")), "key-file")
	other := folder(t)
	o := options(store.Options{}, other)
	a, err := app.Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	wantField(build(filepath.Join(other, app.KeyName)), "key-file")
	if err := build(""); err != nil {
		t.Errorf("with its own key again: %v", err)
	}
}

func TestAVendorMapAndADataFolderBelongTogether(t *testing.T) {
	build := func(dir, vendorMap string) error {
		o := options(store.Options{}, dir)
		o.Server.VendorMap = vendorMap
		a, err := app.Build(t.Context(), o)
		if err == nil {
			err = a.Close()
		}
		return err
	}
	const mapped = "acme.okta.com=http://127.0.0.1:9"
	for _, c := range []struct{ first, then string }{{"", mapped}, {mapped, ""}} {
		dir := folder(t)
		if err := build(dir, c.first); err != nil {
			t.Fatal(err)
		}
		p, ok := errors.AsType[*purser.Problem](build(dir, c.then))
		if !ok || p.Field != "vendor-map" {
			t.Errorf("made with %q, started with %q: got %v", c.first, c.then, p)
		}
		if err := build(dir, c.first); err != nil {
			t.Errorf("started as it was made: %v", err)
		}
	}
}

func TestWithoutItsDatabaseTheServerSaysSo(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, h http.Handler) {
		bearer := token(t, a, purser.RoleAdmin)
		if err := a.DB.Close(); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/api/v1/accounts", "/healthz", "/accounts", "/sign-in"} {
			code, _, body := ask(t, a, h, request{path: path, bearer: bearer})
			if code != http.StatusServiceUnavailable || !strings.Contains(body, "database") {
				t.Errorf("%s: got %d %.300s", path, code, body)
			}
		}
	})
}
