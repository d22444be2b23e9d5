package connect_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/sandbox"
)

func (h *house) slack() purser.Instance {
	h.t.Helper()
	i := h.create(connect.CreateInput{Connector: sandbox.Slack, Name: "Chat"})
	h.must(h.SetCredential(h.ctx, i.ID, "oauth", map[string]string{"client_id": h.creds.Slack.ClientID, "client_secret": h.creds.Slack.ClientSecret}))
	return i
}

func TestSlackIsConnectedThroughItsConsentPage(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.slack()
		page, err := h.StartAuthorize(h.ctx, i.ID, browser)
		h.must(err)
		u, err := url.Parse(page)
		h.must(err)
		if q := u.Query(); u.Hostname() != "127.0.0.1" || q.Get("redirect_uri") != h.RedirectURL() || !strings.Contains(q.Get("scope"), "users:read,users:read.email") || q.Get("user_scope") != "" {
			h.t.Errorf("the consent page is %s", page)
		}
		back := h.consent(i.ID, true)
		id, err := h.FinishAuthorize(h.ctx, browser, back)
		if err != nil || id != i.ID {
			h.t.Fatalf("finish: %s %v", id, err)
		}
		r := h.test(i.ID)
		if !r.OK || r.Account == "" || !strings.Contains(r.Message, "Works, as account "+r.Account+" of ") || len(r.Missing) != 0 {
			h.t.Fatalf("test %+v", r)
		}
		h.must(h.Confirm(h.ctx, i.ID))
		if got := h.instance(i.ID); got.Account != r.Account || got.TenantID != r.TenantID {
			h.t.Errorf("instance %+v", got)
		}
	})
}

func TestTheAnswerOfTheVendorCountsOnceForItsBrowserAndTenMinutes(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.slack()
		refused := func(what, session string, q url.Values) {
			h.t.Helper()
			id, err := h.FinishAuthorize(h.ctx, session, q)
			if p := problem(h.t, err); p.Field != "state" || p.Hint == "" || id != "" {
				h.t.Errorf("%s: %s %v", what, id, err)
			}
		}
		back := h.consent(i.ID, true)
		forged := url.Values{"code": back["code"], "state": {"guessed"}}
		refused("a guessed state", browser, forged)
		refused("no state", browser, url.Values{"code": back["code"]})
		refused("another browser", "session of somebody else", back)
		refused("its own browser after another one tried", browser, back)
		back = h.consent(i.ID, true)
		h.pass(10*time.Minute + time.Second)
		refused("after ten minutes", browser, back)
		back = h.consent(i.ID, true)
		if _, err := h.FinishAuthorize(h.ctx, browser, back); err != nil {
			h.t.Fatal(err)
		}
		refused("a replay", browser, back)
		if r := h.test(i.ID); !r.OK {
			h.t.Errorf("a replay spoiled what was granted: %+v", r)
		}
	})
}

func TestTwoConsentsAtOnceBelongToTheirInstances(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		a := h.slack()
		b := h.create(connect.CreateInput{Connector: sandbox.Slack, Name: "Second"})
		h.must(h.SetCredential(h.ctx, b.ID, "oauth", map[string]string{"client_id": h.creds.Slack.ClientID, "client_secret": h.creds.Slack.ClientSecret}))
		backA, backB := h.consent(a.ID, true), h.consent(b.ID, true)
		for _, c := range []struct {
			back url.Values
			want string
		}{{backB, b.ID}, {backA, a.ID}} {
			if id, err := h.FinishAuthorize(h.ctx, browser, c.back); err != nil || id != c.want {
				h.t.Errorf("got %s %v, want %s", id, err, c.want)
			}
		}
	})
}

func TestADenialIsToldInWordsAndTheFlowGoesOnAtTheInstance(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.slack()
		back := h.consent(i.ID, false)
		id, err := h.FinishAuthorize(h.ctx, browser, back)
		p := problem(h.t, err)
		if id != i.ID || !strings.Contains(p.What, "denied on the vendor's page") || p.Hint == "" {
			h.t.Errorf("%s %v", id, err)
		}
		page, err := h.StartAuthorize(h.ctx, i.ID, browser)
		h.must(err)
		u, err := url.Parse(page)
		h.must(err)
		_, err = h.FinishAuthorize(h.ctx, browser, url.Values{"state": {u.Query().Get("state")}, "error": {"<b>boo"}, "error_description": {"\u202e<script>"}})
		if p := problem(h.t, err); strings.ContainsAny(p.What, "<\u202e") {
			h.t.Errorf("foreign text stands as it came: %q", p.What)
		}
	})
}

