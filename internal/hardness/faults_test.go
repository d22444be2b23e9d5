package hardness_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/sandbox"
)

func TestFaultsOnCueLoseNothing(t *testing.T) {
	const users, groups = 6000, 150
	each(t, sandbox.Options{Scale: &sandbox.Scale{Users: users, Apps: 1, Groups: groups, Memberships: 4 * groups}}, func(t *testing.T, h *house) {
		h.serve()
		h.okta(purser.TaskApplicationRoster)
		h.vendors.Script(
			sandbox.Fault{Vendor: sandbox.Okta, Probability: 0.02, Kind: sandbox.StatusFault, Status: 500},
			sandbox.Fault{Vendor: sandbox.Okta, Probability: 0.05, Kind: sandbox.RateLimited, Retry: sandbox.RetrySeconds},
			sandbox.Fault{Vendor: sandbox.Okta, Probability: 0.02, Kind: sandbox.Dropped},
			sandbox.Fault{Vendor: sandbox.Okta, Probability: 0.02, Kind: sandbox.CutBody})
		all := h.runs()
		for kind, least := range map[sandbox.FaultKind]int{sandbox.StatusFault: 1, sandbox.RateLimited: 3, sandbox.Dropped: 1, sandbox.CutBody: 1} {
			if n := h.vendors.Fired(kind); n < least {
				t.Errorf("%s fired %d times, want %d", kind, n, least)
			}
		}
		var detail purser.Run
		h.api("GET", "/runs/"+all[0].ID, nil, &detail)
		if len(all) != 1 || detail.State != purser.RunSucceeded || detail.Counts.Added != users+groups+4*groups || len(h.accounts(false)) != users {
			t.Fatalf("with faults: %d accounts, %s (%s), %+v", len(h.accounts(false)), detail.State, detail.Message, detail.Counts)
		}
		h.vendors.ClearFaults()
		if again := h.sync(purser.TaskApplicationRoster); again.Counts.Added+again.Counts.Changed+again.Counts.Removed != 0 {
			t.Errorf("a reading without faults found other rows: %+v", again.Counts)
		}
	})
}

func TestATokenThatIsRevokedHalfWayLeavesTheOldDataAndOneMessage(t *testing.T) {
	each(t, sandbox.Options{}, func(t *testing.T, h *house) {
		h.serve()
		h.okta(purser.TaskApplicationRoster)
		h.runs()
		whole := h.accounts(false)
		h.leavers(1)
		h.vendors.Script(sandbox.Fault{Vendor: sandbox.Okta, Route: "/api/v1/groups/*/users", Skip: 3, Kind: sandbox.StatusFault, Status: 401})
		r := h.sync(purser.TaskApplicationRoster)
		if r.State != purser.RunFailed || r.Class != purser.ClassAuthRevoked || r.Message == "" || r.Hint == "" || r.Counts.Removed != 0 {
			t.Errorf("revoked half-way: %s (%s) %q %q, %+v", r.State, r.Class, r.Message, r.Hint, r.Counts)
		}
		if h.vendors.Fired(sandbox.StatusFault) < 1 || len(h.accounts(false)) != len(whole) {
			t.Errorf("%d accounts of %d are left", len(h.accounts(false)), len(whole))
		}
		var i purser.Instance
		h.api("GET", "/instances/Acme", nil, &i)
		if i.Health != purser.HealthUnauthorized || i.HealthWhy == "" {
			t.Errorf("the instance is %s, %s: %q", i.Status, i.Health, i.HealthWhy)
		}
		code, _, errs := h.purser("run", "show", r.ID)
		if code != 0 || strings.Contains(errs, "panic") {
			t.Errorf("run show: %d %s", code, errs)
		}
	})
}
