package web_test

import (
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/web/browsertest"
)

// whoseInABrowser takes an account from its person, links it to another by a
// search, lets the rules decide again, and merges two people and splits them.
func whoseInABrowser(t *testing.T, s *site, p *browsertest.Page) {
	yes := true
	list, err := s.Inventory.Accounts(s.host, inventory.AccountFilter{Matched: &yes, Query: "example.com"}, purser.Page{Limit: 1})
	if err != nil || len(list.Items) < 1 {
		t.Fatalf("%d accounts with a person, %v", len(list.Items), err)
	}
	people, err := s.Inventory.People(s.host, inventory.PersonFilter{Query: "example.com"}, purser.Page{Limit: 5})
	if err != nil || len(people.Items) < 2 {
		t.Fatalf("%d people, %v", len(people.Items), err)
	}
	a := list.Items[0]
	other := people.Items[0]
	if other.ID == a.PersonID {
		other = people.Items[1]
	}
	look := func(name string) {
		p.Axe()
		p.Screenshot(name, false)
		p.Size(390, 800)
		p.AxeShape()
		p.Screenshot(name+"-390", false)
		p.Size(1280, 800)
	}
	account := s.PublicURL() + "/accounts/" + a.ID
	back := `location.pathname === "/accounts/` + a.ID + `" && location.search.includes("done=saved") && document.readyState === "complete"`
	p.Open(account)
	says(p, "same e-mail address")
	p.Click(`form[action$="/unlink"] button`)
	p.Until(back)
	says(p, "linked to nobody")
	p.Open(account + "/link?q=" + other.Email)
	p.Click(`main form[action$="/link"] button[aria-label]`)
	p.Until(back)
	says(p, "certain: a person decided it")
	p.Click(`form[action$="/undo"] button`)
	p.Until(back)
	says(p, "same e-mail address")

	p.Open(s.PublicURL() + "/people/" + other.ID + "/merge?q=" + a.Email)
	look("whose-merge")
	p.Click(`main form[action$="/merge"] button[aria-label]`)
	p.Until(`/^.people.per_\d+$/.test(location.pathname) && location.search.includes("done=saved") && document.readyState === "complete"`)
	says(p, "merged by")
	look("whose-person")
	merged := browsertest.Eval[string](p, `location.pathname`)
	p.Open(s.PublicURL() + "/access?q=" + other.Email)
	p.See(`td a + a`)
	look("whose-access")
	p.Open(s.PublicURL() + merged)
	p.Click(`main form[action$="/split"] button`)
	p.Until(`!document.querySelector("main").innerText.includes("merged by") && document.readyState === "complete"`)

	p.Open(s.PublicURL() + "/settings/sources")
	save := func(change string) {
		browsertest.Eval[int](p, change)
		p.Click(`main form[action="/settings/sources"] button[type="submit"]`)
		p.Until(`document.readyState === "complete" && location.search.includes("done=saved")`)
		says(p, "Saved.")
		p.Click(`.flash [data-toast-close]`)
		p.Until(`!document.querySelector(".flash .note")`)
		p.Open(s.PublicURL() + "/settings/sources")
	}
	save(`(document.querySelector("[name='first.title']").selectedIndex = 2, 0)`)
	if browsertest.Eval[string](p, `document.querySelector("[name='first.title']").value`) == "" {
		t.Error("the source of a single field is forgotten")
	}
	save(`(document.querySelector("[name=default]").checked = true, 0)`)
	if got := browsertest.Eval[string](p, `document.querySelector("[name='first.title']").value`); got != "" {
		t.Errorf("after going back to the default %q comes first", got)
	}
	p.Open(account)
	says(p, "What counts")
	look("whose-account-words")
}
