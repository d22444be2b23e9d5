package browsertest

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Page is one tab. Its methods end the test when the browser refuses.
type Page struct {
	t   testing.TB
	ctx context.Context
	*heard
}

// heard is what a tab has said and asked so far.
type heard struct {
	mu     sync.Mutex
	errors []string
	hosts  map[string]int
	asked  []string
	expect map[int]bool
}

// patience is how long one step may take on a machine under load.
const patience = time.Minute

// Page opens a tab with its own cookies, width × height.
func (b *Browser) Page(t testing.TB, width, height int) *Page {
	t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	p := &Page{t: t, ctx: ctx, heard: &heard{hosts: map[string]int{}, expect: map[int]bool{}}}
	// The first step opens the tab; it must not stand under a deadline of its own.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatalf("listening to a tab: %v", err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatalf("listening to the network: %v", err)
	}
	p.Size(width, height)
	return p
}

// hear keeps what the console says and which hosts are asked.
func (p *Page) hear(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError && e.Type != runtime.ConsoleAPICalledTypeAssert {
			return
		}
		var words []string
		for _, a := range e.Args {
			words = append(words, strings.TrimSpace(string(a.Value)+" "+a.Description))
		}
		p.errors = append(p.errors, "console: "+strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		p.errors = append(p.errors, "exception: "+thrown(e.ExceptionDetails))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.errors = append(p.errors, fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && u.Host != "" {
			p.hosts[u.Host]++
			p.asked = append(p.asked, e.Request.URL)
		}
	}
}

// Step is an action of chromedp without a value.
type Step = chromedp.Action[chromedp.Void]

// Run performs steps of chromedp, for what has no method here.
func (p *Page) Run(steps ...Step) {
	p.t.Helper()
	if err := p.Try(steps...); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Try is Run that returns the error.
func (p *Page) Try(steps ...Step) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// Get performs an action of chromedp on the page and returns its value.
func Get[T any](p *Page, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	return v
}

// Eval evaluates an expression, waits for it if it is a promise, and returns its value.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return Get(p, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Open goes to an address and waits until its script has run.
//
// A page that reloads itself at that moment, as one that shows progress does, or
// whose form is still being answered, takes the browser away: then it is asked again.
func (p *Page) Open(address string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; {
		err := p.Try(chromedp.Navigate(address), chromedp.WaitReady("body"))
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "net::ERR_ABORTED") || time.Now().After(end) {
			p.t.Fatalf("browser: opening %s: %v", address, err)
		}
	}
}

// Dark and Light set what the system prefers.
func (p *Page) Dark() { p.t.Helper(); p.prefer("prefers-color-scheme", "dark") }

// Light sets the light theme.
func (p *Page) Light() { p.t.Helper(); p.prefer("prefers-color-scheme", "light") }

// Forced sets forced colors, as in a high-contrast mode of the system.
func (p *Page) Forced() { p.t.Helper(); p.prefer("forced-colors", "active") }

// NoScript turns the page's script off from the next page on. Until and Eval then
// do not work: See, Text, Click and Type do.
func (p *Page) NoScript() {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		p.t.Fatalf("turning script off: %v", err)
	}
}

func (p *Page) prefer(name, value string) {
	p.t.Helper()
	// Motion is off always: pictures and contrasts are then those of the end.
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: name, Value: value}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	if err != nil {
		p.t.Fatalf("setting %s: %v", name, err)
	}
}

// Size changes the window.
func (p *Page) Size(width, height int) {
	p.t.Helper()
	p.Run(chromedp.EmulateViewport(int64(width), int64(height)))
}

// Click presses the first element that a CSS selector finds, once it can be seen.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.Run(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Type writes text into a field once it can be seen. Not by chromedp.SendKeys: it
// reads the node while the browser's events change it, which is a data race.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.See(selector)
	Eval[int](p, fmt.Sprintf(`(document.querySelector(%q).focus(), 0)`, selector))
	p.Run(chromedp.KeyEvent(text))
}

// Keys presses keys wherever the focus is; special keys are those of chromedp/kb.
func (p *Page) Keys(keys string) {
	p.t.Helper()
	p.Run(chromedp.KeyEvent(keys))
}

// See waits until an element can be seen.
func (p *Page) See(selector string) {
	p.t.Helper()
	p.Run(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Text returns the words of an element.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return strings.TrimSpace(Get(p, chromedp.Text(chromedp.CSS(selector))))
}

// Until waits for an expression to be true, over navigations as well: in a
// document that is still being read an element may be missing, so an expression
// that throws is not true yet.
func (p *Page) Until(expression string) {
	p.t.Helper()
	end := time.Now().Add(patience)
	calm := "(() => { try { return (" + expression + ") } catch { return false } })()"
	for {
		err := p.Try(chromedp.Poll[chromedp.Void](calm, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(patience)))
		if err == nil {
			return
		}
		if !moved(err) || time.Now().After(end) {
			p.t.Fatalf("browser: waiting for %s: %v", expression, err)
		}
	}
}

// moved reports whether the page went away under the poll: it is then asked anew.
func moved(err error) bool {
	s := err.Error()
	return strings.Contains(s, "navigated or closed") || strings.Contains(s, "Cannot find context") ||
		strings.Contains(s, "context was destroyed") || strings.Contains(s, "Not attached to an active page")
}

// Expect allows Chromium's own console line for answers with that status.
func (p *Page) Expect(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expect[status] = true
}

// Errors returns what the console said, without the lines of Expect.
func (p *Page) Errors() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.errors), func(s string) bool {
		for status := range p.expect {
			if strings.Contains(s, fmt.Sprintf("status of %d", status)) {
				return true
			}
		}
		return false
	})
}

// Clean fails the test for every error of the console and every host but those given.
func (p *Page) Clean(hosts ...string) {
	p.t.Helper()
	for _, e := range p.Errors() {
		p.t.Errorf("console: %s", e)
	}
	for _, h := range p.Hosts() {
		if !slices.Contains(hosts, h) {
			p.t.Errorf("the page asked another host: %s", h)
		}
	}
}

// Hosts returns every host that was asked.
func (p *Page) Hosts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Keys(p.hosts))
}

// Asked returns every address that was asked for and has that text in it, redirects included.
func (p *Page) Asked(part string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.asked), func(s string) bool { return !strings.Contains(s, part) })
}

// Screenshot writes name.png into the folder of PURSER_SCREENSHOTS, if that is set;
// full takes the whole page, else the window.
func (p *Page) Screenshot(name string, full bool) {
	p.t.Helper()
	dir := os.Getenv("PURSER_SCREENSHOTS")
	if dir == "" {
		return
	}
	shot := chromedp.CaptureScreenshot()
	if full {
		shot = chromedp.FullScreenshot(100)
	}
	png := Get(p, shot)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func thrown(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}

// For returns the same tab for a subtest: its failures are those of t.
func (p *Page) For(t testing.TB) *Page { return &Page{t: t, ctx: p.ctx, heard: p.heard} }
