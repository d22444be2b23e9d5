package ui_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"purser/internal/web/assets"
	"purser/internal/web/browsertest"
	"purser/internal/web/ui"
)

const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

// settled begins an expression that is taken when the layout has come to rest.
const settled = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done("

// serve answers the gallery with the headers of production.
func serve(t *testing.T) (address, host string) {
	t.Helper()
	a, err := assets.Open()
	if err != nil {
		t.Skip(err)
	}
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	mux := http.NewServeMux()
	mux.Handle(assets.Prefix, a.Handler())
	mux.Handle("/", ui.Gallery(ui.Kit{Assets: a, Now: func() time.Time { return at }}))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", csp)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, strings.TrimPrefix(s.URL, "http://")
}

func TestEveryPageIsAccessibleInEveryThemeAndWidth(t *testing.T) {
	address, host := serve(t)
	browser := chromium.Start(t)
	for _, width := range []int{1280, 390} {
		tab := browser.Page(t, width, 800)
		for _, path := range []string{"/", "/list", "/list?q=nothing", "/parts", "/states", "/form", "/bare"} {
			name := cmp.Or(strings.NewReplacer("/", "", "?q=", "-").Replace(path), "home")
			t.Run(fmt.Sprintf("%s/%d", name, width), func(t *testing.T) {
				p := tab.For(t)
				p.Light()
				p.Open(address + path)
				p.Screenshot(fmt.Sprintf("%s-light-%d", name, width), true)
				if width == 390 {
					p.AxeShape() // the rest is as it is wide
				} else {
					p.Axe()
				}
				p.Dark()
				p.Until("document.documentElement.classList.contains('dark')")
				p.Screenshot(fmt.Sprintf("%s-dark-%d", name, width), true)
				p.AxeColors()
				for _, w := range map[int][]int{1280: {640, 1280}, 390: {320, 390}}[width] { // 640 is 1280 at 200 %
					p.Size(w, 800)
					if over := browsertest.Eval[int](p, settled+"document.documentElement.scrollWidth - innerWidth))))"); over > 0 {
						t.Errorf("at %d px the page scrolls sideways by %d px", w, over)
					}
				}
			})
		}
		tab.Clean(host)
	}
}

func TestOpenedPartsAreAccessible(t *testing.T) {
	address, host := serve(t)
	browser := chromium.Start(t)
	for _, c := range []struct {
		name, path, press, see string
		width                  int
		keys                   string
	}{
		{name: "dialog", path: "/list", press: ".pagehead [data-dialog=connect]", see: "#connect", width: 1280},
		{name: "filter", path: "/list", press: ".filters .filter summary", see: ".filter-menu", width: 1280},
		{name: "export", path: "/list", press: ".filter-right summary", see: ".filter-right .filter-menu", width: 1280},
		{name: "menu", path: "/list", press: "tbody tr:nth-child(2) [data-menu]", see: "#row-1", width: 1280},
		{name: "user", path: "/list", press: "[popovertarget=user-menu]", see: "#user-menu", width: 1280},
		{name: "navigation", path: "/list", press: ".nav-open", see: "#nav .nav-close", width: 390},
		{name: "palette", path: "/list", press: "[data-palette]", see: "#palette .palette-item", width: 1280},
		{name: "palette-narrow", path: "/list", press: "[data-palette]", see: "#palette .palette-item", width: 390},
		{name: "shortcuts", path: "/list", keys: "?", see: "#shortcuts", width: 1280},
		{name: "how", path: "/", press: ".tile-how summary", see: ".tile-how p", width: 1280},
		{name: "replace", path: "/form", press: ".replace summary", see: "#f-kept", width: 1280},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := browser.Page(t, c.width, 800)
			p.Light()
			p.Open(address + c.path)
			if c.press != "" {
				p.Click(c.press)
			} else {
				p.Keys(c.keys)
			}
			p.See(c.see)
			p.Screenshot("open-"+c.name+"-light", false)
			p.Axe()
			p.Dark()
			p.Until("document.documentElement.classList.contains('dark')")
			p.Screenshot("open-"+c.name+"-dark", false)
			p.AxeColors()
			p.Clean(host)
		})
	}
}

