package browsertest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Violation is one rule of axe that a page breaks.
type Violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string   `json:"html"`
		Target  []string `json:"target"`
		Summary string   `json:"failureSummary"`
	} `json:"nodes"`
}

// String lists the rule and where it is broken.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for i, n := range v.Nodes {
		if i == 4 {
			fmt.Fprintf(&b, "\n    and %d more", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n    %s\n      %s\n      %s", strings.Join(n.Target, " "), n.HTML, strings.ReplaceAll(n.Summary, "\n", " "))
	}
	return b.String()
}

// Axe fails the test for every rule of WCAG 2.2 A and AA and of best practice that
// the page breaks as it stands. Without axe-core (npm ci) the test is skipped, or
// fails where PURSER_TEST_BROWSER_REQUIRED is set.
func (p *Page) Axe() {
	p.t.Helper()
	for _, v := range p.Violations() {
		p.t.Errorf("axe: %s", v)
	}
}

// AxeColors is Axe for the rules that another theme can break on the same page.
func (p *Page) AxeColors() {
	p.t.Helper()
	p.axe(`"color-contrast", "link-in-text-block"`)
}

// AxeShape is Axe for the rules that another width or theme can break on a page that
// Axe was content with: the words and the order of its parts are the same there.
func (p *Page) AxeShape() {
	p.t.Helper()
	p.axe(`"color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"`)
}

// Everywhere looks at the page as it stands: all rules wide and light, and those that
// a width or a theme can break narrow and dark. Each is pictured by name and how it
// was looked at; full takes the whole page. At neither width it may scroll sideways.
// The window is wide and light afterwards.
func (p *Page) Everywhere(name string, full bool) {
	p.t.Helper()
	p.Size(1280, 800)
	p.Light()
	p.Axe()
	p.fits(1280)
	p.Screenshot(name+"-1280-light", full)
	p.pictured(name, full)
	p.Size(390, 800)
	p.darken()
	p.AxeShape()
	p.fits(390)
	p.Until(openTabInSight)
	p.Screenshot(name+"-390-dark", full)
	p.Size(1280, 800)
	p.Light()
}

// EveryWay is Everywhere with a look at both other ways as well: narrow and light, wide
// and dark. For a page at the end of a walk, of which there are few.
func (p *Page) EveryWay(name string) {
	p.t.Helper()
	p.Everywhere(name, true)
	p.darken()
	p.AxeColors()
	p.fits(1280)
	p.Light()
	p.Until(`!document.documentElement.classList.contains("dark")`)
	p.Size(390, 800)
	p.AxeShape()
	p.fits(390)
	p.uncut()
	p.Size(1280, 800)
}

// uncut fails the test for each control whose words are wider than its box.
func (p *Page) uncut() {
	p.t.Helper()
	for _, what := range Eval[[]string](p, cutControls) {
		p.t.Errorf("cut off: %s", what)
	}
}

// cutControls lists the controls in sight whose words are wider than their box.
const cutControls = `[...document.querySelectorAll("main select, main button, main a.btn, main input:not([type=hidden], [type=checkbox], [type=radio], [type=file])")]
	.filter(e => e.checkVisibility() && e.clientWidth > 1).map(e => {
		let over = e.scrollWidth - e.clientWidth;
		if (e.tagName === "SELECT") {
			const s = getComputedStyle(e), pen = document.createElement("canvas").getContext("2d");
			pen.font = s.font;
			over = pen.measureText(e.selectedOptions[0]?.text ?? "").width - e.clientWidth + parseFloat(s.paddingLeft) + parseFloat(s.paddingRight);
		}
		return over > 1 ? (e.getAttribute("aria-label") || e.name || e.innerText) + " by " + Math.ceil(over) + " px" : "";
	}).filter(Boolean)`

// openTabInSight asks whether the open part of each row of tabs stands between its ends.
const openTabInSight = `[...document.querySelectorAll('.tabrow [aria-current="page"]')].every(tab => {
	const t = tab.getBoundingClientRect(), row = tab.closest(".tabrow").getBoundingClientRect();
	return t.left >= row.left - 1 && t.right <= row.right + 1;
})`

// darken sets the dark theme and waits until the page follows: its script hears of
// it with the next frame.
func (p *Page) darken() {
	p.t.Helper()
	p.Dark()
	p.Until(`document.documentElement.classList.contains("dark")`)
}

// fits fails the test if the page scrolls sideways.
func (p *Page) fits(width int) {
	p.t.Helper()
	if over := Eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		p.t.Errorf("at %d px the page scrolls sideways by %d px", width, over)
	}
}

// pictured takes the two pictures for which nothing is looked at, if any are wanted.
func (p *Page) pictured(name string, full bool) {
	p.t.Helper()
	if os.Getenv("PURSER_SCREENSHOTS") == "" {
		return
	}
	p.darken()
	p.Screenshot(name+"-1280-dark", full)
	p.Light()
	p.Size(390, 800)
	p.Screenshot(name+"-390-light", full)
}

// axe fails the test for those rules, which are names in quotes.
func (p *Page) axe(rules string) {
	p.t.Helper()
	for _, v := range p.violations(`{type: "rule", values: [` + rules + `]}`) {
		p.t.Errorf("axe: %s", v)
	}
}

// Violations returns what Axe would fail for.
func (p *Page) Violations() []Violation {
	p.t.Helper()
	return p.violations(`{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`)
}

// violations runs axe with those rules.
func (p *Page) violations(only string) []Violation {
	p.t.Helper()
	source, err := axeSource()
	if err != nil {
		if os.Getenv("PURSER_TEST_BROWSER_REQUIRED") != "" {
			p.t.Fatal(err)
		}
		p.t.Skip(err)
	}
	if !Eval[bool](p, `typeof axe === "object"`) {
		Eval[int](p, source+";0") // by the debugger: the page's CSP does not concern it
	}
	return Eval[[]Violation](p, `axe.run(document, {runOnly: `+only+`, resultTypes: ["violations"]})
		.then(r => r.violations.map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map(n =>
			({html: n.html.slice(0, 300), target: n.target.map(String), failureSummary: n.failureSummary}))})))`)
}

// axeSource reads axe-core from the module's node_modules.
func axeSource() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the test's folder")
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", errors.New("axe-core is not installed: run `npm ci --ignore-scripts` in the module's root")
	}
	return string(data), err
}
