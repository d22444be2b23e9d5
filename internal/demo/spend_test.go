package demo_test

import (
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"purser/internal/sandbox"
)

// spent compares the lines of spend with the books: how many of each kind and
// state, and what everybody was paid, in each currency.
func spent(t *testing.T, s *screen, vendors *sandbox.Sandbox) {
	t.Helper()
	count, want := map[string]int64{}, map[string]int64{}
	for _, p := range vendors.Papers() {
		kind := map[string]string{"ACCPAY": "bill", "ACCPAYCREDIT": "credit", "SPEND": "bank"}[p.Kind]
		if kind == "" { // what customers pay, and what the company moves to and fro itself, is no spend
			continue
		}
		state := map[string]string{"DRAFT": "draft", "AUTHORISED": "open", "PAID": "paid", "VOIDED": "void", "DELETED": "void"}[p.Status]
		if kind == "bank" && state == "open" {
			state = "paid"
		}
		sum := p.Cents
		if p.Currency == "JPY" { // which has no hundredths
			sum = (sum + 50) / 100
		}
		if kind == "credit" {
			sum = -sum
		}
		count["all"]++
		count["type="+kind]++
		count["status="+state]++
		want[shown(p.Payee)+", "+p.Currency] += sum
	}
	got := map[string]int64{}
	amount := regexp.MustCompile(`data-label="Amount">([^<]*) ([A-Z]{3})<`)
	s.walked("/spend?n=100", func(row string) {
		name, sum := unescaped(row, `class="name-title">([^<]*)<`), amount.FindStringSubmatch(row)
		if len(name) == 0 || sum == nil {
			t.Errorf("a row without payee or amount: %s", row)
			return
		}
		got[shown(name[0])+", "+sum[2]] += number(strings.ReplaceAll(html.UnescapeString(sum[1]), ".", ""))
	})
	for _, at := range slices.Sorted(maps.Keys(want)) {
		is(t, "paid to "+at, got[at], want[at])
	}
	is(t, "who was paid, by currency", int64(len(got)), int64(len(want)))
	for at, n := range count {
		if at == "all" {
			is(t, "the page of spend", s.listed("/spend"), n)
			continue
		}
		is(t, "the page of spend with "+at, s.listed("/spend?"+at), n)
	}
	if count["all"] < 100 || len(want) < 20 {
		t.Errorf("%d lines of %d payees were compared: %v", count["all"], len(want), count)
	}
}
