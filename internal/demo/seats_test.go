package demo_test

import (
	"testing"

	"purser/internal/sandbox"
)

// seats compares the plans of the page of licenses with who holds which edition.
func seats(t *testing.T, s *screen, vendors *sandbox.Sandbox) {
	t.Helper()
	want, found := vendors.Editions(), 0
	for _, row := range rowsOf(s.open("/licenses?n=100")) {
		sku := unescaped(row, `class="name-sub">([^<]*)<`)
		if len(sku) == 0 || want[sku[0]] == 0 {
			continue
		}
		found++
		is(t, "seats of "+sku[0], s.first(row, `(?s)data-label="Assigned">\s*(?:<div class="cell">)?\s*([\d,]+)`), want[sku[0]])
	}
	is(t, "editions on the page of licenses", int64(found), int64(len(want)))
}
