package connect_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/sandbox"
	"purser/internal/store"
)

func problem(t *testing.T, err error) *purser.Problem {
	t.Helper()
	p, ok := errors.AsType[*purser.Problem](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	return p
}

func TestThePreviewSaysWhatIsReadBeforeAnythingIsEntered(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		p, err := h.Preview(h.ctx, sandbox.Okta, nil)
		h.must(err)
		if p.Hosts[0] != "<Okta domain>" || p.Redirect != "https://purser.example.com/oauth/callback" || len(p.Safelist) != 1 || p.Setup == "" {
			h.t.Errorf("hosts %v redirect %s safelist %v", p.Hosts, p.Redirect, p.Safelist)
		}
		if !p.Auth[0].Recommended || p.Auth[1].Recommended || p.Auth[0].Why == "" || p.Auth[0].Name != "service_app" {
			h.t.Errorf("ways to authorize %+v", p.Auth)
		}
		var roster connect.TaskPreview
		for _, task := range p.Tasks {
			if task.Name == purser.TaskApplicationRoster {
				roster = task
			}
		}
		if roster.Reads == "" || len(roster.Streams) != 3 || roster.Scopes[0].Name != "okta.users.read" || roster.Scopes[0].Why == "" || roster.Scopes[0].Access != "read" {
			h.t.Errorf("roster %+v", roster)
		}
		p, err = h.Preview(h.ctx, sandbox.Okta, map[string]string{"domain": "login.acme.example"})
		h.must(err)
		if p.Hosts[0] != "login.acme.example" || len(p.Warnings) != 1 {
			h.t.Errorf("a domain of one's own: hosts %v, warnings %v", p.Hosts, p.Warnings)
		}
		p, err = h.Preview(h.ctx, sandbox.Slack, nil)
		h.must(err)
		for _, task := range p.Tasks {
			if task.Name == purser.TaskApplicationAccess && (task.Off == "" || task.Scopes[0].Name != "admin") {
				h.t.Errorf("a scope that also writes: %+v", task)
			}
		}
		if _, err := h.Preview(h.ctx, "nothing", nil); problem(h.t, err).Kind != purser.ProblemNotFound {
			h.t.Error(err)
		}
	})
}

func TestADraftThatIsWrongStoresNothing(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		h.create(connect.CreateInput{Connector: sandbox.Okta, Name: "Taken", Settings: map[string]string{"domain": "a.okta.com"}})
		ok := map[string]string{"domain": "b.okta.com"}
		for field, in := range map[string]connect.CreateInput{
			"domain": {Connector: sandbox.Okta, Settings: map[string]string{"domain": "not a host"}},
			"name":   {Connector: sandbox.Okta, Name: " taken ", Settings: ok},
			"auth":   {Connector: sandbox.Okta, Auth: "magic", Settings: ok},
			"tasks":  {Connector: sandbox.Okta, Tasks: []purser.TaskName{"expense_discovery"}, Settings: ok},
			"nope":   {Connector: sandbox.Okta, Settings: map[string]string{"domain": "b.okta.com", "nope": "1"}},
		} {
			if _, err := h.Create(h.ctx, in); problem(h.t, err).Field != field {
				h.t.Errorf("%s: %v", field, err)
			}
		}
		all, err := h.Instances(h.ctx, connect.InstanceFilter{})
		h.must(err)
		if len(all) != 1 {
			h.t.Errorf("%d instances", len(all))
		}
		second := h.create(connect.CreateInput{Connector: sandbox.Okta, Settings: ok})
		third := h.create(connect.CreateInput{Connector: sandbox.Okta, Settings: ok})
		if second.Name != "Okta" || third.Name != "Okta 2" || second.Application != third.Application || second.OwnerID != "usr_1" {
			h.t.Errorf("names %q %q, applications %s %s", second.Name, third.Name, second.Application, third.Application)
		}
	})
}

