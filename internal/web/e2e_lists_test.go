package web_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/leaver"
	"purser/internal/web/browsertest"
)

// The accounts of leavers and those without a person are lists as the others are:
// filtered by their address, with groups of conditions, columns, and the same rows as
// a file; finance reads of no person there to whom an account may belong.
func TestLeaversAndAccountsOfNobodyAreListsInABrowser(t *testing.T) {
	t.Parallel()
	b := chromium.Start(t)
	s := serve(t)
	s.connectSome(t, []string{"bamboohr", "okta", "slack", "xero"})
	if err := s.Findings.Derive(s.host, nil); err != nil {
		t.Fatal(err)
	}
	admin, finance := s.signIn(t, b, "ada@example.com", purser.RoleAdmin), s.signIn(t, b, "fin@example.com", purser.RoleFinance)
	read := func(p *browsertest.Page) [][]string {
		t.Helper()
		rows, err := csv.NewReader(strings.NewReader(browsertest.Eval[string](p, `fetch(document.querySelector('main a[href*="as=csv"]').href).then(r => r.text())`))).ReadAll()
		if err != nil || len(rows) == 0 {
			t.Fatalf("%d lines: %v", len(rows), err)
		}
		return rows
	}
	chat := ""
	for _, i := range s.instances(t) {
		if i.Connector == "slack" {
			chat = i.ID
		}
	}
	want, err := s.Leavers.Access(s.host, leaver.AccessFilter{Instances: []string{chat}}, purser.Page{})
	if err != nil || want.Total == 0 {
		t.Fatalf("%d accounts of leavers (%v)", want.Total, err)
	}
	admin.Open(s.PublicURL() + "/leavers?instance=" + chat + "&cols=person&cols=ended_on&cols=department&sort=person")
	says(admin, "Department")
	if n := firstNumber(admin.Text(".rows-count")); n != want.Total {
		t.Errorf("the page has %d accounts, want %d", n, want.Total)
	}
	if rows := read(admin); len(rows) != int(want.Total)+1 || strings.Join(rows[0], ",") != "Account,Person,Left,Department" {
		t.Errorf("the file has %d lines under %q", len(rows), rows[0])
	}
	admin.Everywhere("leavers-list", false)
	admin.Open(s.PublicURL() + "/leavers?any1.local=yes&any1.instance=" + chat + "&any2.admin=yes")
	says(admin, "Group 1, Own sign-in: yes")
	admin.Everywhere("leavers-groups", false)

	nobody, err := s.Identity.Unmatched(s.host, inventory.AccountFilter{Status: []string{"active"}}, purser.Page{})
	if err != nil || nobody.Total == 0 {
		t.Fatalf("%d accounts of nobody (%v)", nobody.Total, err)
	}
	for _, p := range []*browsertest.Page{admin, finance} {
		p.Open(s.PublicURL() + "/accounts/unmatched?status=active")
		if n := firstNumber(p.Text(".rows-count")); n != nobody.Total {
			t.Errorf("the page has %d accounts, want %d", n, nobody.Total)
		}
	}
	if rows := read(admin); len(rows) != int(nobody.Total)+1 || strings.Join(rows[0], ",") != "Account,Instance,May belong to,Why,How sure" {
		t.Errorf("the file has %d lines under %q", len(rows), rows[0])
	}
	if rows := read(finance); strings.Join(rows[0], ",") != "Account,Instance" || s.names(t)(browsertest.Eval[string](finance, `document.querySelector("main").outerHTML`)) != "" {
		t.Errorf("finance reads %q, and names on the page", rows[0])
	}
	admin.Everywhere("unmatched-list", false)
	finance.Everywhere("unmatched-finance", false)
	for _, i := range s.instances(t) { // actions are offered where a connector has some
		admin.Open(s.PublicURL() + "/accounts?instance=" + i.ID)
		text := admin.Text("main")
		offered, told := strings.Contains(text, "Action for those ticked"), strings.Contains(text, "declare no action and only read")
		if listed := browsertest.Eval[bool](admin, `!!document.querySelector("#rows tbody tr")`); listed && (offered != s.Actions.Acts(i.Connector) || told == offered) {
			t.Errorf("%s: actions are offered: %v, said to be none: %v", i.Name, offered, told)
		}
	}
	foldedFilters(t, s, admin)
	admin.Open(s.PublicURL() + "/")
	if file := browsertest.Eval[string](admin, `decodeURIComponent(document.querySelector('main .chart-file a[download]').href)`); !strings.HasPrefix(file, "data:text/csv;charset=utf-8,What,Number\nActive,") {
		t.Errorf("the file behind the first chart is %.200q", file)
	}
	admin.Everywhere("home-files", true)
	admin.Expect(422)
	admin.Open(s.PublicURL() + "/accounts?status=actve")
	says(admin, "active, invited, suspended, deactivated, unknown")
	admin.Everywhere("value-that-is-not", false)
	s.clean(admin)
	s.clean(finance)
}

// foldedFilters looks at the filters of a list in a narrow window: folded behind one
// button that says how many are set, opened by keyboard, and open in a wide one.
func foldedFilters(t *testing.T, s *site, p *browsertest.Page) {
	t.Helper()
	const menu = `document.querySelector(".filter-fold .filter > summary").checkVisibility()`
	p.Size(390, 800)
	p.Open(s.PublicURL() + "/accounts?status=active&use=never&cols=email")
	p.Until(`!document.querySelector(".filter-fold").open`)
	if text := strings.Join(strings.Fields(p.Text(".filter-fold > summary")), " "); text != "Filters 2" || browsertest.Eval[bool](p, menu) {
		t.Errorf("in a narrow window the filters are %q", text)
	}
	p.Everywhere("filters-folded", false)
	p.Size(390, 800)
	p.Until(`!document.querySelector(".filter-fold").open`)
	w := &byKeyboard{t: t, p: p}
	w.press(`e.matches(".filter-fold > summary")`, menu)
	p.AxeShape()
	p.Screenshot("filters-open-390", false)
	w.tick(`e.matches(".filter-fold .filter summary")`)
	p.Until(`!!document.querySelector(".filter-fold .filter[open]")`)
	w.tick(`e.matches('.filter-fold .filter[open] input')`)
	p.Until(`document.querySelector("[data-fold-count]").textContent === "3"`)
	p.Size(1280, 800)
	p.Until(menu)
}
