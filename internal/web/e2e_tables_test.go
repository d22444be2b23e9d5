package web_test

import (
	"strings"
	"testing"

	"purser/internal/web/browsertest"
)

// saveAViewInABrowser chooses columns, saves the list with them, opens it again by
// its address, and reads the same as a file.
func saveAViewInABrowser(t *testing.T, s *site, p *browsertest.Page) {
	t.Helper()
	p.Open(s.PublicURL() + "/accounts?n=25&status=active&cols=status&cols=email&sort=name")
	heads := browsertest.Eval[[]string](p, `[...document.querySelectorAll("#rows thead th")].map(e => e.innerText.trim()).filter(x => x)`)
	if got := strings.Join(heads, "|"); got != "Account|Status|E-mail" {
		t.Errorf("the table has the columns %s", got)
	}
	p.Screenshot("accounts-columns", false)
	p.Axe()
	p.Click(`main a[href^="/views/new"]`)
	p.Until(`location.pathname === "/views/new" && document.readyState === "complete" && !!document.querySelector('main [name="name"]')`)
	p.Axe()
	p.Type(`main [name="name"]`, "Active, with addresses")
	p.Click(`main input[name="shared"]`)
	p.Click(`main .form-actions button[type="submit"]`)
	p.Until(`location.pathname === "/views" && document.readyState === "complete"`)
	says(p, "Active, with addresses")
	p.Screenshot("views", false)
	p.Axe()
	p.Click(`main tbody a.name-title`)
	p.Until(`location.pathname === "/accounts" && location.search.includes("cols=email") && document.readyState === "complete"`)
	text := browsertest.Eval[string](p, `fetch(document.querySelector('main a[href*="as=csv"]').href).then(r => r.text())`)
	if head, _, _ := strings.Cut(text, "\n"); strings.TrimSpace(head) != "Account,Status,E-mail" {
		t.Errorf("the file has the columns %s", head)
	}
	p.Open(s.PublicURL() + "/applications/overlap")
	p.Screenshot("overlap", false)
	p.Axe()
}