func TestOktaIsConnectedByTokenTestedAndConfirmed(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.create(connect.CreateInput{Connector: sandbox.Okta, Name: "Acme", Auth: "api_token",
			Settings: map[string]string{"domain": "https://" + h.creds.Okta.Domain + "/admin"},
			Tasks:    []purser.TaskName{purser.TaskApplicationRoster, purser.TaskApplicationDiscovery}})
		if i.Status != purser.StatusDraft || i.Settings["domain"] != h.creds.Okta.Domain {
			h.t.Fatalf("draft %+v", i)
		}
		if _, err := h.Test(h.ctx, i.ID); problem(h.t, err).Field != "credential" {
			h.t.Errorf("test without a credential: %v", err)
		}
		if err := h.SetCredential(h.ctx, i.ID, "api_token", map[string]string{"token": "x", "more": "y"}); problem(h.t, err).Field != "more" {
			h.t.Errorf("an unknown field: %v", err)
		}
		h.must(h.SetCredential(h.ctx, i.ID, "api_token", map[string]string{"token": "not the token"}))
		if r := h.test(i.ID); r.OK || r.Class != purser.ClassAuthRevoked || !strings.Contains(r.Message, "Okta does not accept the credential") || r.Hint == "" {
			h.t.Errorf("a wrong token: %+v", r)
		}
		if err := h.Confirm(h.ctx, i.ID); problem(h.t, err).Kind != purser.ProblemConflict {
			h.t.Errorf("confirmed without a good test: %v", err)
		}
		h.must(h.SetCredential(h.ctx, i.ID, "api_token", map[string]string{"token": h.creds.Okta.APIToken}))
		r := h.test(i.ID)
		if !r.OK || r.TenantID == "" || !strings.HasPrefix(r.Message, "Works, for ") {
			h.t.Fatalf("test %+v", r)
		}
		if got := h.starts.all(); len(got) != 0 {
			h.t.Errorf("runs before the confirmation: %+v", got)
		}
		h.must(h.Confirm(h.ctx, i.ID))
		i = h.instance("acme")
		if i.Status != purser.StatusLive || !i.Confirmed || i.TenantID != r.TenantID {
			h.t.Errorf("instance %+v", i)
		}
		got := h.starts.all()
		if len(got) != 1 || got[0].trigger != purser.TriggerInitial || len(got[0].tasks) != 2 {
			h.t.Errorf("starts %+v", got)
		}
		due, err := store.DueTasks(h.ctx, h.db.Read(), purser.MicrosOf(h.now()), 10)
		if err != nil || len(due) != 2 {
			h.t.Errorf("due %+v %v", due, err)
		}
		result, err := h.Result(h.ctx, i.ID)
		h.must(err)
		if !strings.HasPrefix(result.Message, "Authorized for ") || len(result.NotRead) < 2 || result.Done {
			h.t.Errorf("result %+v", result)
		}
	})
}

func TestATestSaysInWordsWhatIsWrong(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		for _, c := range []struct {
			fault sandbox.Fault
			class purser.Class
			says  string
		}{
			{sandbox.Fault{Kind: sandbox.NoScopes}, purser.ClassPermission, "accepts the credential, but"},
			{sandbox.Fault{Kind: sandbox.HTMLBody}, purser.ClassInvalidResponse, "not its interface"},
			{sandbox.Fault{Kind: sandbox.StatusFault, Status: 503}, purser.ClassTransient, "problem of its own"},
			{sandbox.Fault{Kind: sandbox.RateLimited, After: time.Hour}, purser.ClassRateLimited, "asks to wait"},
		} {
			c.fault.Vendor = sandbox.Okta
			h.vendors.Script(c.fault)
			r := h.test(i.ID)
			h.vendors.ClearFaults()
			if r.OK || r.Class != c.class || !strings.Contains(r.Message, c.says) || r.Hint == "" {
				h.t.Errorf("%s: %+v", c.fault.Kind, r)
			}
		}
		if h.instance(i.ID).Status != purser.StatusLive {
			h.t.Error("a test changed the status")
		}
	})
}

func TestACredentialOfAnotherOrganizationIsRefusedAndTheOldOneStays(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		h.setTenant(i.ID, "00oOTHER", "Other Inc.")
		h.must(h.SetCredential(h.ctx, i.ID, "", map[string]string{"token": h.creds.Okta.APIToken}))
		r := h.test(i.ID)
		if r.OK || r.Code != "other_tenant" || !r.Pending || !strings.Contains(r.Message, "Other Inc.") {
			h.t.Errorf("test %+v", r)
		}
		if err := h.Confirm(h.ctx, i.ID); problem(h.t, err).Kind != purser.ProblemConflict {
			h.t.Errorf("confirmed another organization: %v", err)
		}
		h.must(h.Discard(h.ctx, i.ID))
		if r := h.test(i.ID); r.Pending {
			h.t.Errorf("after giving it up: %+v", r)
		}
	})
}

