package connect_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/sandbox"
)

// where the delegate's browser and others are.
const (
	theirs  = "203.0.113.9"
	another = "203.0.113.10"
)

// link makes a link and returns its token.
func (h *house) link(id string) (token string, d connect.Delegation) {
	h.t.Helper()
	path, d, err := h.Delegate(h.ctx, id, "Grace of IT")
	h.must(err)
	u, err := url.Parse(path)
	h.must(err)
	return u.Query().Get("token"), d
}

// refused checks that a link cannot be used.
func (h *house) refused(what string, err error) {
	h.t.Helper()
	if p := problem(h.t, err); p.Kind != purser.ProblemForbidden || !strings.Contains(p.What, "cannot be used") {
		h.t.Errorf("%s: %v", what, err)
	}
}

func TestADelegateCompletesOneConnectionThatAnAdminConfirms(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.create(connect.CreateInput{Connector: sandbox.Okta, Name: "Acme", Auth: "api_token", Settings: map[string]string{"domain": h.creds.Okta.Domain}})
		token, _ := h.link(i.ID)
		nobody := t.Context()
		// A scanner opens it, twice, and from elsewhere: nothing is used up.
		for range 2 {
			w, err := h.OpenDelegation(nobody, token, another)
			if err != nil || w.Taken || w.Preview.Title != "Okta" || w.Name != "Acme" {
				h.t.Fatalf("opened by a scanner: %+v %v", w, err)
			}
		}
		cookie, err := h.BeginDelegation(nobody, token, theirs)
		h.must(err)
		_, err = h.BeginDelegation(nobody, token, another)
		h.refused("a second browser", err)
		if err := h.DelegateFinish(nobody, cookie, theirs); problem(h.t, err).Field != "credential" {
			h.t.Errorf("handed over with nothing entered: %v", err)
		}
		if _, err := h.DelegateTest(nobody, cookie, theirs, ""); problem(h.t, err).Field != "credential" {
			h.t.Errorf("tested with nothing entered: %v", err)
		}
		h.must(h.DelegateSet(nobody, cookie, theirs, "api_token", map[string]string{"token": h.creds.Okta.APIToken}))
		r, err := h.DelegateTest(nobody, cookie, theirs, "")
		if err != nil || !r.OK {
			h.t.Fatalf("test %+v %v", r, err)
		}
		if got := h.instance(i.ID); got.Status != purser.StatusDraft || got.Confirmed || len(h.starts.all()) != 0 {
			h.t.Errorf("something happened before the admin's word: %+v", got)
		}
		h.must(h.DelegateFinish(nobody, cookie, theirs))
		_, err = h.Delegated(nobody, cookie, theirs)
		h.refused("used again by its browser", err)
		_, err = h.OpenDelegation(nobody, token, theirs)
		h.refused("opened again", err)
		links, err := h.Delegations(h.ctx, i.ID)
		if err != nil || len(links) != 1 || links[0].State != "done" || links[0].Origin != theirs || links[0].BoundAt.IsZero() || links[0].Note != "Grace of IT" {
			h.t.Errorf("what the admin sees: %+v %v", links, err)
		}
		h.must(h.Confirm(h.ctx, i.ID))
		if got := h.instance(i.ID); got.Status != purser.StatusLive || got.TenantID != r.TenantID {
			h.t.Errorf("confirmed: %+v", got)
		}
		var n int
		if err := h.db.Read().NewRaw("SELECT count(*) FROM audit WHERE actor_kind = 'delegate' AND actor_name = 'delegate (Grace of IT)' AND origin = ?", theirs).Scan(h.ctx, &n); err != nil || n < 4 {
			h.t.Errorf("%d lines of the audit log name the delegate, %v", n, err)
		}
	})
}

