package connect_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/connect"
	"purser/internal/credential"
	"purser/internal/sandbox"
	"purser/internal/store"
)

func (h *house) user(id, email string) {
	h.t.Helper()
	h.must(h.db.Write(h.ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.InsertUser(ctx, tx, store.User{ID: id, Email: email, Name: "", Role: purser.RoleOperator})
	}))
}

func TestAnInstanceIsGivenToAnotherUserInPlace(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		h.user("usr_2", "grace@example.com")
		name, owner, nobody := "Acme EU", "Grace@example.com", "nobody@example.com"
		if _, err := h.Edit(h.ctx, i.ID, connect.Edit{Name: &name, Owner: &nobody}, i.Version); problem(h.t, err).Field != "owner" || h.instance(i.ID).Name != i.Name {
			h.t.Errorf("half a change was saved: %v", err)
		}
		_, err := h.Edit(h.ctx, i.ID, connect.Edit{Name: &name, Owner: &owner}, i.Version)
		h.must(err)
		got := h.instance(i.ID)
		if got.Name != name || got.OwnerID != "usr_2" || got.OwnerName != "grace@example.com" || got.Status != purser.StatusLive || got.Version <= i.Version {
			h.t.Errorf("edited %+v", got)
		}
		if _, err := h.Edit(h.ctx, i.ID, connect.Edit{Name: &name}, i.Version); problem(h.t, err).Kind != purser.ProblemConflict {
			h.t.Errorf("a change of an old version: %v", err)
		}
		all, err := h.Owners(h.ctx)
		if err != nil || len(all) != 1 || all[0].Name != "grace@example.com" {
			h.t.Errorf("owners %+v %v", all, err)
		}
	})
}

func TestOtherHostsAskForTheCredentialAgainAndSaySoBefore(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		other := map[string]string{"domain": "other.okta.com"}
		c, err := h.PreviewSettings(h.ctx, i.ID, other)
		if err != nil || !c.EnterAgain || !strings.Contains(c.Message, "other.okta.com instead of "+h.creds.Okta.Domain) || h.instance(i.ID).Settings["domain"] != h.creds.Okta.Domain {
			h.t.Fatalf("preview %+v %v", c, err)
		}
		again, err := h.SetSettings(h.ctx, i.ID, other, i.Version)
		h.must(err)
		now := h.instance(i.ID)
		if !again || now.Status != purser.StatusRevoked || !strings.Contains(now.Reason, "entered again") || now.TenantID != i.TenantID {
			h.t.Errorf("again %t, instance %+v", again, now)
		}
		if r, err := h.CheckAgain(h.ctx, i.ID); err != nil || r.OK || r.Code != "hosts_changed" {
			h.t.Errorf("the kept credential went to another host: %+v %v", r, err)
		}
		// Back at its hosts the kept credential can be used as before.
		_, err = h.SetSettings(h.ctx, i.ID, map[string]string{"domain": h.creds.Okta.Domain}, now.Version)
		h.must(err)
		if r, err := h.CheckAgain(h.ctx, i.ID); err != nil || !r.OK || h.instance(i.ID).Status != purser.StatusLive {
			h.t.Errorf("back again: %+v %v", r, err)
		}
	})
}