func TestANewCredentialCountsOnlyOnceItIsConfirmed(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		main := func() int64 {
			r, err := h.db.Credentials().Credential(h.ctx, connect.CredentialID(i.ID, false))
			h.must(err)
			return r.Generation
		}
		before := main()
		h.must(h.SetCredential(h.ctx, i.ID, "service_app", map[string]string{"client_id": h.creds.Okta.ClientID, "key_id": h.creds.Okta.KeyID,
			"private_key": h.creds.Okta.PrivateKey}))
		if main() != before || h.instance(i.ID).Auth != "api_token" {
			h.t.Error("the credential in use was changed")
		}
		if r := h.test(i.ID); !r.OK || !r.Pending {
			h.t.Fatalf("test %+v", r)
		}
		h.must(h.Confirm(h.ctx, i.ID))
		if now := h.instance(i.ID); now.Auth != "service_app" || main() <= before {
			h.t.Errorf("after the confirmation: %s, generation %d", now.Auth, main())
		}
		if r := h.test(i.ID); !r.OK || r.Pending {
			h.t.Errorf("test of the new one in use: %+v", r)
		}
		if got := h.starts.all(); got[len(got)-1].trigger != purser.TriggerManual {
			h.t.Errorf("starts %+v", got)
		}
	})
}

func TestChangedHostsMakeTheCredentialUnusable(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		again, err := h.SetSettings(h.ctx, i.ID, map[string]string{"domain": "other.okta.com"}, i.Version)
		h.must(err)
		if !again {
			h.t.Error("the credential would be sent to another host")
		}
		if r := h.test(i.ID); r.OK || r.Code != "hosts_changed" || r.Class != purser.ClassConfig {
			h.t.Errorf("test %+v", r)
		}
		if _, err := h.SetSettings(h.ctx, i.ID, map[string]string{"domain": "x.okta.com"}, i.Version); problem(h.t, err).Kind != purser.ProblemConflict {
			h.t.Errorf("a change of an old version: %v", err)
		}
	})
}

func TestARevokedInstanceIsCheckedAgainInPlace(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		h.setStatus(i.ID, purser.StatusRevoked, "the token was revoked")
		h.vendors.RevokeTokens(sandbox.Okta)
		if err := h.Activate(h.ctx, i.ID); !strings.Contains(problem(h.t, err).What, "does not accept") {
			h.t.Errorf("activate: %v", err)
		}
		if h.instance(i.ID).Status != purser.StatusRevoked {
			h.t.Error("it is live with a refused credential")
		}
		st, err := h.Stand(h.ctx, i.ID)
		if err != nil || st.Action != "repair" || !strings.Contains(st.Sentence, "the token was revoked") {
			h.t.Errorf("standing %+v %v", st, err)
		}
		h.vendors.RestoreKeys(sandbox.Okta)
		h.must(h.Activate(h.ctx, i.ID))
		if now := h.instance(i.ID); now.Status != purser.StatusLive || now.Reason != "" {
			h.t.Errorf("instance %+v", now)
		}
	})
}

func TestAnInstanceIsRenamedSwitchedOffAndOn(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		h.must(h.Rename(h.ctx, i.ID, "Acme  EU", i.Version))
		if got := h.instance("acme eu"); got.ID != i.ID {
			h.t.Errorf("renamed to %q", got.Name)
		}
		if err := h.Rename(h.ctx, i.ID, "Again", i.Version); problem(h.t, err).Kind != purser.ProblemConflict {
			h.t.Errorf("a change of an old version: %v", err)
		}
		h.must(h.Deactivate(h.ctx, i.ID))
		tasks, err := h.Tasks(h.ctx, i.ID)
		if err != nil || !tasks[0].NextRunAt.IsZero() || h.instance(i.ID).Status != purser.StatusInactive {
			h.t.Errorf("tasks %+v %v", tasks, err)
		}
		before := len(h.starts.all())
		h.must(h.Activate(h.ctx, i.ID))
		if len(h.starts.all()) != before+1 || h.instance(i.ID).Status != purser.StatusLive {
			h.t.Error("it does not sync at once")
		}
	})
}