func TestALinkEndsByTimeAndByHandAndOpensNothingElse(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i, other := h.okta(), h.slack()
		h.pass(time.Hour)
		token, d := h.link(i.ID)
		cookie, err := h.BeginDelegation(t.Context(), token, theirs)
		h.must(err)
		h.must(h.RevokeDelegation(h.ctx, d.ID))
		h.refused("taken back", h.DelegateSet(t.Context(), cookie, theirs, "", nil))
		if err := h.RevokeDelegation(h.ctx, d.ID); problem(h.t, err).Kind != purser.ProblemNotFound {
			h.t.Errorf("taken back twice: %v", err)
		}
		token, _ = h.link(i.ID)
		if cookie, err = h.BeginDelegation(t.Context(), token, theirs); err != nil {
			h.t.Fatal(err)
		}
		// An answer of the vendor that was begun for another instance, or by another browser, is not the delegate's.
		back := h.consent(other.ID, true)
		if err := h.DelegateAuthorized(t.Context(), cookie, theirs, back); problem(h.t, err).Kind != purser.ProblemForbidden {
			h.t.Errorf("the admin's own authorization of another instance: %v", err)
		}
		// The delegate's actor has no way to the services but these.
		actor := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorDelegate, ID: d.ID})
		h.gate.no[purser.OpInstanceRead], h.gate.no[purser.OpCredentialSet] = true, true
		if _, err := h.Instance(actor, i.ID); problem(h.t, err).Kind != purser.ProblemForbidden {
			h.t.Error("a delegate reads an instance")
		}
		h.gate.no[purser.OpInstanceRead], h.gate.no[purser.OpCredentialSet] = false, false
		w, err := h.Delegated(t.Context(), cookie, theirs)
		h.must(err)
		if w.Stored || w.Tested {
			h.t.Errorf("what was there before is shown as the delegate's: %+v", w)
		}
		h.pass(connect.DelegateLife)
		_, err = h.Delegated(t.Context(), cookie, theirs)
		h.refused("after 72 hours", err)
		_, err = h.OpenDelegation(t.Context(), token, theirs)
		h.refused("opened after 72 hours", err)
		h.refused("no cookie at all", h.DelegateFinish(t.Context(), "", theirs))
		// Guessing is slowed down, and only for who guesses.
		for range 30 {
			_, err = h.OpenDelegation(t.Context(), "guess", another)
		}
		if problem(h.t, err).Kind != purser.ProblemTooMany {
			h.t.Errorf("thirty guesses: %v", err)
		}
		token, _ = h.link(i.ID)
		_, err = h.OpenDelegation(t.Context(), token, theirs)
		h.must(err)
	})
}

func TestADelegateRepairsBesideTheCredentialInUse(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.create(connect.CreateInput{Connector: sandbox.Slack, Name: "Chat"})
		h.must(h.SetCredential(h.ctx, i.ID, "oauth", map[string]string{"client_id": h.creds.Slack.ClientID, "client_secret": h.creds.Slack.ClientSecret}))
		_, err := h.FinishAuthorize(h.ctx, browser, h.consent(i.ID, true))
		h.must(err)
		h.test(i.ID)
		h.must(h.Confirm(h.ctx, i.ID))
		h.pass(time.Hour)
		h.vendors.RevokeTokens(sandbox.Slack)
		h.setStatus(i.ID, purser.StatusRevoked, "the token was revoked")
		token, _ := h.link(i.ID)
		cookie, err := h.BeginDelegation(t.Context(), token, theirs)
		h.must(err)
		page, err := h.DelegateAuthorize(t.Context(), cookie, theirs)
		h.must(err)
		back, err := h.vendors.Consent(t.Context(), page, true)
		h.must(err)
		u, err := url.Parse(back)
		h.must(err)
		h.must(h.DelegateAuthorized(t.Context(), cookie, theirs, u.Query()))
		r, err := h.DelegateTest(t.Context(), cookie, theirs, "")
		if err != nil || !r.OK || !r.Pending {
			h.t.Fatalf("test %+v %v", r, err)
		}
		h.must(h.DelegateFinish(t.Context(), cookie, theirs))
		if got := h.instance(i.ID); got.Status != purser.StatusRevoked {
			h.t.Errorf("live without the admin's word: %+v", got)
		}
		h.must(h.Confirm(h.ctx, i.ID))
		if got := h.instance(i.ID); got.Status != purser.StatusLive || got.Reason != "" {
			h.t.Errorf("confirmed: %+v", got)
		}
	})
}
