package hardness_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"purser"
	"purser/internal/app"
	"purser/internal/config"
	"purser/internal/demo"
	"purser/internal/run"
	"purser/internal/sandbox"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/internal/web/assets"
)

const wrongToken = "00-canary-of-a-wrong-token-7c1f3b"

// canaries are all secrets that the vendors were told or gave out, by where they were seen.
func canaries(t *testing.T, vendors *sandbox.Sandbox) map[string]string {
	t.Helper()
	c := vendors.Credentials()
	all := map[string]string{wrongToken: "a wrong API token", c.Okta.APIToken: "API token", c.Slack.ClientSecret: "client secret",
		c.Xero.ClientSecret: "client secret", c.BambooHR.APIKey: "basic key"}
	for name, pem := range map[string]string{"private key": c.Okta.PrivateKey, "service account": c.Google.PrivateKey} {
		lines := strings.Split(strings.TrimSpace(pem), "\n")
		all[lines[len(lines)/2]] = name
	}
	found := map[string]int{}
	note := func(what, value string) {
		if len(value) >= 12 {
			all[value] = what
			found[what]++
		}
	}
	for _, r := range vendors.Journal("") {
		scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		note("Authorization: "+scheme, value)
		form, err := url.ParseQuery(r.Body)
		if err != nil {
			continue
		}
		for _, name := range []string{"client_secret", "refresh_token", "code", "code_verifier", "assertion", "client_assertion"} {
			note(name, form.Get(name))
		}
	}
	for _, what := range []string{"Authorization: Bearer", "Authorization: Basic", "Authorization: SSWS", "refresh_token", "code", "assertion", "client_assertion"} {
		if found[what] == 0 {
			t.Errorf("no vendor was sent any %s: %v", what, found)
		}
	}
	return all
}

// company connects everything, refreshes every token, and has them all refused.
func company(t *testing.T, ctx context.Context, a *app.App, vendors *sandbox.Sandbox) (said string) {
	t.Helper()
	var talk bytes.Buffer
	d := &demo.Demo{Connect: a.Connect, Sandbox: vendors, Pause: soon, Say: func(format string, args ...any) { fmt.Fprintf(&talk, format+"\n", args...) }}
	if summary, err := d.Run(ctx); err != nil || !summary.Complete() {
		t.Fatalf("%v: %+v", err, summary)
	}
	c := vendors.Credentials().Okta
	byToken := func(name, token string) string {
		i, err := a.Connect.Create(ctx, instanceByToken(name, c.Domain))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Connect.SetCredential(ctx, i.ID, "api_token", map[string]string{"token": token}); err != nil {
			t.Fatal(err)
		}
		result, err := a.Connect.Test(ctx, i.ID)
		fmt.Fprintf(&talk, "%+v %v\n", result, err)
		return i.ID
	}
	byToken("wrong", wrongToken)
	if err := a.Connect.Confirm(ctx, byToken("by token", c.APIToken)); err != nil {
		t.Fatal(err)
	}
	settle(t, ctx, a)
	names := []string{sandbox.Okta, sandbox.Google, sandbox.Slack, sandbox.BambooHR, sandbox.Xero}
	for _, again := range []func(string){vendors.ExpireTokens, vendors.RevokeTokens} {
		for _, name := range names {
			again(name)
		}
		instances, err := a.Connect.Instances(ctx, liveOnes)
		if err != nil || len(instances) != 6 {
			t.Fatalf("%d instances, %v", len(instances), err)
		}
		for _, i := range instances {
			if _, err := a.Runs.StartAll(ctx, i.ID, purser.TriggerManual); err != nil {
				fmt.Fprintln(&talk, err)
			}
		}
		settle(t, ctx, a)
	}
	return talk.String()
}

