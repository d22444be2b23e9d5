package web_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/finding"
	"purser/internal/web/browsertest"
)

// lookAtFindings goes from the home page to the inbox and accepts one, and sets a
// threshold after the simulator has shown what it would select.
func lookAtFindings(t *testing.T, s *site, p *browsertest.Page) {
	t.Helper()
	if err := s.Findings.Derive(s.host, nil); err != nil {
		t.Fatal(err)
	}
	before, err := s.Findings.List(s.host, finding.Filter{}, purser.Page{})
	if err != nil || before.Total == 0 {
		t.Fatalf("the company has %d findings (%v)", before.Total, err)
	}
	p.Open(s.PublicURL() + "/findings?kind=" + string(before.Items[0].Kind)) // whoever asked for a kind sees its rows first
	p.Until(`document.querySelector("#decide").compareDocumentPosition(document.querySelector('[aria-label="Open findings by kind"]')) === Node.DOCUMENT_POSITION_FOLLOWING`)
	p.Open(s.PublicURL() + "/findings?n=25")
	p.Screenshot("findings", false)
	p.Axe()
	p.Click(`#decide tbody input[name="finding"]`)
	p.Type(`#decide input[name="reason"]`, "looked at with the owner")
	p.Click(`#decide button[value="accepted"]`)
	p.Until(`location.search.includes("done=decided") && document.readyState === "complete"`)
	accepted, err := s.Findings.List(s.host, finding.Filter{States: []string{purser.FindingAccepted}}, purser.Page{})
	if err != nil || accepted.Total != 1 || accepted.Items[0].Reason != "looked at with the owner" {
		t.Errorf("accepted: %+v (%v)", accepted.Items, err)
	}
	if err := s.Findings.Derive(s.host, nil); err != nil {
		t.Fatal(err)
	}
	after, err := s.Findings.List(s.host, finding.Filter{}, purser.Page{})
	if err != nil || after.Total != before.Total-1 {
		t.Errorf("%d are open after one of %d was accepted (%v)", after.Total, before.Total, err)
	}
	app := s.instances(t)[0].Application
	p.Open(s.PublicURL() + "/findings?application=" + app) // what is counted within an application opens that alone
	for _, href := range browsertest.Eval[[]string](p, `[...document.querySelectorAll('[aria-label="Open findings by kind"] tbody a')].map(e => e.getAttribute("href"))`) {
		if !strings.Contains(href, "application="+app) {
			t.Errorf("a number of findings within %s opens %s", app, href)
		}
	}
	p.Open(s.PublicURL() + "/applications/" + app + "/use?days=15#simulator")
	p.Screenshot("application-use", false)
	p.Click(`main form[action$="/threshold"] button`)
	p.Until(`location.search.includes("done=saved") && document.readyState === "complete"`)
	u, err := s.Inventory.ApplicationUse(s.host, app, 0)
	if err != nil || u.Days != 15 {
		t.Errorf("the threshold is %d days (%v)", u.Days, err)
	}
	p.Axe()
}
