package action_test

import (
	"testing"
	"time"

	"purser"
	"purser/internal/sandbox"
	"purser/internal/source/scimtest"
	"purser/internal/store/storetest"
)

// What the vendor itself tells the next time proves an action, and its undoing: here
// a directory that changes by PUT, and a real SCIM server that changes by PATCH.
func TestTheNextRosterOfEachVendorProvesASuspensionAndItsUndoing(t *testing.T) {
	h := &house{t: t, clock: time.Now().UTC().Truncate(time.Second), gate: &gate{no: map[purser.Operation]bool{}},
		also: map[string]string{"planner.example.com": scimtest.Start(t)}}
	h.db = storetest.Open(t, storetest.SQLite(t))
	h.build()
	vendors := []sandbox.Connection{{Connector: "scim", Name: "Planner by SCIM", Auth: "token", Fields: map[string]string{"token": scimtest.Token},
		Settings: map[string]string{"application": "Planner", "address": "https://planner.example.com/scim/v2"}}}
	for _, of := range h.box.Connections() {
		if of.Connector == sandbox.Google {
			vendors = append(vendors, of)
		}
	}
	for _, of := range vendors {
		t.Run(of.Connector, func(t *testing.T) {
			h.t = t
			h.join(of)
			h.read()
			h.on()
			two := h.active(3)[1:] // the first may be the one in whose name Purser works
			done := h.send(h.plan("suspend", two).ID)
			if done.Counts.Sent != 2 || done.Counts.Verified != 0 {
				t.Fatalf("sent: %+v; %+v", done.Counts, h.items(done.ID))
			}
			h.proves(done.ID, two, "suspended", "deactivated")
			undo, err := h.service.Undo(h.ada(), done.ID)
			h.must(err)
			h.send(undo.ID)
			h.proves(undo.ID, two, "active")
		})
	}
}

// proves reads the roster once more and asks what it shows.
func (h *house) proves(id string, accounts []purser.Account, states ...string) {
	h.t.Helper()
	h.read()
	h.must(h.service.Work(h.t.Context()))
	if a := h.shown(id); int(a.Counts.Verified) != len(accounts) {
		h.t.Errorf("read back: %+v; %+v", a.Counts, h.items(id))
	}
	for _, a := range accounts {
		if now := h.status(a); now != states[0] && now != states[len(states)-1] {
			h.t.Errorf("the account is %s, want %v", now, states)
		}
	}
}
