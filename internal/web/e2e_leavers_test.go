package web_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/leaver"
	"purser/internal/web/browsertest"
)

// closeLeaver works a leaver's checklist through from the home page: started, called
// done, and verified by what the vendors say at the next sync.
func closeLeaver(t *testing.T, s *site, p *browsertest.Page) {
	t.Helper()
	if err := s.Findings.Derive(s.host, nil); err != nil {
		t.Fatal(err)
	}
	access, err := s.Leavers.Access(s.host, leaver.AccessFilter{}, purser.Page{})
	if err != nil || len(access.Items) == 0 {
		t.Fatalf("%d accounts of leavers: %v", len(access.Items), err)
	}
	at := slices.IndexFunc(access.Items, func(a purser.LeaverAccess) bool { return strings.HasPrefix(a.InstanceName, "Okta") })
	if at < 0 {
		t.Fatalf("no leaver has an account at the identity provider: %+v", access.Items)
	}
	person, err := s.Inventory.Person(s.host, access.Items[at].PersonID)
	if err != nil {
		t.Fatal(err)
	}
	p.Open(s.PublicURL() + "/people?n=25")
	p.Click(`main a[href="/leavers"]`)
	p.Until(`location.pathname === "/leavers" && document.readyState === "complete"`)
	p.Axe()
	p.Screenshot("leavers", false)
	p.Click(`form[action="/people/` + person.ID + `/leaver"] button`)
	p.Until(`location.pathname.startsWith("/leavers/lvr_") && document.readyState === "complete"`)
	page := browsertest.Eval[string](p, `location.pathname`)
	says(p, "Open its page")
	p.Type(`#leaver input[name="note"]`, "closed in the console")
	browsertest.Eval[bool](p, `document.querySelectorAll('#leaver input[name="item"]').forEach(e => e.click()) || true`)
	p.Click(`#leaver button[value="done"]`)
	p.Until(`location.search.includes("done=saved") && document.readyState === "complete"`)
	says(p, "done, not verified yet")
	says(p, "closed in the console")
	p.Screenshot("leaver-done", false)
	if err := s.vendors.Leave(person.Email, false); err != nil {
		t.Fatal(err)
	}
	// The list of users alone: switches and other tasks of the instance have nothing to read.
	if _, err := s.Runs.Start(s.host, access.Items[at].InstanceID, purser.TriggerManual, purser.TaskApplicationRoster); err != nil {
		t.Fatal(err)
	}
	var l purser.List[purser.LeaverChecklist]
	for range 2400 {
		if l, err = s.Leavers.List(s.host, leaver.Filter{Person: person.ID}, purser.Page{}); err != nil || len(l.Items) == 1 && l.Items[0].Verified > 0 {
			break
		}
		<-time.After(50 * time.Millisecond)
	}
	if err != nil || len(l.Items) != 1 || l.Items[0].Verified == 0 {
		t.Fatalf("the checklist after the sync: %+v (%v)", l.Items, err)
	}
	p.Open(s.PublicURL() + page)
	says(p, "verified: deactivated")
	p.Axe()
	p.Screenshot("leaver-verified", false)
	p.Open(s.PublicURL() + "/access?n=25")
	p.Screenshot("access", false)
}
