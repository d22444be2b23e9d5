package web_test

import (
	"fmt"
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/web/browsertest"
)

// suspendInABrowser turns reclamation on, suspends an account from its page and
// another from a selection, waits until readings show it, and undoes the first.
func suspendInABrowser(t *testing.T, s *site, p *browsertest.Page) {
	var okta purser.Instance
	for _, i := range s.instances(t) {
		if i.Name == "Okta Acme" {
			okta = i
		}
	}
	list, err := s.Inventory.Accounts(s.host, inventory.AccountFilter{InstanceID: okta.ID, Status: []string{"active"}, Query: "example.com"}, purser.Page{Limit: 2})
	if err != nil || len(list.Items) < 2 {
		t.Fatalf("%d active accounts, %v", len(list.Items), err)
	}
	look := func(name string) {
		p.Axe()
		p.Screenshot(name, false)
		p.Size(390, 800)
		p.AxeShape()
		p.Screenshot(name+"-390", false)
		p.Size(1280, 800)
	}
	account := "/accounts/" + list.Items[0].ID
	p.Open(s.PublicURL() + account)
	says(p, "Reclamation is off")
	p.Screenshot("action-account-off", false)

	p.Open(s.PublicURL() + "/instances/" + okta.ID + "/actions")
	says(p, "Off.")
	look("action-switch-off")
	p.Click(`form[action$="/switches/reclamation"] button[name="on"]`)
	p.Until(`location.search.includes("done=saved") && document.querySelector("main").innerText.includes("Turn reclamation off")`)
	look("action-switch-on")

	p.Open(s.PublicURL() + account)
	look("action-account")
	p.Click(`form[action="/actions"] button`)
	p.Until(`location.pathname.startsWith("/actions/act_") && document.readyState === "complete"`)
	says(p, "Nothing was sent yet")
	says(p, "assignments, groups and data stay")
	p.Click("main details summary")
	says(p, "/lifecycle/suspend")
	look("action-dry-run")
	if words := browsertest.Eval[string](p, `document.querySelector("main").innerText`); len(words) == 0 {
		t.Fatal("the dry run is empty")
	}
	p.Click(`form[action$="/run"] button`)
	p.Until(`document.querySelector("main").innerText.includes("1 verified")`)
	suspended := browsertest.Eval[string](p, `location.pathname`)
	p.Open(s.PublicURL() + suspended)
	look("action-verified")
	if a, err := s.Inventory.Account(s.host, list.Items[0].ID); err != nil || a.Status != "suspended" {
		t.Errorf("the account is %s (%v)", a.Status, err)
	}

	p.Click(`form[action$="/undo"] button`)
	p.Until(`location.pathname.startsWith("/actions/act_") && location.pathname !== "` + suspended + `"`)
	p.Click(`form[action$="/run"] button`)
	p.Until(`document.querySelector("main").innerText.includes("1 verified")`)

	p.Open(s.PublicURL() + "/accounts?instance=" + okta.ID + "&status=active")
	p.Click(fmt.Sprintf(`input[name="account"][value="%s"]`, list.Items[1].ID))
	look("action-selection")
	p.Click("#chosen .held-actions button:not([name])")
	p.Until(`document.querySelector("h1").innerText === "Choose an action"`)
	look("action-choose")
	p.Click(`main form[action="/actions"] button`)
	p.Until(`location.pathname.startsWith("/actions/act_") && document.readyState === "complete"`)

	p.Open(s.PublicURL() + "/settings/actions")
	p.Type(`main input[name="pattern"]`, "*")
	p.Expect(422)
	p.Click(`form[action="/settings/actions/protect"] button`)
	says(p, "would fit every address")
	p.Axe()
	p.Open(s.PublicURL() + "/settings/actions")
	p.Type(`main input[name="pattern"]`, "*@board.example.com")
	p.Click(`form[action="/settings/actions/protect"] button`)
	p.Until(`location.search.includes("done=protected")`)
	says(p, "*@board.example.com")
	look("action-protected")
	p.Open(s.PublicURL() + "/actions")
	look("action-list")
}
