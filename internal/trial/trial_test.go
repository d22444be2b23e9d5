package trial_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"purser/connectors"
	"purser/internal/connectortest"
	"purser/internal/egress"
	"purser/internal/engine"
	"purser/internal/sandbox"
	"purser/internal/trial"
)

// opened is a trial of a connector at the made-up company's vendor.
func opened(t *testing.T, connector, auth, task string) (*trial.Trial, *sandbox.Sandbox) {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var mapped []string
	for host, to := range s.Map() {
		mapped = append(mapped, host+"="+to)
	}
	to, err := egress.ParseVendorMap(strings.Join(mapped, ","))
	if err != nil {
		t.Fatal(err)
	}
	o := trial.Options{Files: connectors.Files(), Folder: connector, Auth: auth, Tasks: []string{task}, VendorMap: to, UserAgent: "Purser/test", Now: later(s.Now),
		Rand: rand.Reader, Sleep: func(ctx context.Context, d time.Duration) error { s.AdvanceClock(d); return ctx.Err() }}
	if connector == sandbox.Okta {
		c := s.Credentials().Okta
		o.Settings, o.Fields = map[string]string{"domain": c.Domain}, map[string]string{"token": c.APIToken}
	} else {
		for _, of := range s.Connections() {
			if of.Connector == connector {
				o.Auth, o.Settings, o.Fields = of.Auth, of.Settings, of.Fields
			}
		}
	}
	tried, err := trial.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return tried, s
}

func TestATrialReadsAFewPagesAndSaysWhereItStopped(t *testing.T) {
	tried, _ := opened(t, sandbox.Okta, "api_token", "application_roster")
	whose, err := tried.Identify(t.Context(), "")
	if err != nil || whose.ID == "" {
		t.Fatalf("connected to %+v, %v", whose, err)
	}
	read := tried.Read(t.Context(), 1, 3)
	if users := read[0]; users.Stream != "users" || users.State != engine.Canceled || !users.Limited || users.Class != "" || users.Records != 200 || len(users.First) != 3 {
		t.Errorf("users were read as %+v", read[0])
	}
}

func TestATrialOfAWrongCredentialNamesTheClass(t *testing.T) {
	s, err := sandbox.Start(t.Context(), sandbox.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	domain := s.Credentials().Okta.Domain
	to, err := egress.ParseVendorMap(domain + "=" + s.Map()[domain])
	if err != nil {
		t.Fatal(err)
	}
	tried, err := trial.Open(t.Context(), trial.Options{Files: connectors.Files(), Folder: "okta", Auth: "api_token", Settings: map[string]string{"domain": domain},
		Fields: map[string]string{"token": "canary-of-a-token"}, VendorMap: to, UserAgent: "Purser/test", Now: s.Now, Rand: rand.Reader,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = tried.Identify(t.Context(), ""); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("the error is %v", err)
	}
}

func TestAPersonConsentsForATrial(t *testing.T) {
	tried, s := opened(t, sandbox.Slack, "", "application_roster")
	if !tried.Consents() {
		t.Fatal("nobody has to consent")
	}
	to, err := tried.Begin(t.Context(), "http://127.0.0.1:8976/oauth/callback")
	if err != nil {
		t.Fatal(err)
	}
	back, err := s.Consent(t.Context(), to, true)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	if err := tried.Finish(t.Context(), &http.Request{Method: http.MethodGet, URL: u}); err != nil {
		t.Fatal(err)
	}
	if err := tried.Finish(t.Context(), &http.Request{Method: http.MethodGet, URL: u}); err == nil {
		t.Error("the same answer counted twice")
	}
	if whose, err := tried.Identify(t.Context(), ""); err != nil || whose.Name == "" {
		t.Errorf("connected to %+v, %v", whose, err)
	}
}

// What is recorded reads as many records as the vendor's own answers, and nobody
// of the company stands in it.
func TestARecordingHasNobodyInIt(t *testing.T) {
	for _, connector := range []string{sandbox.Okta, sandbox.BambooHR} {
		t.Run(connector, func(t *testing.T) {
			task := "application_roster"
			if connector == sandbox.BambooHR {
				task = "hr_roster"
			}
			tried, _ := opened(t, connector, "api_token", task)
			if _, err := tried.Identify(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			real := people(t, tried)
			if len(real) < 100 {
				t.Fatalf("only %d people are known", len(real))
			}
			recording, err := tried.Record(t.Context(), 100)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, connector), sub(t, connector)); err != nil {
				t.Fatal(err)
			}
			got, err := connectortest.Golden(t.Context(), os.DirFS(filepath.Join(dir, connector)), &recording.Fixture, task)
			if err != nil || got != recording.Records {
				t.Fatalf("%d records, the vendor's own answers gave %d: %v", got, recording.Records, err)
			}
			raw, err := json.Marshal(recording.Fixture)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range real {
				if bytes.Contains(raw, []byte(text)) {
					t.Fatalf("one of %d texts about people still stands in the recording", len(real))
				}
			}
		})
	}
}

func TestADryRunKnowsTheFieldsOfWhatAnActionChanges(t *testing.T) {
	tried, _ := opened(t, sandbox.Okta, "api_token", "application_roster")
	for action, c := range map[string]struct {
		record map[string]string
		want   string
	}{
		"suspend":           {map[string]string{"external_id": "00u1"}, "POST https://acme.okta.com/api/v1/users/00u1/lifecycle/suspend"},
		"remove_from_group": {map[string]string{"group": "00g1", "account": "00u1"}, "DELETE https://acme.okta.com/api/v1/groups/00g1/users/00u1"},
	} {
		got, err := tried.Dry(action, c.record)
		if err != nil || len(got) != 1 || got[0].Method+" "+got[0].URL != c.want {
			t.Errorf("%s: %+v %v, want %s", action, got, err, c.want)
		}
	}
	if _, err := tried.Dry("suspend", nil); err == nil {
		t.Error("a record without an identifier was taken")
	}
}

// later is a clock on which a second passes each time that somebody looks at it.
func later(now func() time.Time) func() time.Time {
	var looked atomic.Int64
	return func() time.Time { return now().Add(time.Duration(looked.Add(1)) * time.Second) }
}