func TestSettingsThatLeadElsewhereAreRefusedBeforeTheyAreSaved(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.create(connect.CreateInput{Connector: sandbox.Xero, Name: "Books"})
		h.must(h.SetCredential(h.ctx, i.ID, "oauth", map[string]string{"client_id": h.creds.Xero.ClientID, "client_secret": h.creds.Xero.ClientSecret}))
		_, err := h.FinishAuthorize(h.ctx, browser, h.consent(i.ID, true))
		h.must(err)
		if r := h.test(i.ID); len(r.Tenants) > 0 {
			h.must(h.ChooseTenant(h.ctx, i.ID, r.Tenants[0].ID))
			h.test(i.ID)
		}
		h.must(h.Confirm(h.ctx, i.ID))
		i = h.instance(i.ID)
		p, err := h.Preview(h.ctx, sandbox.Xero, nil)
		h.must(err)
		setting := p.Settings[0]
		other := setting.Choices[slices.IndexFunc(setting.Choices, func(c connect.Choice) bool { return c.Value != i.Settings[setting.Name] })].Value
		h.vendors.RevokeTokens(sandbox.Xero)
		if _, err := h.SetSettings(h.ctx, i.ID, map[string]string{setting.Name: other}, i.Version); problem(h.t, err).Field != "settings" {
			h.t.Errorf("untested settings: %v", err)
		}
		if got := h.instance(i.ID); got.Settings[setting.Name] == other || got.Status != purser.StatusLive {
			h.t.Errorf("saved all the same: %+v", got)
		}
		// Of a revoked instance they may be mended; it stays revoked until it was tested.
		h.setStatus(i.ID, purser.StatusRevoked, "the token was revoked")
		_, err = h.SetSettings(h.ctx, i.ID, map[string]string{setting.Name: other}, 0)
		h.must(err)
		if got := h.instance(i.ID); got.Settings[setting.Name] != other || got.Status != purser.StatusRevoked {
			h.t.Errorf("a revoked one: %+v", got)
		}
		// What was chosen has an end at the vendor: people are told before.
		if other != "classic" {
			h.t.Fatalf("the choice of an older app is called %q", other)
		}
		facts, err := h.Credentials(h.ctx, i.ID)
		h.must(err)
		if want := time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC); len(facts) != 1 || !facts[0].ExpiresAt.Equal(want) || facts[0].ExpiresBy != credential.ExpiryDeclared {
			h.t.Errorf("the credential ends %+v, want %s", facts, want)
		}
		_, err = h.SetSettings(h.ctx, i.ID, map[string]string{setting.Name: "granular"}, 0)
		h.must(err)
		if facts, err = h.Credentials(h.ctx, i.ID); err != nil || !facts[0].ExpiresAt.IsZero() {
			h.t.Errorf("an app of today ends %+v %v", facts, err)
		}
	})
}

func TestCheckingAgainUsesTheKeptCredentialAndSyncs(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		h.write("INSERT INTO stream (instance_no, task, name, kind, asked_at) VALUES (?, 'application_roster', 'x', 'account', 7)", i.No)
		h.write("UPDATE instance SET health = 'forbidden', health_why = 'a permission is missing' WHERE id = ?", i.ID)
		h.must(h.SetCredential(h.ctx, i.ID, "api_token", map[string]string{"token": "mistyped"}))
		before := len(h.starts.all())
		r, err := h.CheckAgain(h.ctx, i.ID)
		if err != nil || !r.OK || r.Pending {
			h.t.Fatalf("check %+v %v", r, err)
		}
		got := h.instance(i.ID)
		if got.Status != purser.StatusLive || got.Health != purser.HealthUnknown || got.HealthWhy != "" || len(h.starts.all()) != before+1 {
			h.t.Errorf("instance %+v, starts %+v", got, h.starts.all()[before:])
		}
		var asked int64
		if err := h.db.Read().NewRaw("SELECT max(asked_at) FROM stream").Scan(h.ctx, &asked); err != nil || asked != 0 {
			h.t.Errorf("what was not offered is not asked for again: %d %v", asked, err)
		}
		h.vendors.RevokeTokens(sandbox.Okta)
		if r, err = h.CheckAgain(h.ctx, i.ID); err != nil || r.OK || r.Message == "" {
			h.t.Errorf("a refused one: %+v %v", r, err)
		}
		h.must(h.Deactivate(h.ctx, i.ID))
		h.vendors.RestoreKeys(sandbox.Okta)
		if r, err = h.CheckAgain(h.ctx, i.ID); err != nil || !r.OK || h.instance(i.ID).Status != purser.StatusInactive {
			h.t.Errorf("checking switched a deactivated instance on: %+v %v", r, err)
		}
	})
}