func TestTasksAreSwitchedAndScheduled(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		before := len(h.starts.all())
		h.must(h.SetTask(h.ctx, i.ID, purser.TaskApplicationAccess, connect.TaskChange{Enabled: on(false)}))
		h.must(h.SetTask(h.ctx, i.ID, purser.TaskApplicationAccess, connect.TaskChange{Enabled: on(true), Every: every(6 * time.Hour)}))
		got := h.starts.all()
		if len(got) != before+1 || got[before].tasks[0] != purser.TaskApplicationAccess {
			h.t.Errorf("starts %+v", got[before:])
		}
		tasks, err := h.Tasks(h.ctx, i.ID)
		h.must(err)
		for _, task := range tasks {
			if task.Task == purser.TaskApplicationAccess && (!task.Enabled || task.Every != 6*time.Hour || task.Freshness != purser.NeverExecuted) {
				h.t.Errorf("task %+v", task)
			}
		}
		if err := h.SetTask(h.ctx, i.ID, purser.TaskApplicationAccess, connect.TaskChange{Every: every(time.Minute)}); problem(h.t, err).Field != "every" {
			h.t.Errorf("every minute: %v", err)
		}
		if err := h.SetTask(h.ctx, i.ID, purser.TaskExpenseDiscovery, connect.TaskChange{Enabled: on(true)}); problem(h.t, err).Kind != purser.ProblemNotFound {
			h.t.Errorf("a task that Okta does not have: %v", err)
		}
	})
}

func TestAnApplicationIsManagedWithoutAConnection(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.create(connect.CreateInput{Connector: sandbox.Okta, SetUpLater: true})
		st, err := h.Stand(h.ctx, i.ID)
		if err != nil || st.Action != "set_up" || i.Status != purser.StatusDraft {
			h.t.Errorf("standing %+v %v", st, err)
		}
		if err := h.SetCredential(h.ctx, i.ID, "api_token", map[string]string{"token": "x"}); problem(h.t, err).Field != "domain" {
			h.t.Errorf("a credential without a host: %v", err)
		}
	})
}

func TestEveryChangeAsksTheGateAndIsAudited(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		var entries []string
		h.must(h.db.Read().NewRaw("SELECT before || after FROM audit WHERE object = ? ORDER BY seq", i.ID).Scan(h.ctx, &entries))
		if len(entries) != 4 { // created, entered, tested, confirmed
			h.t.Errorf("%d audit entries: %v", len(entries), entries)
		}
		for _, e := range entries {
			if strings.Contains(e, h.creds.Okta.APIToken) {
				h.t.Errorf("the token stands in the audit log: %s", e)
			}
		}
		for _, op := range purser.Operations() {
			h.gate.no[op] = true
		}
		first := func(_ any, err error) error { return err }
		_, fields := h.Fields(h.ctx, i.ID, "")
		for name, err := range map[string]error{
			"catalog": first(h.Catalog(h.ctx)), "preview": first(h.Preview(h.ctx, "okta", nil)), "create": first(h.Create(h.ctx, connect.CreateInput{})),
			"credential": h.SetCredential(h.ctx, i.ID, "", nil), "fields": fields, "authorize": first(h.StartAuthorize(h.ctx, i.ID, "s")),
			"finish": first(h.FinishAuthorize(h.ctx, "s", nil)), "test": first(h.Test(h.ctx, i.ID)), "tenant": h.ChooseTenant(h.ctx, i.ID, "x"),
			"confirm": h.Confirm(h.ctx, i.ID), "discard": h.Discard(h.ctx, i.ID), "instances": first(h.Instances(h.ctx, connect.InstanceFilter{})),
			"instance": first(h.Instance(h.ctx, i.ID)), "tasks": first(h.Tasks(h.ctx, i.ID)), "task": h.SetTask(h.ctx, i.ID, "x", connect.TaskChange{}),
			"rename": h.Rename(h.ctx, i.ID, "x", 0), "settings": first(h.SetSettings(h.ctx, i.ID, nil, 0)), "activate": h.Activate(h.ctx, i.ID),
			"deactivate": h.Deactivate(h.ctx, i.ID), "result": first(h.Result(h.ctx, i.ID)), "stand": first(h.Stand(h.ctx, i.ID)),
		} {
			if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Kind != purser.ProblemForbidden {
				h.t.Errorf("%s: %v", name, err)
			}
		}
	})
}
