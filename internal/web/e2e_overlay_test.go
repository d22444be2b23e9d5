package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/web/browsertest"
)

// calm runs axe on the page as it stands, wide and narrow, light and dark.
func calm(p *browsertest.Page, name string) { p.Everywhere(name, false) }

// Pages before anybody is signed in: the first admin's link, an invited user's
// one-time link, signing in and being refused.
func TestTheWayInIsReadableToEverybody(t *testing.T) {
	b := chromium.Start(t)
	s := serve(t)
	p := b.Page(t, 1280, 800)
	first, err := s.Login.FirstAdminLink(s.host)
	if err != nil {
		t.Fatal(err)
	}
	once, err := s.Login.OneTimeSignIn(s.host, "ada@example.com", "Ada Example", purser.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	invited, err := s.Login.AdminLink(purser.WithActor(s.host, purser.Actor{Kind: purser.ActorHost, ID: "uid:0", Name: "root", Role: purser.RoleAdmin, Origin: "socket"}))
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"sign-in": "/sign-in", "first-link": first, "one-time-link": once, "admin-link": invited} {
		p.Open(s.PublicURL() + path)
		p.See("h1")
		calm(p, name)
	}
	p.Open(s.PublicURL() + "/sign-in")
	p.Expect(401)
	p.Type(`input[name="email"]`, "nobody@example.com")
	p.Type(`input[name="password"]`, "a password of nobody")
	p.Click(`main button[type="submit"], form button[type="submit"]`)
	p.Until(`document.readyState === "complete" && document.body.innerText.includes("wrong")`)
	calm(p, "sign-in-refused")
	for _, status := range []int{403, 404, 422} {
		p.Expect(status)
	}
	p.Open(s.PublicURL() + "/setup?token=made-up")
	p.See("h1")
	calm(p, "link-of-nobody")
	s.clean(p)
}

// openOver opens what lies over a page: the palette, the list of keys, each menu and dialog.
func openOver(t *testing.T, s *site, p *browsertest.Page) {
	p.Open(s.PublicURL() + "/")
	p.Click("[data-palette]")
	p.Type("#palette input", "okta")
	p.Until(`document.querySelectorAll("#palette [role=option]").length > 0`)
	calm(p, "palette-found")
	p.Open(s.PublicURL() + "/")
	p.Click("[data-palette]")
	p.Type("#palette input", "nothing is called so")
	p.Until(`!document.querySelector("#palette .palette-empty").hidden`)
	calm(p, "palette-empty")
	p.Open(s.PublicURL() + "/")
	p.Keys("?")
	p.Until(`document.querySelector("#shortcuts").open`)
	calm(p, "shortcuts")

	okta := ""
	for _, i := range s.instances(t) {
		if i.Name == "Okta Acme" {
			okta = "/instances/" + i.ID
		}
	}
	opened, seen := 0, map[string]bool{}
	for _, path := range []string{"/", "/accounts", "/integrations", okta, okta + "/settings", "/settings/users", "/settings/tokens", "/settings/you"} {
		p.Open(s.PublicURL() + path)
		popovers := browsertest.Eval[[]string](p, `[...document.querySelectorAll("[popover][id]")].filter(e => e.id !== "nav").map(e => e.id)`)
		dialogs := browsertest.Eval[[]string](p, `[...document.querySelectorAll("dialog[id]")].filter(e => !["palette", "shortcuts"].includes(e.id)).map(e => e.id)`)
		filters := browsertest.Eval[int](p, `document.querySelectorAll("main details.filter").length`)
		// A table has a menu for each row, each page the same one for its reader: one of a kind is enough.
		open := func(what, script string) {
			t.Helper()
			parts := strings.SplitN(what, "-", 3)
			if kind := parts[0] + parts[1]; seen[kind] {
				return
			} else {
				seen[kind] = true
			}
			p.Open(s.PublicURL() + path)
			browsertest.Eval[int](p, "("+script+", 0)")
			p.Axe()
			p.Dark()
			p.AxeColors()
			p.Screenshot(pictureName(path, what), false)
			p.Light()
			opened++
		}
		for _, id := range popovers {
			open("menu-"+id, fmt.Sprintf(`document.getElementById(%q).showPopover()`, id))
		}
		for _, id := range dialogs {
			open("dialog-"+id, fmt.Sprintf(`document.getElementById(%q).showModal()`, id))
		}
		if filters > 0 {
			open("filter-"+strings.Trim(path, "/"), `document.querySelector("main details.filter").open = true`)
		}
	}
	if opened < 5 {
		t.Errorf("only %d menus and dialogs were opened", opened)
	}
	p.Size(390, 800)
	p.Open(s.PublicURL() + "/")
	p.Click(".nav-open")
	p.See("#nav:popover-open")
	p.Axe()
	p.Size(1280, 800)
}

func errorPages(t *testing.T, s *site, admin, auditor *browsertest.Page) {
	admin.Expect(404)
	admin.Expect(500)
	auditor.Expect(403)
	admin.Open(s.PublicURL() + "/no-such-page")
	calm(admin, "error-404")
	auditor.Open(s.PublicURL() + "/catalog/okta/connect")
	says(auditor, "auditor")
	calm(auditor, "error-403")
	rename := func(from, to string) {
		t.Helper()
		err := s.DB.Write(s.host, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "ALTER TABLE "+from+" RENAME TO "+to)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	rename(`change`, `change_away`) // a failure of our own, whatever it is
	defer rename(`change_away`, `change`)
	account := ""
	admin.Open(s.PublicURL() + "/accounts?n=25")
	if account = firstLink(admin, `main tbody a[href^="/accounts/"]`); account == "" {
		t.Fatal("no account is listed")
	}
	admin.Open(s.PublicURL() + account)
	says(admin, "error of its own")
	if words := browsertest.Eval[string](admin, `document.body.innerText`); strings.Contains(words, "change_away") || strings.Contains(words, "SQL") {
		t.Errorf("the page tells what is for the log: %s", words)
	}
	calm(admin, "error-500")
}

// longName opens the account with a name of ten thousand characters.
func longName(t *testing.T, s *site, p *browsertest.Page) {
	p.Open(s.PublicURL() + "/accounts?q=Wolfeschlegelsteinhausen")
	p.Click("#rows tbody a.name-title")
	p.Until(`/^.accounts.acc/.test(location.pathname) && document.readyState === "complete" && document.querySelector("main h1") !== null`)
	if n := browsertest.Eval[int](p, `document.querySelector("main h1").innerText.length`); n > 200 {
		t.Errorf("the title has %d characters", n)
	}
	if n := browsertest.Eval[int](p, `document.title.length`); n > 200 {
		t.Errorf("the window's title has %d characters", n)
	}
	for _, width := range []int{1280, 390} {
		p.Size(width, 800)
		if over := browsertest.Eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("at %d px the page scrolls sideways by %d px", width, over)
		}
		if height := browsertest.Eval[float64](p, `Math.max(...[...document.querySelectorAll("main .facts > div, main .pagehead")].map(e => e.getBoundingClientRect().height))`); height > 300 {
			t.Errorf("at %d px one fact is %v px high", width, height)
		}
		p.Screenshot(fmt.Sprintf("long-name-%d", width), true)
	}
	p.Click("main .long > summary")
	p.Until(`document.querySelector("main .long").open && document.querySelector("main .long > p").innerText.length >= 10000`)
	calm(p, "long-name-open")
	if over := browsertest.Eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("all of it makes the page scroll sideways by %d px", over)
	}
}
