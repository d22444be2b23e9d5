package demo_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"purser"
)

// applied follows the numbers of the list of applications and of the page of each: what
// they open is as many rows, and what contracts say is what was written down.
func applied(t *testing.T, s *screen, contracts []purser.ContractInput) {
	t.Helper()
	opened, priced := 0, 0
	shares := map[string]string{"Active": "Active", "Inactive": "Inactive", "Never active": "Never active", "Use unknown": "Unknown: no source says"}
	for _, row := range rowsOf(s.open("/applications?n=200&cols=people,accounts,active,inactive,never,unknown,yearly,renewal,findings,contracts")) {
		path, name := unescaped(row, `href="(/applications/app_[^"]*)" class="name-title"`), unescaped(row, `class="name-title">([^<]*)<`)
		if len(path) != 1 || len(name) != 1 {
			continue // the heads
		}
		page := s.open(path[0])
		for label, tile := range map[string]string{"People": "People", "Accounts": "Accounts", "Active": "Active", "Inactive": "", "Never active": "", "Use unknown": "Unknown use", "Findings": "", "Contracts": ""} {
			link, n := unescaped(row, `data-label="`+label+`"><div class="cell"><a href="([^"]*)"`), s.first(row, `data-label="`+label+`"><div class="cell"><a[^>]*>([\d,]+)<`)
			if len(link) != 1 || n < 0 {
				t.Errorf("%s: its %s open %q", name[0], label, link)
				continue
			}
			is(t, name[0]+", the rows behind its "+label, max(0, s.listed(link[0])), n)
			opened++
			if share := shares[label]; share != "" {
				is(t, name[0]+", the part of its use "+share, s.first(page, `(?s)>`+share+`</a>.*?([\d,]+)<`), n)
			}
			if tile != "" {
				is(t, name[0]+", the tile "+tile, s.tile(page, tile), n)
				is(t, name[0]+", the rows behind the tile "+tile, max(0, s.behind(page, tile)), n)
			}
		}
		for _, x := range regexp.MustCompile(`(?s)data-label="Open"><div class="cell"><a href="([^"]*)">([\d,]+)<`).FindAllStringSubmatch(page, -1) {
			is(t, name[0]+", the findings behind "+x[1], s.listed(unescaped(x[0], `href="([^"]*)"`)[0]), number(x[2]))
		}
		cost, next := unescaped(row, `data-label="A year"><div class="cell"><a[^>]*>([^<]*)<`), unescaped(row, `data-label="Renewal"><div class="cell"><span class="nowrap"><a[^>]*>([^<]*)<`)
		wantCost, wantNext := "", ""
		for _, in := range contracts { // one for each of some applications
			if !slices.Contains(in.Applications, name[0]) {
				continue
			}
			priced++
			wantCost, _ = yearly(in)
			wantNext = renews(t, in).Format("2 Jan 2006")
			is(t, name[0]+", the contracts behind what it costs", s.first(page, `href="/contracts\?application=[^"]*">(\d+) contracts?<`), 1)
		}
		if got := first(cost); got != wantCost {
			t.Errorf("%s costs %q a year, and its contract says %q", name[0], got, wantCost)
		}
		if got := first(next); got != wantNext {
			t.Errorf("%s renews on %q, and its contract says %q", name[0], got, wantNext)
		}
	}
	if opened < 8*30 || priced != len(contracts) {
		t.Errorf("%d numbers were opened, of %d applications with a contract", opened, priced)
	}
}

// renews is the last day for notice of a contract, or its end where nobody can know.
func renews(t *testing.T, in purser.ContractInput) time.Time {
	t.Helper()
	end, err := time.Parse(time.DateOnly, in.Terms.End)
	if err != nil {
		t.Fatal(err)
	}
	if in.Terms.Notice.Count == 0 {
		return end
	}
	return monthsBefore(end.AddDate(0, 0, 1), in.Terms.Notice.Count).AddDate(0, 0, -1) // the period ends with its last day
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return shown(all[0])
}
