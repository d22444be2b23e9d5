package web_test

import (
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"purser"
	"purser/internal/contract"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/web/browsertest"
)

// walker is somebody who walks from the home page, wide and light, then narrow and dark.
type walker struct {
	role  purser.Role
	page  *browsertest.Page
	never func(html string) string
}

// ways are those in which each walk is gone.
var ways = []struct {
	name  string
	width int
	dark  bool
}{{"1280 light", 1280, false}, {"390 dark", 390, true}}

// TestAnswersByKeyboardAlone walks from the home page to what people come for, by
// keyboard alone and in at most four clicks: as an admin, as finance, who sees no
// names on any page or file on the way, and as an operator, who sees no prices.
func TestAnswersByKeyboardAlone(t *testing.T) {
	t.Parallel()
	b := chromium.Start(t)
	s := serve(t)
	s.connectAll(t)
	if err := s.Findings.Derive(s.host, nil); err != nil {
		t.Fatal(err)
	}
	walkers := []walker{{purser.RoleFinance, s.signIn(t, b, "fin@example.com", purser.RoleFinance), s.names(t)},
		{purser.RoleOperator, s.signIn(t, b, "oz@example.com", purser.RoleOperator), prices}, {purser.RoleAdmin, s.signIn(t, b, "ada@example.com", purser.RoleAdmin), nil}}
	for _, walk := range []struct {
		name string
		do   func(s *site, r walker, w *byKeyboard, way string)
	}{{"the ten most expensive unused seats", mostExpensiveSeats}, {"a renewal decided and its sheet printed", decideAndPrint}, {"a finding accepted", acceptOne},
		{"findings accepted at once", acceptAll}, {"a view saved and exported", saveAndExport}, {"contracts changed in a file", changeInAFile}} {
		for _, r := range walkers {
			t.Run(walk.name+", "+string(r.role), func(t *testing.T) {
				for _, way := range ways {
					p := r.page.For(t)
					p.Size(way.width, 800)
					if p.Light(); way.dark {
						p.Dark()
					}
					p.Open(s.PublicURL() + "/")
					w := &byKeyboard{t: t, p: p, never: r.never}
					w.look()
					walk.do(s, r, w, way.name)
					w.within(4)
				}
				r.page.For(t).EveryWay(strings.ReplaceAll(walk.name, " ", "-") + "-" + string(r.role))
			})
		}
	}
	for _, r := range walkers {
		s.clean(r.page)
	}
}

// names returns what finds the name or the address of one of the company's people.
func (s *site) names(t testing.TB) func(html string) string {
	t.Helper()
	var all []string
	if err := s.Inventory.EachPerson(s.host, inventory.PersonFilter{}, func(p purser.Person) error {
		all = append(all, p.DisplayName, p.Email)
		return nil
	}); err != nil || len(all) < 200 {
		t.Fatalf("%d names: %v", len(all), err)
	}
	all = slices.DeleteFunc(all, func(name string) bool { return len(name) < 6 })
	return func(html string) string {
		if i := slices.IndexFunc(all, func(name string) bool { return strings.Contains(html, name) }); i >= 0 {
			return "the name " + all[i]
		}
		return ""
	}
}

// prices finds an amount of money.
func prices(html string) string {
	return regexp.MustCompile(`\d\.\d\d (EUR|USD|GBP)|(EUR|USD|GBP) \d`).FindString(html)
}

func mostExpensiveSeats(s *site, r walker, w *byKeyboard, _ string) {
	w.t.Helper()
	w.press(`e.matches('main a[href^="/findings?kind=unused_seat"]')`, `location.pathname === "/findings" && location.search.includes("kind=unused_seat")`)
	if n := browsertest.Eval[int](w.p, `document.querySelectorAll('#rows tbody tr').length`); n < 10 {
		w.t.Fatalf("%d unused seats are shown", n)
	}
	rows := browsertest.Eval[[]string](w.p, `[...document.querySelectorAll('#rows tbody [data-label="Worth in a year"]')].map(e => e.innerText)`)
	if r.role != purser.RoleOperator {
		before := 1e12
		for _, text := range rows[:10] {
			amount, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "Worth in a year")), ",", ""), " ")
			n, err := strconv.ParseFloat(amount, 64)
			if err != nil || n > before {
				w.t.Errorf("the values of the first ten are %q", rows[:10])
				break
			}
			before = n
		}
	}
	// And down to the row of the vendor's own list.
	w.press(`e.matches('#rows tbody a[href^="/accounts/acc_"]')`, `location.pathname.startsWith("/accounts/acc_")`)
	says(w.p, "What sources say")
}

