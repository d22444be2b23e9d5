package demo_test

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"purser"
	"purser/internal/app"
)

// screen reads pages as a person who is signed in does.
type screen struct {
	t      *testing.T
	base   string
	cookie string
	opened map[string]bool // paths
}

func signIn(t *testing.T, a *app.App, host context.Context) *screen {
	t.Helper()
	path, err := a.Login.OneTimeSignIn(host, "ada@example.com", "Ada", purser.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := a.Login.Redeem(host, u.Query().Get("token"), "", "", "", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return &screen{t: t, base: a.PublicURL(), cookie: cookie, opened: map[string]bool{}}
}

// open returns the text of a page's HTML.
func (s *screen) open(path string) string {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "purser", Value: s.cookie})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || res.Request.URL.Path != r.URL.Path {
		s.t.Fatalf("%s: %s %v", path, res.Status, err)
	}
	s.opened[r.URL.Path] = true
	return string(body)
}

// first is the number that an expression's group finds on a page; -1 for none.
func (s *screen) first(page, expression string) int64 {
	s.t.Helper()
	found := regexp.MustCompile(expression).FindStringSubmatch(page)
	if found == nil {
		return -1
	}
	return number(found[1])
}

// number reads "1,234", and the number before a word.
func number(text string) int64 {
	text, _, _ = strings.Cut(strings.TrimSpace(text), " ")
	n, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// listed is the counter above a list.
func (s *screen) listed(path string) int64 {
	s.t.Helper()
	return s.first(s.open(path), `class="rows-count"[^>]*>([\d,]+) `)
}

// tile is the number of a tile.
func (s *screen) tile(page, label string) int64 {
	s.t.Helper()
	return s.first(page, `(?s)class="tile-link"[^>]*>`+regexp.QuoteMeta(label)+`<.*?class="tile-value">([^<]+)<`)
}

// behind opens what a tile leads to and counts its rows.
func (s *screen) behind(page, label string) int64 {
	s.t.Helper()
	path := unescaped(page, `class="tile-link" href="([^"]*)"[^>]*>`+regexp.QuoteMeta(label)+`<`)
	if len(path) != 1 {
		s.t.Errorf("the tile %s leads to %q", label, path)
		return -1
	}
	return s.listed(path[0])
}

// column reads a column of numbers of a page's table, by the names of its rows.
func (s *screen) column(page, label string) map[string]int64 {
	s.t.Helper()
	title := regexp.MustCompile(`(?s)class="name-title">([^<]*)<`)
	cell := regexp.MustCompile(`(?s)data-label="` + regexp.QuoteMeta(label) + `">\s*<div class="cell">\s*(?:<a[^>]*>)?\s*([\d,]+)\s*<`)
	out := map[string]int64{}
	for _, row := range rowsOf(page) {
		name, n := title.FindStringSubmatch(row), cell.FindStringSubmatch(row)
		if name != nil && n != nil {
			out[html.UnescapeString(name[1])] = number(n[1])
		}
	}
	return out
}
