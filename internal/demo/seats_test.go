package demo_test

import (
	"strings"
	"testing"

	"purser/internal/sandbox"
)

// seats compares the plans of the page of licenses, the tile of each plan's page, the
// rows below it and the list of its seats with who holds which edition.
func seats(t *testing.T, s *screen, vendors *sandbox.Sandbox) {
	t.Helper()
	want, found := vendors.Editions(), 0
	for _, row := range rowsOf(s.open("/licenses?n=100")) {
		sku, path := unescaped(row, `class="name-sub">([^<]*)<`), unescaped(row, `href="(/licenses/pln_[^"]*)"`)
		if len(sku) == 0 || len(path) == 0 || want[sku[0]] == 0 {
			continue
		}
		found++
		is(t, "seats of "+sku[0], s.first(row, `(?s)data-label="Assigned">\s*(?:<div class="cell">)?\s*(?:<a[^>]*>)?\s*([\d,]+)`), want[sku[0]])
		page := s.open(path[0])
		is(t, "the tile of the seats of "+sku[0], s.tile(page, "Assigned"), want[sku[0]])
		is(t, "bought of "+sku[0]+", as on its own page", s.first(row, `(?s)data-label="Bought">\s*(?:<div class="cell">)?\s*([\d,]+)`), s.tile(page, "Bought"))
		cell := func(label string) int64 {
			return s.first(row, `(?s)data-label="`+label+`">\s*(?:<div class="cell">)?\s*(?:<a[^>]*>)?\s*([\d,]+)`)
		}
		list := "/seats?plan=" + strings.TrimPrefix(path[0], "/licenses/")
		is(t, "the list of the seats of "+sku[0], s.listed(list), want[sku[0]])
		is(t, "used of "+sku[0]+", as on its own page", cell("Used"), s.tile(page, "Used"))
		is(t, "the list of the used seats of "+sku[0], s.listed(list+"&use=active"), cell("Used"))
		is(t, "the list of the idle seats of "+sku[0], s.listed(list+"&use=inactive&use=never"), cell("Idle"))
		is(t, "the rows below the tile of "+sku[0], s.first(page, `(?s)class="pager.*? of ([\d,]+)`), want[sku[0]])
	}
	is(t, "editions on the page of licenses", int64(found), int64(len(want)))
}