func decideAndPrint(s *site, r walker, w *byKeyboard, way string) {
	w.t.Helper()
	w.press(`e.matches('main a[href^="/contracts/ctr_"]')`, `location.pathname.startsWith("/contracts/ctr_")`)
	id := browsertest.Eval[string](w.p, `location.pathname.split("/")[2]`)
	why := "Cheaper elsewhere, " + string(r.role) + ", " + way
	if r.role == purser.RoleOperator {
		w.press(`e.matches('main a[href$="/sheet"]')`, `location.pathname.endsWith("/sheet")`)
	} else {
		w.to(`e.matches('main input[name="decision"]')`)
		for range 10 {
			if browsertest.Eval[bool](w.p, `document.activeElement.value === "change"`) {
				break
			}
			w.p.Keys(kb.ArrowDown)
		}
		w.clicks++
		w.write(`e.matches('main [name="why"]')`, why)
		w.press(`e.matches('form[action$="/decide"] button[type="submit"]')`, `location.pathname.includes("/sheet/")`)
	}
	browsertest.Eval[bool](w.p, `(window.print = () => { document.body.dataset.printed = "yes" }, true)`)
	w.press(`e.matches('main [data-print]')`, `document.body.dataset.printed === "yes"`)
	pdf := browsertest.Get(w.p, chromedp.PrintToPDF())
	if !strings.HasPrefix(string(pdf), "%PDF") || len(pdf) < 10_000 {
		w.t.Errorf("the sheet printed has %d bytes", len(pdf))
	}
	if c, err := s.Contracts.Contract(s.host, id); err != nil || (c.Decision == purser.DecisionChange) != (r.role != purser.RoleOperator) {
		w.t.Errorf("after the walk the decision is %q (%v)", c.Decision, err)
	}
	if r.role != purser.RoleOperator {
		says(w.p, why)
	}
}

// accepted counts the findings of a kind that are accepted.
func (s *site) accepted(t testing.TB, kind string) int64 {
	t.Helper()
	list, err := s.Findings.List(s.host, finding.Filter{Kinds: []string{kind}, States: []string{purser.FindingAccepted}}, purser.Page{})
	if err != nil {
		t.Fatal(err)
	}
	return list.Total
}

func acceptOne(s *site, r walker, w *byKeyboard, way string) {
	w.t.Helper()
	before := s.accepted(w.t, "leaver_access")
	w.press(`e.matches('main a[href="/findings?kind=leaver_access"]')`, `location.search.includes("kind=leaver_access")`)
	w.tick(`e.matches('#decide tbody input[name="finding"]')`)
	w.write(`e.matches('#decide input[name="reason"]')`, "they come back in May")
	w.press(`e.matches('#decide button[value="accepted"]')`, `location.search.includes("done=decided")`)
	if n := s.accepted(w.t, "leaver_access"); n != before+1 {
		w.t.Errorf("%d are accepted after one of %d", n, before)
	}
}

func acceptAll(s *site, r walker, w *byKeyboard, way string) {
	w.t.Helper()
	kind := map[string]string{"finance 1280 light": "new_application", "finance 390 dark": "unused_seat", "operator 1280 light": "unknown_account", "operator 390 dark": "renewal_due",
		"admin 1280 light": "leaver_access", "admin 390 dark": "undeprovisioned_seat"}[string(r.role)+" "+way]
	w.press(`e.matches('main a[href^="/findings?kind=`+kind+`"]')`, `location.search.includes("kind=`+kind+`")`)
	if browsertest.Eval[bool](w.p, `!!document.querySelector('#decide input[name="all"]')`) { // there are more than on the page
		w.tick(`e.matches('#decide input[name="all"]')`)
	} else {
		w.tick(`e.matches('#decide [data-select-all]')`)
	}
	w.write(`e.matches('#decide input[name="reason"]')`, "agreed for this year")
	w.press(`e.matches('#decide button[value="accepted"]')`, `location.search.includes("done=decided")`)
	if open, err := s.Findings.List(s.host, finding.Filter{Kinds: []string{kind}}, purser.Page{}); err != nil || open.Total != 0 || s.accepted(w.t, kind) == 0 {
		w.t.Errorf("%d of the kind %s are still open, %d accepted (%v)", open.Total, kind, s.accepted(w.t, kind), err)
	}
}

