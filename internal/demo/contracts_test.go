package demo_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/app"
	"purser/internal/demo"
	"purser/internal/sandbox"
)

// company is the demo's company, read once, and the contracts that it has.
type company struct {
	*app.App
	vendors   *sandbox.Sandbox
	contracts []purser.ContractInput
}

// writing keeps which contracts were written down.
type writing struct {
	demo.Contracts
	down []purser.ContractInput
}

func (w *writing) Create(ctx context.Context, in purser.ContractInput) (purser.Contract, error) {
	w.down = append(w.down, in)
	return w.Contracts.Create(ctx, in)
}

// yearly is what a contract costs a year, and whether nobody can know.
func yearly(in purser.ContractInput) (sum string, known bool) {
	minor, currency := int64(0), ""
	for _, p := range in.Terms.Plans { // each by the month and by user
		if p.Price == nil {
			return "", false
		}
		minor, currency = minor+12**p.Quantity*p.Price.Minor, p.Price.Currency
	}
	return written(minor, true, false) + " " + currency, true
}

// agreed compares the list of contracts, the page of each and what is found about them
// with what was written down.
func agreed(t *testing.T, s *screen, contracts []purser.ContractInput) {
	t.Helper()
	want, due := map[string]int64{}, int64(0)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	for _, in := range contracts {
		end, err := time.Parse(time.DateOnly, in.Terms.End)
		if err != nil {
			t.Fatal(err)
		}
		notice, standing := "", "Running"
		if in.Terms.Notice.Count > 0 {
			by := renews(t, in)
			notice = by.Format("2 Jan 2006")
			switch {
			case by.Before(today):
				standing = "Deadline past"
				due++
			case by.Before(today.AddDate(0, 0, 91)):
				standing = "Due soon"
				due++
			}
		}
		sum, _ := yearly(in)
		want[strings.Join([]string{in.Name, in.Vendor, standing, notice, end.Format("2 Jan 2006"), sum}, " | ")]++
	}
	got := map[string]int64{}
	s.walked("/contracts?n=25", func(row string) {
		line := []string{}
		for _, cell := range []string{`class="name-title">([^<]*)<`, `class="name-sub">([^<]*)<`, `(?s)data-label="Standing">.*?</svg>([^<]*)<`, `data-label="Notice until"><div class="cell">([^<]*)<`,
			`data-label="Ends"><div class="cell">([^<]*)<`, `data-label="A year"><div class="cell">([^<]*)<`} {
			text := ""
			if found := unescaped(row, cell); len(found) > 0 {
				text = shown(found[0])
			}
			line = append(line, text)
		}
		got[strings.Join(line, " | ")]++
		path := unescaped(row, `href="(/contracts/ctr_[^"]*)"`)[0]
		page := s.open(path)
		for _, in := range contracts {
			if sum, known := yearly(in); in.Name == line[0] && known && !strings.Contains(page, sum+" a year") {
				t.Errorf("the page of %s does not say %s a year", in.Name, sum)
			}
		}
	})
	alike(t, "the page of contracts", got, want)
	is(t, "the page of contracts", s.listed("/contracts"), int64(len(contracts)))
	is(t, "the findings of renewals", s.listed("/findings?kind=renewal_due"), due)
	if due == 0 || int(due) == len(contracts) {
		t.Errorf("%d of %d contracts are due", due, len(contracts))
	}
}

// monthsBefore is the same day of an earlier month, or its last.
func monthsBefore(day time.Time, n int) time.Time {
	to := time.Date(day.Year(), day.Month()-time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
	return to.AddDate(0, 0, min(day.Day(), to.Day())-to.Day())
}
