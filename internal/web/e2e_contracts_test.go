package web_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/contract"
	"purser/internal/web/browsertest"
)

// contractPages are the pages of contracts: of the demo's, and of one with a hostile name.
func (s *site) contractPages(t testing.TB) []string {
	t.Helper()
	list, err := s.Contracts.List(s.host, contract.Filter{}, purser.Page{})
	if err != nil || len(list.Items) < 3 {
		t.Fatalf("%d contracts, %v", len(list.Items), err)
	}
	n := int64(3)
	odd, err := s.Contracts.Create(s.host, purser.ContractInput{ContractFacts: purser.ContractFacts{Name: `<img src=x onerror="window.__pwned=1">`, Vendor: "Example <b>Inc.</b>", Custom: map[string]string{"Region": "EMEA"}},
		Terms: purser.ContractTerms{Plans: []purser.ContractPlan{{Name: "One", Per: "user", Quantity: &n}}}})
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.Contracts.StartImport(s.host, "contracts.csv", strings.NewReader("name,vendor,end,plan,quantity,price,currency,billing\nCalls,Example,2027-12-31,Basic,5,4.00,EUR,monthly\nMaps,Example,never,,,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	first := "/contracts/" + list.Items[0].ID
	return []string{"/contracts", "/contracts?q=nothing-of-this-name", "/contracts/new", "/contracts/calendar", "/contracts/import", "/contract-imports/" + in.ID,
		first, first + "/edit", first + "/renew", first + "/amend", first + "/sheet", "/contracts/" + odd.ID, "/contracts/" + odd.ID + "/sheet"}
}

// decideInABrowser writes a contract down, decides it and opens the sheet that was
// frozen with the decision.
func decideInABrowser(t *testing.T, s *site, p *browsertest.Page) {
	p.Open(s.PublicURL() + "/contracts")
	says(p, "by the last day for notice")
	p.Click(`main a[href="/contracts/new"]`)
	p.Until(`location.pathname === "/contracts/new" && document.readyState === "complete" && !!document.querySelector("#f-name")`)
	p.Expect(422)
	p.Click(`main .form-actions button[value="save"]`)
	p.Until(`document.querySelector("main").innerText.includes("The name is missing")`)
	p.Axe()
	p.Type(`main [name="name"]`, "Meetings 2027")
	p.Type(`main [name="vendor"]`, "Example Inc.")
	browsertest.Eval[bool](p, `(() => { const set = (n, v) => { document.querySelector('main [name="' + n + '"]').value = v; };
		set("start", "2026-01-01"); set("notice", "1"); set("notice_unit", "months"); set("plan.0.name", "Business"); set("plan.0.quantity", "40");
		set("plan.0.price", "12.50"); set("plan.0.currency", "EUR"); return true; })()`)
	p.Click(`main .form-actions button[value="save"]`)
	p.Until(`location.pathname.startsWith("/contracts/ctr_")`)
	says(p, "6,000.00 EUR a year")
	says(p, "30 November 2026")
	if text := p.Text("main"); strings.Contains(text, "(no name)") {
		t.Error("the page of a contract tells an error that there is not")
	}
	page := browsertest.Eval[string](p, `location.pathname`)
	p.Click(`main input[name="decision"][value="cancel"]`)
	p.Type(`main [name="why"]`, "Nobody meets any more")
	p.Click(`form[action$="/decide"] button[type="submit"]`)
	p.Until(`location.pathname.includes("/sheet/") && document.readyState === "complete"`)
	says(p, "This sheet is kept as it was then")
	p.Axe()
	p.Open(s.PublicURL() + page)
	says(p, "Nobody meets any more")
	p.Axe()
	p.Click(`main a[href*="/sheet/"]`)
	p.Until(`location.pathname.includes("/sheet/") && document.readyState === "complete"`)
	if got, err := s.Contracts.Contract(s.host, strings.TrimPrefix(page, "/contracts/")); err != nil || got.Decision != purser.DecisionCancel || got.Terms.End != "2026-12-31" {
		t.Errorf("%+v %v", got, err)
	}
}