func TestCheckingAgainAsksForANewTokenThatKnowsOfTheMendedPermission(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.create(connect.CreateInput{Connector: sandbox.Okta, Name: "Acme", Auth: "service_app", Settings: map[string]string{"domain": h.creds.Okta.Domain}})
		h.must(h.SetCredential(h.ctx, i.ID, "service_app", map[string]string{"client_id": h.creds.Okta.ClientID, "key_id": h.creds.Okta.KeyID, "private_key": h.creds.Okta.PrivateKey}))
		h.test(i.ID)
		h.must(h.Confirm(h.ctx, i.ID))
		sealed := func() []byte {
			r, err := store.CredentialByID(h.ctx, h.db.Read(), connect.CredentialID(i.ID, false))
			h.must(err)
			return r.Sealed["tokens"]
		}
		generation := func() int64 {
			r, err := store.CredentialByID(h.ctx, h.db.Read(), connect.CredentialID(i.ID, false))
			h.must(err)
			return r.Generation
		}
		tokens, was := sealed(), generation()
		if len(tokens) == 0 {
			h.t.Fatal("the test obtained no token")
		}
		h.pass(60e9)
		if r, err := h.CheckAgain(h.ctx, i.ID); err != nil || !r.OK {
			h.t.Fatalf("check %+v %v", r, err)
		}
		if generation() < was+2 { // given up, and obtained anew
			h.t.Error("the token from before the mending is still in use")
		}
	})
}

func TestAnAuthorizationAnewAsksForWhatWasGrantedBesideWhatIsNew(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.create(connect.CreateInput{Connector: sandbox.Slack, Name: "Chat", Tasks: []purser.TaskName{purser.TaskApplicationRoster, purser.TaskApplicationAccess}})
		h.must(h.SetCredential(h.ctx, i.ID, "oauth", map[string]string{"client_id": h.creds.Slack.ClientID, "client_secret": h.creds.Slack.ClientSecret}))
		_, err := h.FinishAuthorize(h.ctx, browser, h.consent(i.ID, true))
		h.must(err)
		if r := h.test(i.ID); !r.OK {
			h.t.Fatalf("test %+v", r)
		}
		h.must(h.Confirm(h.ctx, i.ID))
		h.must(h.SetTask(h.ctx, i.ID, purser.TaskApplicationAccess, connect.TaskChange{Enabled: on(false)}))
		page, err := h.StartAuthorize(h.ctx, i.ID, browser)
		h.must(err)
		if !strings.Contains(page, "user_scope=") || !strings.Contains(page, "admin") {
			h.t.Errorf("a scope that was granted is not asked for any more: %s", page)
		}
	})
}

func TestAnInstanceWithoutARosterOfPeopleIsNoHRSource(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		slack := h.create(connect.CreateInput{Connector: sandbox.Slack, Name: "Chat"})
		if err := h.SetHR(h.ctx, slack.ID, true); problem(h.t, err).Field != "hr_source" {
			h.t.Errorf("Slack as HR source: %v", err)
		}
		okta := h.okta()
		if okta.HR {
			h.t.Error("an instance is an HR source without being asked")
		}
		h.must(h.SetHR(h.ctx, okta.ID, true))
		if !h.instance(okta.ID).HR {
			h.t.Error("not marked")
		}
		h.gate.no[purser.OpInstanceHR] = true
		if err := h.SetHR(h.ctx, okta.ID, false); problem(h.t, err).Kind != purser.ProblemForbidden {
			h.t.Errorf("anybody may: %v", err)
		}
	})
}

func TestDataOfARevokedInstanceStaysAndIsStaleAtOnce(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		h.write("UPDATE instance_task SET data_as_of = ? WHERE instance_id = ? AND task = 'application_roster'", h.now().UnixMicro(), i.ID)
		of := func() purser.InstanceTask {
			tasks, err := h.Tasks(h.ctx, i.ID)
			h.must(err)
			return tasks[slices.IndexFunc(tasks, func(t purser.InstanceTask) bool { return t.Task == purser.TaskApplicationRoster })]
		}
		if got := of(); got.Freshness != purser.Fresh {
			h.t.Errorf("live: %s", got.Freshness)
		}
		h.setStatus(i.ID, purser.StatusRevoked, "the token was revoked")
		if got := of(); got.Freshness != purser.Stale || !got.DataAsOf.Equal(h.now()) {
			h.t.Errorf("revoked: %s as of %s", got.Freshness, got.DataAsOf)
		}
	})
}
