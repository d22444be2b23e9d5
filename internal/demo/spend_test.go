package demo_test

import (
	"html"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"purser/internal/sandbox"
)

// spendLine is a document of the books as the page of spend is to show it: its kind
// and state in the product's words, its sum as people of its currency write it.
func spendLine(p sandbox.Paper) (line, kind, state string) {
	kind = map[string]string{"ACCPAY": "bill", "ACCPAYCREDIT": "credit", "SPEND": "bank"}[p.Kind]
	if kind == "" { // what customers pay, and what the company moves to and fro itself, is no spend
		return "", "", ""
	}
	state = map[string]string{"DRAFT": "draft", "AUTHORISED": "open", "PAID": "paid", "VOIDED": "void", "DELETED": "void"}[p.Status]
	if kind == "bank" && state == "open" {
		state = "paid"
	}
	sum, cents := p.Cents, true
	if p.Currency == "JPY" { // which has no hundredths
		sum, cents = (sum+50)/100, false
	}
	return strings.Join([]string{p.On.Format(time.DateOnly), shown(p.Payee), shown(p.Text), kind, state, written(sum, cents, kind == "credit") + " " + p.Currency, p.Number}, " | "), kind, state
}

// written is a sum as a page shows it.
func written(minor int64, cents, negative bool) string {
	var out string
	if cents {
		out = "." + string(rune('0'+minor/10%10)) + string(rune('0'+minor%10))
		minor /= 100
	}
	for n := 0; minor > 0 || n == 0; n++ {
		if n > 0 && n%3 == 0 {
			out = "," + out
		}
		out = string(rune('0'+minor%10)) + out
		minor /= 10
	}
	if negative {
		return "-" + out
	}
	return out
}

// spent compares every line of spend with the books, and how many there are of each
// kind and state.
func spent(t *testing.T, s *screen, vendors *sandbox.Sandbox) {
	t.Helper()
	count, want, all := map[string]int64{}, map[string]int64{}, int64(0)
	for _, p := range vendors.Papers() {
		line, kind, state := spendLine(p)
		if line == "" {
			continue
		}
		all++
		want[line]++
		count["type="+kind]++
		count["status="+state]++
	}
	got, opened := map[string]int64{}, 0
	s.walked("/spend?n=100", func(row string) {
		line := []string{}
		for _, cell := range []string{`data-label="Date"><div class="cell">([^<]*)<`, `class="name-title">([^<]*)<`, `class="name-sub">([^<]*)<`, `data-label="Type"><div class="cell">([^<]*)<`,
			`data-label="Status"><div class="cell">([^<]*)<`, `data-label="Amount">([^<]*)<`, `data-label="Document"><div class="cell">([^<]*)<`} {
			if found := unescaped(row, cell); len(found) > 0 {
				line = append(line, shown(found[0]))
			}
		}
		got[strings.Join(line, " | ")]++
		href := unescaped(row, `href="(/spend/trx_[0-9]+)"`)
		if len(href) == 0 {
			t.Fatalf("a line of spend opens nothing: %s", row)
		}
		if opened++; opened > 20 {
			return
		}
		page := s.open(href[0])
		for _, told := range append(unescaped(row, `data-label="Amount">([^<]*)<`), unescaped(row, `class="name-title">([^<]*)<`)...) {
			if !strings.Contains(html.UnescapeString(page), told) {
				t.Errorf("%s does not say %q", href[0], told)
			}
		}
	})
	alike(t, "the page of spend", got, want)
	is(t, "the page of spend", s.listed("/spend"), all)
	for at, n := range count {
		is(t, "the page of spend with "+at, s.listed("/spend?"+at), n)
	}
	if all < 100 {
		t.Errorf("%d lines were compared: %v", all, count)
	}
}

// alike holds two sets of counted names against each other, in both directions.
func alike(t *testing.T, where string, got, want map[string]int64) {
	t.Helper()
	for _, at := range slices.Sorted(maps.Keys(want)) {
		is(t, where+", "+at, got[at], want[at])
	}
	for _, at := range slices.Sorted(maps.Keys(got)) {
		if want[at] == 0 {
			t.Errorf("%s, %s: %d, and the company has none", where, at, got[at])
		}
	}
}
