package demo_test

import (
	"strings"
	"testing"

	"purser"
	"purser/internal/sandbox"
)

// home compares what the first page says of people and money with the company; its
// counts of accounts, people and applications are compared with their lists.
func home(t *testing.T, s *screen, contracts []purser.ContractInput, all []holder) {
	t.Helper()
	page := s.open("/")
	nobody, gone := int64(0), map[int]bool{}
	for _, a := range all {
		if a.nobody && a.Told == "" {
			nobody++
		}
		if a.Person.Employment == sandbox.Left && !a.Shut {
			gone[a.Person.N] = true
		}
	}
	is(t, "accounts of nobody on the first page", s.first(page, `([\d,]+) accounts match nobody`), nobody)
	is(t, "people on the first page who left and could get in", s.first(page, `([\d,]+) people have left and could still sign in`), int64(len(gone)))
	sums := map[string]int64{}
	for _, in := range contracts {
		if sum, known := yearly(in); known {
			minor, currency, _ := strings.Cut(strings.NewReplacer(",", "", ".", "").Replace(sum), " ")
			sums[currency] += number(minor)
		}
	}
	for currency, minor := range sums {
		if sum := written(minor, true, false) + " " + currency; !strings.Contains(page, sum) {
			t.Errorf("the first page does not say that contracts cost %s a year", sum)
		}
	}
	if len(sums) < 2 {
		t.Errorf("contracts were compared in %d currencies", len(sums))
	}
}

// persons opens people and accounts and compares whose they are with the company.
func persons(t *testing.T, s *screen, c *sandbox.Company, all []holder) {
	t.Helper()
	have := map[int]map[string]int64{}
	for _, a := range all {
		if !a.nobody {
			if have[a.Person.N] == nil {
				have[a.Person.N] = map[string]int64{}
			}
			have[a.Person.N][a.instance]++
		}
	}
	compared := 0
	for _, row := range rowsOf(s.open("/people?n=25")) {
		path, email := unescaped(row, `href="(/people/per_[^"]*)"`), unescaped(row, `class="name-sub">([^<]*)<`)
		if len(path) == 0 || len(email) == 0 || c.ByEmail(email[0]) == nil {
			continue
		}
		compared++
		page, got := s.open(path[0]), map[string]int64{}
		_, table, _ := strings.Cut(page, ">Accounts of ")
		table, _, _ = strings.Cut(table, "</table>")
		for _, account := range strings.Split(table, `<tr role="row">`)[1:] {
			for _, where := range unescaped(account, `data-label="Instance"><div class="cell"><a[^>]*>([^<]*)<`) {
				got[where]++
			}
			if compared > 3 {
				continue
			}
			for _, id := range unescaped(account, `href="(/accounts/acc_[^"]*)"`) {
				if !strings.Contains(s.open(id), `href="`+path[0]+`"`) {
					t.Errorf("%s is not said to be %s's", id, email[0])
				}
			}
		}
		alike(t, "accounts of "+email[0], got, have[c.ByEmail(email[0]).N])
	}
	if compared < 10 {
		t.Errorf("%d people were compared", compared)
	}
}