func TestConfirmationNamesWhatGoesAndWaitsForTheSentence(t *testing.T) {
	address, host := serve(t)
	p := chromium.Start(t).Page(t, 1280, 800)
	p.Open(address + "/parts")
	p.Click("[popovertarget=more]")
	p.See("#more .menu-item")
	p.Click("#more .menu-item")
	p.See("#delete .modal-title")
	p.Screenshot("open-confirm", false)
	p.Axe()
	p.Click("#delete [type=submit]")
	if browsertest.Eval[string](p, "location.pathname") != "/parts" || !browsertest.Eval[bool](p, "document.getElementById('delete').open") {
		t.Error("the form went out without the ticked sentence")
	}
	p.Keys(kb.Escape)
	p.Until("!document.getElementById('delete').open")
	p.Clean(host)
}

func TestRefusedFormShowsItsErrorsFirst(t *testing.T) {
	address, host := serve(t)
	for _, width := range []int{1280, 390} {
		p := chromium.Start(t).Page(t, width, 900)
		p.Expect(http.StatusUnprocessableEntity)
		p.Open(address + "/form")
		p.Click(".form-actions [type=submit]")
		p.See(".error-summary")
		p.Until("document.activeElement.matches('.error-summary')")
		p.Screenshot("form-errors-"+map[int]string{1280: "1280", 390: "390"}[width], true)
		p.Axe()
		p.Clean(host)
	}
}

func TestKeyboardAloneReachesPaletteAndSections(t *testing.T) {
	address, host := serve(t)
	p := chromium.Start(t).Page(t, 1280, 800)
	p.Open(address + "/list")
	p.Keys("/")
	p.Until("document.activeElement.matches('[data-search]')")
	p.Keys("ok") // in a field, keys are text
	p.Until("document.activeElement.value.endsWith('ok')")
	browsertest.Eval[bool](p, "(document.activeElement.blur(), true)")
	p.Run(control("k"))
	p.See("#palette .palette-item[aria-selected=true]")
	p.Keys("form-is-not-found")
	p.See(".palette-empty")
	p.Run(control("a"))
	p.Keys("applic")
	p.Until("document.querySelectorAll('.palette-item').length === 2")
	p.Keys(kb.ArrowDown + kb.Enter)
	p.Until("location.pathname === '/form'")
	p.See("h1")
	p.Keys("gh")
	p.Until("location.pathname === '/'")
	p.Clean(host)
}

func TestFilteringAsksForRowsAloneAndKeepsTheCaret(t *testing.T) {
	address, host := serve(t)
	p := chromium.Start(t).Page(t, 1280, 800)
	p.Open(address + "/list")
	p.Click("[data-search]")
	p.Keys("ident")
	p.Until("document.querySelectorAll('tbody tr').length === 1 && location.search.includes('q=ident')")
	if !browsertest.Eval[bool](p, "document.activeElement.matches('[data-search]')") {
		t.Error("the field lost the focus")
	}
	p.Until("document.getElementById('say').textContent === '1 instance'")
	p.Click(".filter-right summary")
	browsertest.Eval[bool](p, "(document.querySelector('[data-export]').addEventListener('click', e => e.preventDefault()), true)")
	p.Click("[data-export]")
	if got := browsertest.Eval[string](p, "document.querySelector('[data-export]').href"); !strings.Contains(got, "q=ident") {
		t.Errorf("the export asks for %s, not for what is shown", got)
	}
	p.Run(back())
	p.Until("document.querySelectorAll('tbody tr').length === 10")
	p.Click(".filters .filter summary")
	p.Click(".filter-menu .check")
	p.Until("document.querySelector('[data-filter-count]').textContent === '1' && location.search.includes('status=live')")
	p.Clean(host)
}

