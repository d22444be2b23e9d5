package action_test

import (
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/action"
	"purser/internal/inventory"
	"purser/internal/store"
)

func TestWhatIsProtectedIsNeverTouched(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.on()
		three := h.active(3)
		_, err := h.service.Protect(h.ada(), action.ProtectInput{Pattern: strings.ToUpper(three[0].Email), Note: "the board"})
		h.must(err)
		entry, err := h.service.Protect(h.ada(), action.ProtectInput{Account: three[1].ID})
		h.must(err)
		a := h.plan("suspend", three)
		if a.Counts.Skipped != 2 || a.Counts.Planned != 1 {
			t.Fatalf("%+v", a.Counts)
		}
		for _, item := range h.items(a.ID)[:2] {
			if !strings.Contains(item.Why, "protected list") {
				t.Errorf("%s: %q", item.State, item.Why)
			}
		}
		// What is put on the list after the plan is not touched either.
		late, err := h.service.Protect(h.ada(), action.ProtectInput{Account: three[2].ID})
		h.must(err)
		if a = h.send(a.ID); a.Counts.Skipped != 3 || h.arrived("suspend") != 0 {
			t.Errorf("%+v, %d requests arrived", a.Counts, h.arrived("suspend"))
		}
		h.must(h.service.Unprotect(h.ada(), late.ID))
		h.must(h.service.Unprotect(h.ada(), entry.ID))
		if a = h.plan("suspend", three); a.Counts.Planned != 2 {
			t.Errorf("off the list: %+v", a.Counts)
		}
		for _, bad := range []string{"*", "*@*", "", "a b@example.com", "[a-z]@example.com"} {
			if _, err := h.service.Protect(h.ada(), action.ProtectInput{Pattern: bad}); problem(t, err).Kind != purser.ProblemInvalid {
				t.Errorf("the pattern %q is taken: %v", bad, err)
			}
		}
	})
}

func TestTheAccountInWhoseNamePurserWorksIsNeverTouched(t *testing.T) {
	one(t, func(t *testing.T, h *house) {
		h.on()
		two := h.active(2)
		h.exec("UPDATE instance SET account = ? WHERE id = ?", two[0].Email, h.i.ID)
		if a := h.plan("suspend", two); a.Counts.Skipped != 1 || !strings.Contains(h.items(a.ID)[0].Why, "in the name of") {
			t.Errorf("%+v", h.items(a.ID))
		}
	})
}

func TestASecondPersonApproves(t *testing.T) {
	one(t, func(t *testing.T, h *house) {
		h.on()
		h.must(h.service.SetApproval(h.ada(), purser.ApprovalAlways))
		a := h.plan("suspend", h.active(1))
		if !a.NeedsApproval {
			t.Fatal("no approval is asked for")
		}
		if _, err := h.service.Run(h.ada(), a.ID); problem(t, err).Field != "approval" {
			t.Errorf("it ran without: %v", err)
		}
		if _, err := h.service.Approve(h.ada(), a.ID); problem(t, err).Kind != purser.ProblemForbidden {
			t.Errorf("the planner approved it: %v", err)
		}
		_, err := h.service.Approve(h.bob(), a.ID)
		h.must(err)
		if a = h.send(a.ID); a.Counts.Sent != 1 || a.ApprovedBy != "bob@example.com" {
			t.Errorf("%+v", a)
		}
		// An instance has its own rule, and a rule that came after the plan counts.
		never, always := purser.ApprovalNever, purser.ApprovalAlways
		_, err = h.service.SetSwitch(h.ada(), h.i.ID, purser.SwitchReclamation, action.SwitchChange{Approval: &never})
		h.must(err)
		b := h.plan("suspend", h.active(2)[1:])
		if b.NeedsApproval {
			t.Error("the instance's own rule is not looked at")
		}
		_, err = h.service.SetSwitch(h.ada(), h.i.ID, purser.SwitchReclamation, action.SwitchChange{Approval: &always})
		h.must(err)
		if _, err := h.service.Run(h.ada(), b.ID); problem(t, err).Field != "approval" {
			t.Errorf("a rule that came later is not looked at: %v", err)
		}
		_, err = h.service.SetSwitch(h.ada(), h.i.ID, purser.SwitchReclamation, action.SwitchChange{Approval: new(purser.ApprovalIrreversible)})
		h.must(err)
		if _, err := h.service.Run(h.ada(), b.ID); err != nil {
			t.Errorf("what can be undone asks for an approval: %v", err)
		}
	})
}

