package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/app"
	"purser/internal/credential"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/internal/web/assets"
)

// startTwice builds a server, lets one look at it, and builds its successor.
func startTwice(t *testing.T, o store.Options, first, then func(a *app.App, h http.Handler)) {
	t.Helper()
	dir := folder(t)
	for _, look := range []func(*app.App, http.Handler){first, then} {
		a, err := app.Build(t.Context(), options(o, dir))
		if err != nil {
			t.Fatal(err)
		}
		h, err := a.Handler(assets.Fake())
		if err != nil {
			t.Fatal(err)
		}
		look(a, h)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestACreateThatIsSentAgainAfterARestartMakesNothingTwice(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		r := request{method: "POST", path: "/api/v1/instances", header: map[string]string{"Idempotency-Key": "k1"},
			body: `{"connector":"okta","name":"Acme","settings":{"domain":"acme.okta.com"}}`}
		var created string
		startTwice(t, o, func(a *app.App, h http.Handler) {
			r.bearer = token(t, a, purser.RoleOperator)
			var code int
			if code, _, created = ask(t, a, h, r); code != http.StatusCreated {
				t.Fatalf("got %d %s", code, created)
			}
		}, func(a *app.App, h http.Handler) {
			code, header, again := ask(t, a, h, r)
			if code != http.StatusCreated || again != created || header.Get("Idempotent-Replayed") != "true" {
				t.Errorf("after the restart: got %d %s, want what came first", code, again)
			}
		})
	})
}

func TestACreateThatWasCutOffIsSaidToBeUnknown(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		r := request{method: "POST", path: "/api/v1/instances", header: map[string]string{"Idempotency-Key": "k1"},
			body: `{"connector":"okta","name":"Acme","settings":{"domain":"acme.okta.com"}}`}
		startTwice(t, o, func(a *app.App, h http.Handler) {
			r.bearer = token(t, a, purser.RoleOperator)
			if code, _, body := ask(t, a, h, r); code != http.StatusCreated {
				t.Fatalf("got %d %s", code, body)
			}
			// What a kill leaves between the change and its answer.
			exec(t, a.DB, "UPDATE replay SET done = 0")
		}, func(a *app.App, h http.Handler) {
			if code, _, body := ask(t, a, h, r); code != http.StatusConflict || !strings.Contains(body, "still being answered") {
				t.Errorf("a moment later: got %d %s", code, body)
			}
			exec(t, a.DB, "UPDATE replay SET at = at - 180000000")
			if code, _, body := ask(t, a, h, r); code != http.StatusConflict || !strings.Contains(body, "cut off") {
				t.Errorf("minutes later: got %d %s", code, body)
			}
			exec(t, a.DB, "UPDATE replay SET at = at - 86400000000")
			if code, _, body := ask(t, a, h, r); code == http.StatusCreated || !strings.Contains(body, "Acme") {
				t.Errorf("after a day the key is free, and the name is taken: got %d %s", code, body)
			}
		})
	})
}

func TestALeaseOfAKilledProcessIsFreeAtTheNextStart(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		now := time.Now()
		startTwice(t, o, func(a *app.App, _ http.Handler) {
			c := a.DB.Credentials()
			for _, id := range []string{"crd_ours", "crd_theirs"} {
				err := a.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
					_, err := store.InsertInstance(ctx, tx, purser.Instance{ID: "ins_" + id, Name: id, Connector: "okta", Status: purser.StatusLive})
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := c.SwapCredential(t.Context(), credential.Record{ID: id, InstanceID: "ins_" + id, Generation: 1}, 0); err != nil {
					t.Fatal(err)
				}
			}
			node, err := a.DB.Node()
			if err != nil {
				t.Fatal(err)
			}
			for id, holder := range map[string]string{"crd_ours": node + ".killed", "crd_theirs": "elsewhere.alive"} {
				if ok, err := c.LeaseCredential(t.Context(), id, holder, now, now.Add(time.Minute)); !ok || err != nil {
					t.Fatal(ok, err)
				}
			}
		}, func(a *app.App, _ http.Handler) {
			for id, want := range map[string]bool{"crd_ours": true, "crd_theirs": false} {
				ok, err := a.DB.Credentials().LeaseCredential(t.Context(), id, "next", now, now.Add(time.Minute))
				if ok != want || err != nil {
					t.Errorf("%s can be leased: %v (%v), want %v", id, ok, err, want)
				}
			}
		})
	})
}