func TestAScopeThatWasNotGrantedIsNamed(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.slack()
		if _, err := h.FinishAuthorize(h.ctx, browser, h.consent(i.ID, true)); err != nil {
			h.t.Fatal(err)
		}
		h.must(h.SetTask(h.ctx, i.ID, purser.TaskApplicationAccess, connect.TaskChange{Enabled: on(true)}))
		r := h.test(i.ID)
		if !slices.Contains(r.Missing, "admin") && !r.OK || r.OK && !slices.Contains(r.Missing, "admin") {
			h.t.Errorf("test %+v", r)
		}
	})
}

func TestOfSeveralOrganizationsTheAdminChooses(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.create(connect.CreateInput{Connector: sandbox.Xero, Name: "Books"})
		h.must(h.SetCredential(h.ctx, i.ID, "", map[string]string{"client_id": h.creds.Xero.ClientID, "client_secret": h.creds.Xero.ClientSecret}))
		if _, err := h.FinishAuthorize(h.ctx, browser, h.consent(i.ID, true)); err != nil {
			h.t.Fatal(err)
		}
		r := h.test(i.ID)
		if r.OK || len(r.Tenants) < 2 || r.Class != "" {
			h.t.Fatalf("test %+v", r)
		}
		if err := h.Confirm(h.ctx, i.ID); problem(h.t, err).Kind != purser.ProblemConflict {
			h.t.Errorf("confirmed without a choice: %v", err)
		}
		if err := h.ChooseTenant(h.ctx, i.ID, "another"); problem(h.t, err).Field != "tenant" {
			h.t.Errorf("an organization that is not in the list: %v", err)
		}
		want, other := r.Tenants[1], r.Tenants[0].ID
		h.must(h.ChooseTenant(h.ctx, i.ID, want.ID))
		if r = h.test(i.ID); !r.OK || r.TenantID != want.ID || r.TenantName != want.Name {
			h.t.Fatalf("test %+v", r)
		}
		h.must(h.Confirm(h.ctx, i.ID))
		if got := h.instance(i.ID); got.TenantID != want.ID {
			h.t.Errorf("instance %+v", got)
		}

		// Authorizing anew for the other organization alone is refused; the books stay what they were.
		if _, err := h.FinishAuthorize(h.ctx, browser, h.consent(i.ID, true, other)); err != nil {
			h.t.Fatal(err)
		}
		if r = h.test(i.ID); r.OK || r.Code != "other_tenant" {
			h.t.Errorf("test %+v", r)
		}
		if err := h.Confirm(h.ctx, i.ID); err == nil {
			h.t.Error("another organization was confirmed")
		}
		if got := h.instance(i.ID); got.TenantID != want.ID || got.Status != purser.StatusLive {
			h.t.Errorf("instance %+v", got)
		}
	})
}

func TestAConsentThatIsBrokenOffLeavesTheConnectionAsItWas(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.slack()
		if _, err := h.FinishAuthorize(h.ctx, browser, h.consent(i.ID, true)); err != nil {
			h.t.Fatal(err)
		}
		h.test(i.ID)
		h.must(h.Confirm(h.ctx, i.ID))
		if _, err := h.FinishAuthorize(h.ctx, browser, h.consent(i.ID, false)); err == nil {
			h.t.Fatal("a denial went through")
		}
		if r := h.test(i.ID); !r.OK || r.Pending {
			h.t.Errorf("the credential in use was lost: %+v", r)
		}
		h.must(h.Confirm(h.ctx, i.ID))
		if r := h.test(i.ID); !r.OK {
			h.t.Errorf("what was not granted took the place of what was: %+v", r)
		}
	})
}

func TestAnotherCredentialThanTheTestedOneIsNotConfirmed(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		h.pass(time.Second)
		h.must(h.SetCredential(h.ctx, i.ID, "api_token", map[string]string{"token": h.creds.Okta.APIToken}))
		if r := h.test(i.ID); !r.OK || !r.Pending {
			h.t.Fatalf("test %+v", r)
		}
		// As if it had been entered while the test was under way.
		h.write("UPDATE credential SET entered_at = entered_at + 1 WHERE id = ?", connect.CredentialID(i.ID, true))
		if err := h.Confirm(h.ctx, i.ID); problem(h.t, err).Field != "credential" {
			h.t.Errorf("confirmed: %v", err)
		}
	})
}
