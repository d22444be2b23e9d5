package action_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/action"
	"purser/internal/audit"
)

func TestAnActionIsOffUntilAnAdminTurnsItOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one := h.active(1)
		offers, err := h.service.Offers(h.ada(), one[0].ID)
		h.must(err)
		if len(offers) == 0 || offers[0].On || offers[0].Ready || !strings.Contains(offers[0].Why, "off for Acme") {
			t.Errorf("offers %+v", offers)
		}
		_, err = h.service.Plan(h.ada(), action.PlanInput{Action: "suspend", Accounts: ids(one)})
		if p := problem(t, err); p.Field != "switch" {
			t.Errorf("%v", p)
		}
		for _, r := range h.box.Journal("okta") {
			if strings.Contains(r.Body, "manage") {
				t.Errorf("a permission to write was asked for: %s", r.Body)
			}
		}
		h.on()
		offers, err = h.service.Offers(h.ada(), one[0].ID)
		h.must(err)
		if !offers[0].Ready {
			t.Errorf("after it was turned on: %+v", offers[0])
		}
		h.gate.no[purser.OpActionSwitch] = true
		no := false
		if _, err := h.service.SetSwitch(h.ada(), h.i.ID, purser.SwitchReclamation, action.SwitchChange{On: &no}); problem(t, err).Kind != purser.ProblemForbidden {
			t.Error(err)
		}
	})
}

func TestAnAccountIsSuspendedReadBackAndReactivated(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.on()
		h.read() // the tokens that read stay those that may only read
		one := h.active(1)
		a := h.plan("suspend", one)
		items := h.items(a.ID)
		want := "https://acme.okta.com/api/v1/users/" + one[0].ExternalID + "/lifecycle/suspend"
		if a.State != purser.ActionPlanned || a.DataEffect == "" || len(items) != 1 || len(items[0].Requests) != 1 || items[0].Requests[0].URL != want || items[0].Requests[0].Method != "POST" {
			t.Fatalf("plan %+v, items %+v", a, items)
		}
		if h.arrived("suspend") != 0 {
			t.Fatal("planning sent something")
		}
		a = h.send(a.ID)
		if a.State != purser.ActionDone || a.Counts.Sent != 1 || h.arrived("suspend") != 1 {
			t.Fatalf("sent: %+v, %d requests; %+v", a.Counts, h.arrived("suspend"), h.items(a.ID))
		}
		h.read()
		h.must(h.service.Work(t.Context()))
		if a = h.shown(a.ID); a.Counts.Verified != 1 || h.status(one[0]) != "suspended" {
			t.Fatalf("read back: %+v, the account is %s; %+v", a.Counts, h.status(one[0]), h.items(a.ID))
		}
		undo, err := h.service.Undo(h.ada(), a.ID)
		h.must(err)
		if undo.Name != "reactivate" || undo.UndoOf != a.ID || undo.State != purser.ActionPlanned {
			t.Fatalf("undo %+v", undo)
		}
		h.send(undo.ID)
		h.read()
		h.must(h.service.Work(t.Context()))
		if undo = h.shown(undo.ID); undo.Counts.Verified != 1 || h.status(one[0]) != "active" {
			t.Errorf("undone: %+v, the account is %s", undo.Counts, h.status(one[0]))
		}
		log, err := audit.New(h.db, h.gate).List(h.ada(), audit.Filter{Object: a.ID}, purser.Page{})
		h.must(err)
		if len(log.Items) < 5 {
			t.Errorf("%d entries in the audit log: %+v", len(log.Items), log.Items)
		}
		if n, err := audit.New(h.db, h.gate).Verify(h.ada()); err != nil || n == 0 {
			t.Errorf("the audit log: %d, %v", n, err)
		}
	})
}
