package web_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"purser"
	"purser/internal/web/browsertest"
)

// question is what somebody in a role comes to the home page for.
type question struct {
	who, asks string
	role      purser.Role
	opens     string   // the link of the number on the home page
	down      []string // the links from there to the vendor's own row
}

// TestEachRoleReachesItsAnswerInFourClicks asks the questions of a finance lead, an IT
// admin, a security officer and an auditor with the demo company's data: from the home
// page each reaches the answer in at most four clicks, the list behind a number has as
// many rows as the number says, and its rows open down to the vendor's own, which has
// the vendor's identifier (for who may see names) and says which instance read it.
func TestEachRoleReachesItsAnswerInFourClicks(t *testing.T) {
	t.Parallel()
	b := chromium.Start(t)
	s := serve(t)
	s.connectAll(t)
	if err := s.Findings.Derive(s.host, nil); err != nil {
		t.Fatal(err)
	}
	const account = `#rows tbody a[href^="/accounts/acc_"]`
	pages := map[purser.Role]*browsertest.Page{}
	for _, role := range []purser.Role{purser.RoleFinance, purser.RoleOperator, purser.RoleAdmin, purser.RoleAuditor} {
		pages[role] = s.signIn(t, b, string(role)+"@example.com", role)
	}
	for _, q := range []question{
		{"finance lead", "which seats nobody uses, and what they cost", purser.RoleFinance, `main tr a[href^="/findings?kind=unused_seat"]`, []string{account}},
		{"finance lead", "what a plan costs of which those seats are", purser.RoleFinance, `main tr a[href^="/findings?kind=unused_seat"]`, []string{`#rows tbody a[href^="/licenses/pln_"]`, `main table a[href^="/accounts/acc_"]`}},
		{"IT admin", "who left and could still sign in", purser.RoleOperator, `main a[href="/people?leavers=1"]`, []string{`#rows tbody a[href^="/people/per_"]`, `main a[href^="/accounts/acc_"]`}},
		{"IT admin", "who has an application", purser.RoleOperator, `main .tile a[href="/applications?status=managed"]`, []string{`#rows tbody a[href^="/people?has=app_"]`, `#rows tbody a[href^="/people/per_"]`, `main a[href^="/accounts/acc_"]`}},
		{"finance lead", "what is open of an application, and what it is worth", purser.RoleFinance, `main .tile a[href="/applications?status=managed"]`, []string{`#rows tbody td:has(.hint) a[href^="/findings?application=app_"]`, account}},
		{"IT admin", "whose accounts are idle", purser.RoleOperator, `main a[href="/accounts?use=inactive"]`, []string{account}},
		{"security officer", "who uses what and is not in HR", purser.RoleAdmin, `main tr a[href="/findings?kind=used_not_in_hr"]`, []string{account}},
		{"security officer", "which accounts match nobody", purser.RoleAdmin, `main a[href="/accounts/unmatched"]`, []string{account}},
		{"auditor", "who has an account, and what says so", purser.RoleAuditor, `main .tile a[href="/accounts"]`, []string{account}},
		{"auditor", "who works here, and what they can reach", purser.RoleAuditor, `main .tile a[href="/people"]`, []string{`#rows tbody a[href^="/people/per_"]`, `main a[href^="/accounts/acc_"]`}},
	} {
		t.Run(q.who+": "+q.asks, func(t *testing.T) {
			p := pages[q.role].For(t)
			p.Open(s.PublicURL() + "/")
			said := numberBeside(p, q.opens)
			w := &byKeyboard{t: t, p: p}
			w.follow(q.opens)
			if shown := firstNumber(p.Text(".rows-count")); shown != said || said == 0 {
				t.Errorf("the home page says %d, the list behind it has %d rows", said, shown)
			}
			for _, link := range q.down {
				w.follow(link)
			}
			w.within(4)
			a, err := s.Inventory.Account(s.host, strings.TrimPrefix(browsertest.Eval[string](p, `location.pathname`), "/accounts/"))
			if err != nil {
				t.Fatal(err)
			}
			if says(p, "Id at the vendor"); q.role != purser.RoleFinance { // it may be an address, which is a name
				says(p, a.ExternalID)
			}
			if a.ExternalID == "" || !browsertest.Eval[bool](p, fmt.Sprintf(`!!document.querySelector('main a[href="/instances/%s"]')`, a.InstanceID)) {
				t.Errorf("the account %s does not say which row of which instance it is", a.ID)
			}
		})
	}
	for _, p := range pages {
		s.clean(p)
	}
}

// follow presses the first link of a kind and waits for its page.
func (w *byKeyboard) follow(link string) {
	w.t.Helper()
	href := browsertest.Eval[string](w.p, fmt.Sprintf(`(document.querySelector(%q) || {getAttribute: () => ""}).getAttribute("href")`, link))
	if href == "" {
		w.t.Fatalf("there is no link %s on %s", link, browsertest.Eval[string](w.p, `location.pathname + location.search`))
	}
	w.press(fmt.Sprintf(`e.getAttribute("href") === %q`, href), fmt.Sprintf(`location.pathname + location.search === %q`, href))
}

// numberBeside is the number that a link of the home page opens: its own, or that of
// its row, its tile or its sentence.
func numberBeside(p *browsertest.Page, link string) int64 {
	return firstNumber(browsertest.Eval[string](p, fmt.Sprintf(`(a => { const row = a.closest("tr"); return row ? row.querySelector("td[data-label], td.numeric, td ~ td").innerText : (a.closest(".tile, li") || a).innerText })(document.querySelector(%q))`, link)))
}

// firstNumber is the first whole number of a text, 0 if it has none.
func firstNumber(text string) int64 {
	for _, word := range strings.Fields(strings.ReplaceAll(text, ",", "")) {
		if n, err := strconv.ParseInt(word, 10, 64); err == nil {
			return n
		}
	}
	return 0
}