func TestASwitchThatIsTurnedOffStopsWhatWasNotSent(t *testing.T) {
	one(t, func(t *testing.T, h *house) {
		h.on()
		a := h.plan("suspend", h.active(2))
		_, err := h.service.Run(h.ada(), a.ID)
		h.must(err)
		_, err = h.service.SetSwitch(h.ada(), h.i.ID, purser.SwitchReclamation, action.SwitchChange{On: new(false)})
		h.must(err)
		h.must(h.service.Work(t.Context()))
		h.must(h.service.Work(t.Context()))
		if a = h.shown(a.ID); a.State != purser.ActionDone || a.Counts.Canceled != 2 || h.arrived("suspend") != 0 {
			t.Errorf("%s %+v, %d requests arrived", a.State, a.Counts, h.arrived("suspend"))
		}
	})
}

func TestNothingIsSentWhileCallsAreFrozen(t *testing.T) {
	one(t, func(t *testing.T, h *house) {
		h.on()
		a := h.plan("suspend", h.active(1))
		h.frozen = "an incident"
		if a = h.send(a.ID); a.Counts.Planned != 1 || !strings.Contains(a.WaitReason, "an incident") || h.arrived("suspend") != 0 {
			t.Errorf("%+v waits for %q", a.Counts, a.WaitReason)
		}
		h.frozen = ""
		h.pass(2 * time.Minute)
		h.must(h.service.Work(t.Context()))
		if a = h.shown(a.ID); a.Counts.Sent != 1 {
			t.Errorf("after the thaw: %+v", a.Counts)
		}
	})
}

func TestACredentialThatMayNotWriteLeavesTheSwitchOffAndReadingGoesOn(t *testing.T) {
	one(t, func(t *testing.T, h *house) {
		h.box.ShrinkScopes("okta", []string{"okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read", "okta.roles.read", "okta.orgs.read"})
		_, err := h.service.SetSwitch(h.ada(), h.i.ID, purser.SwitchReclamation, action.SwitchChange{On: new(true)})
		if p := problem(t, err); !strings.Contains(p.What, "okta.users.manage") {
			t.Errorf("%v", p)
		}
		all, err := h.service.Switches(h.ada(), h.i.ID)
		h.must(err)
		if len(all) != 1 || all[0].On {
			t.Errorf("%+v", all)
		}
		h.read()
		if now, err := store.Instance(t.Context(), h.db.Read(), h.i.ID); err != nil || now.Health != purser.HealthOK {
			t.Errorf("reading is %s (%v)", now.Health, err)
		}
	})
}

func TestASelectionByFilterIsPlannedAsAWhole(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.on()
		list, err := h.list.Accounts(h.ada(), inventory.AccountFilter{InstanceID: h.i.ID}, purser.Page{Limit: 1})
		h.must(err)
		a, err := h.service.Plan(h.ada(), action.PlanInput{Instance: "Acme", Action: "suspend", Filter: &inventory.AccountFilter{}})
		h.must(err)
		if a.Counts.Total != list.Total || a.Counts.Skipped == 0 || a.Counts.Planned == 0 {
			t.Errorf("%+v of %d accounts", a.Counts, list.Total)
		}
		if _, err := h.service.Plan(h.ada(), action.PlanInput{Action: "suspend", Filter: &inventory.AccountFilter{}}); problem(t, err).Field != "filter" {
			t.Errorf("a filter over all instances is taken: %v", err)
		}
	})
}