func saveAndExport(s *site, r walker, w *byKeyboard, way string) {
	w.t.Helper()
	name := "Idle, " + string(r.role) + " " + way
	w.press(`e.matches('main a[href="/accounts?use=inactive"]')`, `location.pathname === "/accounts"`)
	w.press(`e.matches('main a[href^="/views/new"]')`, `location.pathname === "/views/new"`)
	w.write(`e.matches('main [name="name"]')`, name)
	w.press(`e.matches('main .form-actions button[type="submit"]')`, `location.pathname === "/views"`)
	rows, err := csv.NewReader(strings.NewReader(w.file(`e.matches('main a[href*="as=csv"][aria-label^="` + name + `"]')`))).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	list, err := s.Inventory.Accounts(s.host, inventory.AccountFilter{Use: []string{"inactive"}}, purser.Page{})
	if err != nil || len(rows) != int(list.Total)+1 || list.Total == 0 {
		w.t.Errorf("the file has %d lines for %d accounts (%v)", len(rows), list.Total, err)
	}
}

func changeInAFile(s *site, r walker, w *byKeyboard, way string) {
	w.t.Helper()
	if r.role == purser.RoleOperator {
		w.p.Run(chromedp.KeyEvent("k", chromedp.KeyModifiers(kb.ModifierCtrl)))
		w.p.Keys("contracts")
		w.p.Until(`!!document.querySelector('#palette [role=option][href="/contracts"]')`)
		if browsertest.Eval[bool](w.p, `!!document.querySelector('#palette [role=option][href="/contracts/import"]')`) {
			w.t.Error("the palette offers what an operator may not do")
		}
		w.p.Keys(kb.Escape)
		return
	}
	w.find("change many", "/contracts/import")
	text := w.file(`e.matches('main a[href^="/contracts/import/export"]')`)
	w.within(4)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) < 5 {
		w.t.Fatalf("%d lines: %v", len(rows), err)
	}
	order := slices.Index(rows[0], "po_number")
	for _, row := range rows[1:] {
		row[order] = "PO " + string(r.role) + " " + strconv.Itoa(browsertest.Eval[int](w.p, `innerWidth`))
	}
	var edited strings.Builder
	if err := csv.NewWriter(&edited).WriteAll(rows); err != nil {
		w.t.Fatal(err)
	}
	w.p.Open(s.PublicURL() + "/")
	w.clicks = 0
	w.find("change many", "/contracts/import")
	w.to(`e.matches('main input[type="file"]')`)
	w.clicks++
	browsertest.Eval[bool](w.p, fmt.Sprintf(`(() => { const d = new DataTransfer(); d.items.add(new File([%q], "contracts.csv", {type: "text/csv"})); document.activeElement.files = d.files; return true })()`, edited.String()))
	w.press(`e.matches('form[action="/contracts/import"] button[type="submit"]')`, `location.pathname.startsWith("/contract-imports/")`)
	list, err := s.Contracts.List(s.host, contract.Filter{Ended: true}, purser.Page{})
	if err != nil {
		w.t.Fatal(err)
	}
	says(w.p, "would be: 0 new, "+strconv.Itoa(len(list.Items))+" changed, 0 as they are")
	for _, c := range list.Items {
		if c.Terms.PONumber == rows[1][order] {
			w.t.Errorf("%s was changed before anybody confirmed it", c.Name)
		}
	}
	if !browsertest.Eval[bool](w.p, `document.querySelector('main button[value="import"]').compareDocumentPosition(document.querySelector("main select")) === Node.DOCUMENT_POSITION_FOLLOWING`) {
		w.t.Error("of a file of which every column is recognized the columns stand before what changes")
	}
	w.press(`e.matches('main button[value="import"]')`, `document.querySelector("main").innerText.includes("The file was taken over")`)
	if list, err = s.Contracts.List(s.host, contract.Filter{Ended: true}, purser.Page{}); err != nil {
		w.t.Fatal(err)
	}
	for _, c := range list.Items {
		if c.Terms.PONumber != rows[1][order] {
			w.t.Errorf("%s has the order number %q", c.Name, c.Terms.PONumber)
		}
	}
}
