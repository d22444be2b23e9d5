package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"purser/internal/web/browsertest"
)

// byKeyboard walks by keyboard alone and counts what would be clicks.
type byKeyboard struct {
	t      *testing.T
	p      *browsertest.Page
	clicks int
	never  func(html string) string // what no page on the way may show; nil: nothing is looked for
}

// to presses Tab until what holds the focus fits: e is the element.
func (w *byKeyboard) to(fits string) {
	w.t.Helper()
	for range 600 {
		w.p.Keys(kb.Tab)
		if browsertest.Eval[bool](w.p, `(e => !!e && (`+fits+`))(document.activeElement)`) {
			return
		}
	}
	w.t.Fatalf("Tab never reaches what is %s on %s", fits, browsertest.Eval[string](w.p, `location.pathname + location.search`))
}

// press presses Enter there and waits for the next page.
func (w *byKeyboard) press(fits, there string) {
	w.t.Helper()
	w.to(fits)
	w.p.Keys(kb.Enter)
	w.come(there)
}

// come waits for a page after what was a click.
func (w *byKeyboard) come(there string) {
	w.t.Helper()
	w.clicks++
	w.p.Until(there + ` && document.readyState === "complete"`)
	w.look()
}

// look fails the test if the page shows what it may not.
func (w *byKeyboard) look() {
	w.t.Helper()
	if w.never == nil {
		return
	}
	if found := w.never(browsertest.Eval[string](w.p, `document.querySelector("main").outerHTML`)); found != "" {
		w.t.Errorf("%s shows %s", browsertest.Eval[string](w.p, `location.pathname + location.search`), found)
	}
}

// tick presses the space bar there, which is a click as well.
func (w *byKeyboard) tick(fits string) {
	w.t.Helper()
	w.to(fits)
	w.p.Keys(" ")
	w.clicks++
}

// write fills in a field.
func (w *byKeyboard) write(fits, text string) {
	w.t.Helper()
	w.to(fits)
	w.p.Keys(text)
}

// file opens a link to a file and returns what is in it.
func (w *byKeyboard) file(fits string) string {
	w.t.Helper()
	w.to(fits)
	w.clicks++
	text := browsertest.Eval[string](w.p, `fetch(document.activeElement.href).then(r => r.ok ? r.text() : "refused: " + r.status)`)
	if w.never != nil {
		if found := w.never(text); found != "" {
			w.t.Errorf("the file shows %s", found)
		}
	}
	return text
}

// within fails the test if it took more clicks than that.
func (w *byKeyboard) within(most int) {
	w.t.Helper()
	if w.clicks > most {
		w.t.Errorf("it took %d clicks, more than %d", w.clicks, most)
	}
}

// find opens what the palette offers for some words: once it is typed, one press.
func (w *byKeyboard) find(words, path string) {
	w.t.Helper()
	w.p.Run(chromedp.KeyEvent("k", chromedp.KeyModifiers(kb.ModifierCtrl)))
	w.p.Until(`document.activeElement.matches("#palette input")`)
	w.p.Keys(words)
	w.p.Until(fmt.Sprintf(`!!document.querySelector('#palette [role=option][href=%q]')`, path))
	for range 30 {
		if browsertest.Eval[bool](w.p, fmt.Sprintf(`(() => { const i = document.querySelector("#palette input"), o = document.getElementById(i.getAttribute("aria-activedescendant") || "-");
			return !!o && o.getAttribute("href") === %q })()`, path)) {
			break
		}
		w.p.Keys(kb.ArrowDown)
	}
	w.p.Keys(kb.Enter)
	w.come(fmt.Sprintf(`location.pathname === %q`, path))
}
