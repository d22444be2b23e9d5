package connect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/sandbox"
)

func TestAPermissionThatNothingUsedForNinetyDaysIsNamed(t *testing.T) {
	each(t, sandbox.Options{Company: sandbox.CompanyOptions{People: 12}}, func(h *house) {
		i := h.slack()
		if _, err := h.FinishAuthorize(h.ctx, browser, h.consent(i.ID, true)); err != nil {
			h.t.Fatal(err)
		}
		if r := h.test(i.ID); !r.OK {
			h.t.Fatalf("test %+v", r)
		}
		h.must(h.Confirm(h.ctx, i.ID))
		p, err := h.Permissions(h.ctx, i.ID)
		h.must(err)
		if p.Known || !strings.Contains(p.Sentence, "Nothing was read yet") {
			h.t.Errorf("before the first run %+v", p)
		}
		r := h.running()
		if got := h.reads(r, i.ID, purser.TaskApplicationRoster); got.State != purser.RunSucceeded {
			h.t.Fatalf("%s %s", got.State, got.Message)
		}
		p, err = h.Permissions(h.ctx, i.ID)
		h.must(err)
		at := slices.IndexFunc(p.Granted, func(x connect.Permission) bool { return x.Scope == "users:read" })
		if !p.Known || at < 0 || !p.Granted[at].Used || p.Granted[at].UsedAt.IsZero() {
			h.t.Fatalf("after a run %+v", p)
		}
		// Ninety-one days later only the test of the connection speaks for a permission.
		h.pass(91 * 24 * time.Hour)
		p, err = h.Permissions(h.ctx, i.ID)
		h.must(err)
		if p.Unused == 0 || !strings.Contains(p.Sentence, "not used since") {
			h.t.Errorf("after 91 idle days %+v", p)
		}
	})
}

func TestAVendorThatTellsNothingOfItsGrantsIsSaidToTellNothing(t *testing.T) {
	each(t, sandbox.Options{Company: sandbox.CompanyOptions{People: 12}}, func(h *house) {
		i := h.okta()
		h.reads(h.running(), i.ID, purser.TaskApplicationRoster)
		p, err := h.Permissions(h.ctx, i.ID)
		h.must(err)
		if p.Known || !strings.Contains(p.Sentence, "does not say what it granted") {
			h.t.Errorf("%+v", p)
		}
	})
}

func TestEveryRequestIsCountedByItsTemplateTheOnesForTokensToo(t *testing.T) {
	each(t, sandbox.Options{Company: sandbox.CompanyOptions{People: 12}}, func(h *house) {
		i := h.slack()
		if _, err := h.FinishAuthorize(h.ctx, browser, h.consent(i.ID, true)); err != nil {
			h.t.Fatal(err)
		}
		h.test(i.ID)
		calls, err := h.Calls(h.ctx, i.ID)
		h.must(err)
		if !slices.ContainsFunc(calls, func(c purser.Call) bool { return c.Path == "/api/oauth.v2.access" && c.Calls == 1 && c.Errors == 0 }) {
			h.t.Errorf("the request for a token is not among %+v", calls)
		}
		o := h.okta()
		got := h.reads(h.running(), o.ID, purser.TaskApplicationRoster)
		calls, err = h.Calls(h.ctx, o.ID)
		h.must(err)
		var inRuns int64
		for _, c := range calls {
			if inRuns += c.Calls; !strings.HasPrefix(c.Path, "/api/v1/") || c.Host != h.creds.Okta.Domain || c.Bytes == 0 || c.LastAt.IsZero() {
				h.t.Errorf("%+v", c)
			}
		}
		if inRuns <= got.Requests || !slices.ContainsFunc(calls, func(c purser.Call) bool { return c.Path == "/api/v1/groups/{id}/users" && c.Calls > 1 }) {
			h.t.Errorf("of %d requests of the run and those of the test: %+v", got.Requests, calls)
		}
	})
}
