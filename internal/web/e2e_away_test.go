package web_test

import (
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"purser"
	"purser/internal/app"
	"purser/internal/connect"
	"purser/internal/sandbox"
	"purser/internal/web/browsertest"
)

// TestAfterAMonthAwayThePageSaysWhatWorksAndWhatDoesNot breaks each connection in
// another way, lets a month pass, and reads the two pages that tell of all of them.
func TestAfterAMonthAwayThePageSaysWhatWorksAndWhatDoesNot(t *testing.T) {
	b := chromium.Start(t)
	var away atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(away.Load())) }
	s := serveWith(t, func(o *app.Options) { o.Now = now })
	s.connectAll(t)
	is := map[string]purser.Instance{}
	for _, name := range []string{"Okta Acme", "Google Workspace Acme", "Slack Acme", "Xero Acme", "BambooHR Acme"} {
		i, err := s.Connect.Instance(s.host, name)
		if err != nil {
			t.Fatal(err)
		}
		is[name] = i
	}
	begun := " since " + time.Now().UTC().Format("2 January 2006")
	lastDay := purser.DayText(time.Now().UTC().AddDate(0, 0, 35))
	s.breakAll(t, is, lastDay)
	away.Store(int64(30 * 24 * time.Hour))
	s.vendors.AdvanceClock(30 * 24 * time.Hour)
	if err := s.Runs.Reconcile(s.host); err != nil {
		t.Fatal(err)
	}
	s.settle(t, is["Xero Acme"].ID)
	s.settle(t, is["BambooHR Acme"].ID) // until then it is not known what this reading may not read
	admin := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	admin.Open(s.PublicURL() + "/")
	for name, told := range map[string][]string{
		"Okta Acme":             {"Revoked" + begun, "no longer accepts the credential", "Repair"},
		"Google Workspace Acme": {"may not read" + begun, "403 Forbidden", "See the permissions"},
		"Slack Acme":            {"Syncs fail" + begun, "a web page in place of data", "Sync now"},
		"BambooHR Acme":         {"does not read “people”" + begun, "See the permissions"},
		"GitHub Acme":           {"Not connected yet", "Set up"},
	} {
		// The heading of what needs somebody, its sentence and its button stand in one item.
		item := browsertest.Eval[string](admin, `[...document.querySelectorAll("main li")].map(e => e.innerText).find(e => e.startsWith(`+strconv.Quote(name)+`)) ?? ""`)
		for _, words := range told {
			if !strings.Contains(item, words) {
				t.Errorf("home says of %s %q, not %q", name, item, words)
			}
		}
	}
	end, _ := purser.Zone(nil).EndOf(s.host, lastDay)
	days := int(end.Sub(now()) / (24 * time.Hour)) // 5, or 4 where the way here led over midnight
	for _, words := range []string{"The credential of Xero Acme ends in " + strconv.Itoa(days) + " days", "6 instances:", "1 revoked", "3 failing", "1 working and fresh"} {
		says(admin, words)
	}
	admin.Everywhere("away-home", true)
	admin.Open(s.PublicURL() + "/integrations")
	says(admin, "Works, and its data is fresh")
	says(admin, "Syncs fail"+begun)
	admin.Everywhere("away-integrations", true)
	for _, page := range []string{"", "/credential", "/history"} {
		lookAt(t, s, admin, "/instances/"+is["Okta Acme"].ID+page)
	}
	s.clean(admin)
}

// breakAll gives each connection a trouble of its own, and has it noticed.
func (s *site) breakAll(t *testing.T, is map[string]purser.Instance, lastDay string) {
	t.Helper()
	s.vendors.RevokeTokens(sandbox.Okta)
	s.vendors.Script(sandbox.Fault{Vendor: sandbox.Google, Kind: sandbox.StatusFault, Status: 403, Times: 1 << 20},
		sandbox.Fault{Vendor: sandbox.Slack, Kind: sandbox.HTMLBody, Times: 1 << 20},
		sandbox.Fault{Vendor: sandbox.BambooHR, Kind: sandbox.EmptyList, Times: 1 << 20})
	for _, i := range is {
		runs, err := s.Runs.Start(s.host, i.ID, purser.TriggerManual)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range runs {
			s.ended(t, r.ID)
		}
	}
	if err := s.Connect.SetExpiry(s.host, is["Xero Acme"].ID, lastDay); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Login.OneTimeSignIn(s.host, "grace@example.com", "Grace Example", purser.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Connect.Create(s.host, connect.CreateInput{Connector: "github", Name: "GitHub Acme", Auth: "token", Settings: map[string]string{"organization": "acme"}, Tasks: []purser.TaskName{purser.TaskApplicationRoster}}); err != nil {
		t.Fatal(err)
	}
}

// ended waits for the end of a run.
func (s *site) ended(t *testing.T, run string) {
	t.Helper()
	seen, err := s.Runs.Watch(s.host, run)
	if err != nil {
		t.Fatal(err)
	}
	for range seen {
	}
}
