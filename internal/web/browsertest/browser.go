// Package browsertest drives Chromium for tests of pages: it opens them, types and
// presses, runs axe over them, takes pictures, and keeps what the console said and
// which hosts were asked.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Browser is one running Chromium with a fresh profile.
type Browser struct {
	ctx context.Context
}

// Start runs Chromium, found by PURSER_TEST_CHROMIUM or in the path, and ends it with
// the test. Without one the test is skipped, but fails if PURSER_TEST_BROWSER_REQUIRED
// is set: where a browser is part of the promise, its absence may not pass in silence.
func Start(t testing.TB) *Browser {
	t.Helper()
	b, stop := start(t)
	t.Cleanup(stop)
	return b
}

// Shared is one Chromium for all tests of a package: to start it takes as long as
// most of them. Each tab has cookies of its own. The zero value is ready; the
// package's TestMain calls Stop.
type Shared struct {
	mu   sync.Mutex
	b    *Browser
	stop func()
}

// Start is the function Start, but for a browser that stays for the next test.
func (s *Shared) Start(t testing.TB) *Browser {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.b == nil {
		s.b, s.stop = start(t)
	}
	return s.b
}

// Stop ends the browser, if there is one.
func (s *Shared) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.b != nil {
		s.stop()
		s.b = nil
	}
}

func start(t testing.TB) (b *Browser, end func()) {
	t.Helper()
	path := find()
	if path == "" {
		const why = "no Chromium: install it (apt-get install chromium-headless-shell) or name it in PURSER_TEST_CHROMIUM"
		if os.Getenv("PURSER_TEST_BROWSER_REQUIRED") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	profile, err := os.MkdirTemp("", "purser-browser-")
	if err != nil {
		t.Fatal(err)
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("metrics-recording-only", true),
		chromedp.Flag("password-store", "basic"),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.WSURLReadTimeout(60 * time.Second), // a loaded machine starts it slowly
	}
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // Chromium refuses its sandbox to root
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(alloc)
	end = func() {
		stop()
		stopAlloc()
		_ = os.RemoveAll(profile) // a leftover profile is no failure of the page
	}
	if err := chromedp.Do(ctx); err != nil {
		end()
		t.Fatalf("starting %s: %v", path, err)
	}
	return &Browser{ctx: ctx}, end
}

// find names a Chromium. One without a window of its own comes first: pages are the
// same in it, for three fifths of the processor time.
func find() string {
	if p := os.Getenv("PURSER_TEST_CHROMIUM"); p != "" {
		return p
	}
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}