func TestNavigationSwapsMainAndMovesTheMark(t *testing.T) {
	address, host := serve(t)
	p := chromium.Start(t).Page(t, 1280, 800)
	p.Open(address + "/list")
	browsertest.Eval[bool](p, "(window.kept = true)")
	p.Click("#nav a[href='/']")
	p.Until("document.querySelector('h1').textContent === 'Home'")
	p.Until("document.activeElement.id === 'main'")
	p.Until("document.querySelector('#nav [aria-current=page]').getAttribute('href') === '/'")
	if !browsertest.Eval[bool](p, "window.kept === true") {
		t.Error("the whole page was loaded anew")
	}
	if got := browsertest.Eval[string](p, "document.title"); got != "Home · Purser" {
		t.Errorf("title is %q", got)
	}
	p.Run(back())
	p.Until("document.querySelector('h1').textContent === 'Instances'")
	p.Clean(host)
}

func TestProgressMovesAndItsEndShowsTheResult(t *testing.T) {
	address, host := serve(t)
	p := chromium.Start(t).Page(t, 1280, 800)
	p.Open(address + "/live")
	p.Until("document.getElementById('moving').textContent.includes('page 3')")
	if busy := browsertest.Eval[bool](p, "document.getElementById('moving').hasAttribute('aria-busy')"); busy {
		t.Error("a stream that goes on is told as busy for ever")
	}
	p.Axe()
	// Who is typing is told, not interrupted.
	browsertest.Eval[bool](p, "(document.querySelector('[data-search]').focus(), document.querySelector('[hx-sse\\\\:connect]').dispatchEvent(new Event('done', {bubbles: true})), true)")
	p.See(".note a")
	p.Clean(host)
}

func TestSelectAllAndThemeAndCopy(t *testing.T) {
	address, host := serve(t)
	p := chromium.Start(t).Page(t, 1280, 800)
	p.Open(address + "/list")
	p.Click("[data-select-all]")
	p.Until("document.querySelectorAll('tbody .cell-select input:checked').length === 10")
	p.Click("tbody .cell-select input")
	p.Until("document.querySelector('[data-select-all]').indeterminate")
	p.Click("[data-theme-toggle]")
	p.Until("document.documentElement.classList.contains('dark')")
	p.Open(address + "/parts")
	p.Until("document.documentElement.classList.contains('dark')") // kept
	p.Click("[data-stay] [data-toast-close]")
	p.Until("!document.querySelector('[data-stay]')")
	browsertest.Eval[bool](p, "(document.querySelector('[data-copy]').click(), true)")
	p.Until("document.getElementById('say').textContent !== ''")
	p.Clean(host)
}

func TestListsAndNavigationWorkWithoutScript(t *testing.T) {
	address, host := serve(t)
	p := chromium.Start(t).Page(t, 390, 800)
	p.NoScript()
	p.Open(address + "/list")
	p.Type("[data-search]", "ident")
	p.Click(".filter-submit")
	p.See(".chip")
	if got := p.Text(".rows-count"); got != "1 instance" {
		t.Errorf("the list says %q", got)
	}
	p.Click(".nav-open")
	p.See("#nav .nav-close")
	p.Click("#nav a[href='/']")
	p.See(".needs")
	p.Clean(host)
}

func TestFirstTabSkipsToTheContent(t *testing.T) {
	address, host := serve(t)
	p := chromium.Start(t).Page(t, 1280, 800)
	p.Open(address + "/")
	p.Keys(kb.Tab)
	p.Until("document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0")
	p.Keys(kb.Enter)
	p.Until("document.activeElement.id === 'main'")
	p.Clean(host)
}

func TestForcedColorsKeepEveryEdge(t *testing.T) {
	address, host := serve(t)
	p := chromium.Start(t).Page(t, 1280, 800)
	p.Forced()
	p.Open(address + "/parts")
	p.Screenshot("forced-1280", true)
	if got := browsertest.Eval[string](p, "getComputedStyle(document.querySelector('.mark.tone-live')).borderTopStyle"); got != "solid" {
		t.Errorf("a mark has the edge %q", got)
	}
	p.Clean(host)
}