func soon(ctx context.Context) error {
	timer := time.NewTimer(100 * time.Millisecond) // to ask costs more than to wait
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle waits until nothing is under way.
func settle(t *testing.T, ctx context.Context, a *app.App) (all []purser.Run) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		page, err := a.Runs.Runs(ctx, run.Filter{}, purser.Page{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(page.Items, func(r purser.Run) bool {
			return !r.State.Ended() && r.Trigger != purser.TriggerConfirm && r.Trigger != purser.TriggerRetry
		}) {
			return page.Items
		}
		if err := soon(ctx); err != nil {
			t.Fatalf("runs do not end: %+v", page.Items)
		}
	}
}

func TestNoSecretIsSeenAnywhere(t *testing.T) {
	t.Parallel()
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		_, key := made(t)
		vendors, err := sandbox.Start(t.Context(), sandbox.Options{Seed: 1, Unlimited: true, Key: key, SlackRotation: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = vendors.Close() })
		m := vendors.Map()
		var pairs []string
		for _, host := range slices.Sorted(maps.Keys(m)) {
			pairs = append(pairs, host+"="+m[host])
		}
		log, dir := &transcript{}, folder(t)
		if o.URL == "" {
			storetest.Migrated(t, dir)
		}
		a, err := app.Build(t.Context(), app.Options{Server: config.Server{Data: dir, DatabaseURL: o.URL, Listen: "127.0.0.1:0", Workers: 4,
			VendorMap: strings.Join(pairs, ",")}, Version: "test", Now: time.Now,
			Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- a.Runs.Serve(ctx) }()
		t.Cleanup(func() {
			stop()
			if err := <-served; err != nil {
				t.Error(err)
			}
			_ = a.Close()
		})
		host := purser.WithActor(ctx, purser.Actor{Kind: purser.ActorHost, ID: "uid:0", Name: "root", Role: purser.RoleAdmin, Origin: "socket"})
		seen := map[string]string{"what was said": company(t, host, a, vendors)}
		answers(t, host, a, seen)
		seen["the log"] = log.String()
		if o.URL == "" {
			files(t, dir, seen)
		} else {
			tables(t, o.URL, seen)
		}
		total := 0
		for secret, what := range canaries(t, vendors) {
			for where, text := range seen {
				total += len(text)
				i := strings.Index(text, secret)
				if i < 0 { // bytes in a table stand as hexadecimal digits
					i = strings.Index(text, hex.EncodeToString([]byte(secret)))
				}
				if i >= 0 {
					t.Errorf("%s (%s) stands in %s: …%q…", what, secret[:6], where, text[max(0, i-60):i])
				}
			}
		}
		if len(seen) < 150 || total < 1<<20 {
			t.Errorf("only %d places with %d bytes were searched", len(seen), total)
		}
	})
}

// answers asks for every page and every part of the API that can be read.
func answers(t *testing.T, ctx context.Context, a *app.App, seen map[string]string) {
	t.Helper()
	h, err := a.Handler(assets.Fake())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(a.PublicURL())
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) {
		req := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
		req.Host, req.RemoteAddr = u.Host, "127.0.0.1:4000"
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code != http.StatusNotFound {
			seen["GET "+path] = fmt.Sprint(w.Header()) + w.Body.String()
		}
	}
	ids := map[string][]string{"runs": {}, "instances": {}}
	for _, r := range settle(t, ctx, a) {
		ids["runs"] = append(ids["runs"], r.ID)
	}
	instances, err := a.Connect.Instances(ctx, everyOne)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range instances {
		ids["instances"] = append(ids["instances"], i.ID)
	}
	routes, _ := a.Routes(assets.Fake())
	for _, r := range routes {
		if r.Method != http.MethodGet || strings.HasSuffix(r.Pattern, "/live") { // that one goes on until the run ends
			continue
		}
		path := strings.TrimSuffix(r.Pattern, "{$}")
		before, after, varies := strings.Cut(path, "{id}")
		switch {
		case !varies && !strings.Contains(path, "{"):
			get(path)
		case varies && !strings.Contains(after, "{"):
			for part, all := range ids {
				if strings.Contains(before, "/"+part) || part == "instances" {
					for _, id := range all {
						get(before + id + after)
					}
				}
			}
			get(before + "acc_1" + after)
			get(before + "per_1" + after)
			get(before + "app_1" + after)
		}
	}
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		get(path)
	}
	for _, path := range []string{"/", "/metrics", "/api/v1/instances", "/api/v1/export/accounts", "/api/v1/audit"} {
		if !strings.Contains(seen["GET "+path], "200") && len(seen["GET "+path]) < 200 {
			t.Errorf("GET %s was not read: %.300s", path, seen["GET "+path])
		}
	}
}

// files reads all that lies in the data folder, but the key.
func files(t *testing.T, dir string, seen map[string]string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || e.Name() == app.KeyName {
			return err
		}
		raw, err := os.ReadFile(path)
		seen["the file "+e.Name()] = string(raw)
		return err
	})
	if err != nil || len(seen["the file purser.db"]) < 100_000 {
		t.Errorf("the database has %d bytes, %v", len(seen["the file purser.db"]), err)
	}
}

// tables reads every row of every table.
func tables(t *testing.T, address string, seen map[string]string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	column := func(query string) []string {
		rows, err := conn.Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		all, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	for _, table := range column("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'") {
		name := pgx.Identifier{table}.Sanitize()
		seen["the table "+table] = strings.Join(column("SELECT x::text FROM "+name+" x"), "\n")
	}
	if len(seen["the table account"]) < 10_000 || seen["the table credential"] == "" {
		t.Error("the tables of accounts and credentials were not read")
	}
}
