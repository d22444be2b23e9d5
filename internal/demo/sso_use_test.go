package demo_test

import (
	"testing"
	"time"

	"purser/internal/sandbox"
)

// signedIn is how many of those to whom the first provider gives an application used
// it in the thirty days of which a first reading reads its log, and how many did at
// their edge: the reading began at some hour of its day.
func signedIn(c *sandbox.Company, n int) (used, edge int64) {
	since := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -30)
	last := map[int]time.Time{}
	for _, e := range c.Events {
		if e.Success && e.App == n && e.At.After(last[e.Person]) {
			last[e.Person] = e.At
		}
	}
	for _, p := range c.People {
		at, ok := last[p.N]
		switch {
		case !ok || !c.HasApp(p, n):
		case at.After(since.AddDate(0, 0, 1)):
			used++
		case at.After(since.AddDate(0, 0, -1)):
			edge++
		}
	}
	return used, edge
}

// seenThrough compares the use of applications that the first provider alone shows,
// on the list, on their pages and in the rows behind them, with its log.
func seenThrough(t *testing.T, s *screen, c *sandbox.Company, elsewhere map[string]bool) {
	t.Helper()
	page := s.open("/applications?n=200")
	active, paths := s.column(page, "Active"), map[string]string{}
	for _, row := range rowsOf(page) {
		if name := unescaped(row, `class="name-title">([^<]*)<`); len(name) > 0 {
			paths[name[0]] = unescaped(row, `href="(/applications/app_[^"]*)"`)[0]
		}
	}
	compared := 0
	for n, app := range c.Apps {
		if app.Hidden || elsewhere[app.Label] || paths[app.Label] == "" {
			continue
		}
		compared++
		used, edge := signedIn(c, n)
		if got := active[app.Label]; got < used || got > used+edge {
			t.Errorf("%s was used by %d, and the company has %d and %d at the edge", app.Label, got, used, edge)
		}
		own := s.open(paths[app.Label])
		is(t, "the tile of who uses "+app.Label, s.tile(own, "Active"), active[app.Label])
		is(t, "the tile of who has "+app.Label, s.tile(own, "Accounts"), given(c, n))
		is(t, "the rows behind the tile of who uses "+app.Label, s.behind(own, "Active"), active[app.Label])
	}
	if compared < 10 {
		t.Errorf("%d applications were compared", compared)
	}
}
