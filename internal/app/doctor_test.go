package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/app"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestABundleForSupportTellsNothingAboutTheOrganization(t *testing.T) {
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		opts := options(o, folder(t))
		opts.Proxy, opts.SMTPURL, opts.MailFrom, opts.SMTPUser = "http://canary:canary@127.0.0.1:9", "smtp://canary.example.com:587", "canary@example.com", "canary"
		opts.SafelistAddress, opts.PublicURL = []string{"192.0.2.77"}, "https://canary.example.com"
		opts.TrustedProxy = []string{"127.0.0.1"}
		opts.SMTPPassword = filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(opts.SMTPPassword, []byte("canary"), 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := app.Build(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		fillCanaries(t, a)
		if _, err := a.Freeze.Freeze(host(t.Context()), "canary"); err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := a.Doctor.Bundle(host(t.Context()), &file); err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			all[f.Name] = string(raw)
			for _, never := range []string{"canary", "CANARY", "example.com", "@", "192.0.2.", "postgres://", a.Data} {
				if f.Name == "metrics.txt" && never == "@" {
					continue
				}
				if i := strings.Index(string(raw), never); i >= 0 {
					t.Errorf("%s tells %q: %.80q", f.Name, never, raw[max(0, i-30):])
				}
			}
		}
		if !strings.Contains(all["state.json"], `"ins_support"`) || !strings.Contains(all["state.json"], `"/api/v1/users/{}"`) || !strings.Contains(all["metrics.txt"], "purser_frozen 1") ||
			!strings.Contains(all["config.json"], `"proxy": "set"`) || !strings.Contains(all["about.json"], `"version": "test"`) {
			t.Errorf("it does not tell what support needs: %.3000v", all)
		}
	})
}

// fillCanaries writes the word where people, vendors and secrets write.
func fillCanaries(t *testing.T, a *app.App) {
	t.Helper()
	err := a.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		no, err := store.InsertInstance(ctx, tx, purser.Instance{ID: "ins_support", Name: "canary", Connector: "okta", Auth: "api_token", Status: purser.StatusLive,
			Settings: map[string]string{"domain": "canary.okta.com"}, Reason: "canary", HealthWhy: "canary", TenantName: "canary", Account: "canary@example.com"})
		if err != nil {
			return err
		}
		for _, q := range []struct {
			query string
			args  []any
		}{
			{`INSERT INTO run (id, instance_id, instance_no, task, state, cause, due_at, queued_at, ended_at, wait_reason, class, message, hint)
				VALUES ('run_support', 'ins_support', ?, 'application_roster', 'failed', 'manual', 1, 1, 2, 'canary', 'permission', 'canary@example.com', 'canary')`, []any{no}},
			{`INSERT INTO run_log (run_no, seq, at, kind, method, host, path, message, hint) SELECT no, 1, 1, 'request', 'GET', 'canary.okta.com',
				'/api/v1/users/canary@example.com?q=canary', 'canary', 'canary' FROM run`, nil},
			{`INSERT INTO users (id, email, name, role, password, created_at, updated_at, last_sign_in_at) VALUES ('usr_c', 'canary@example.com', 'canary', 'admin', 'canary', 1, 1, 1)`, nil},
			{`INSERT INTO account (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email)
				VALUES (?, 'canary', 1, 1, 1, 1, 1, 1, 1, 'canary@example.com')`, []any{no}},
		} {
			if _, err := tx.NewRaw(q.query, q.args...).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheDoctorSeesWhatIsToBeMended(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, h http.Handler) {
		code, _, body := ask(t, a, h, request{path: "/api/v1/doctor", bearer: token(t, a, purser.RoleAdmin)})
		if code != 200 || strings.Contains(body, `"ok":false`) || !strings.Contains(body, "audit log") || !strings.Contains(body, "no application is connected yet") {
			t.Errorf("%d %s", code, body)
		}
		fillCanaries(t, a)
		a.Doctor.Reach = func(context.Context, string) error {
			return &purser.Error{Class: purser.ClassConfig, What: "there is no host like that", Hint: "Check it"}
		}
		err := a.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`UPDATE audit_head SET hash = 'x'`).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		found, err := a.Doctor.Look(host(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		bad := map[string]string{}
		for _, f := range found {
			if !f.OK {
				bad[f.Check] = f.Message
			}
		}
		if len(bad) != 2 || bad["vendor canary.okta.com"] != "there is no host like that" || !strings.Contains(bad["audit log"], "changed behind") {
			t.Errorf("to be mended: %v", bad)
		}
	})
}
