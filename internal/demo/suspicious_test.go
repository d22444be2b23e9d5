package demo_test

import (
	"strings"
	"testing"
	"time"

	"purser/internal/sandbox"
)

// lastUse is when an account was used last as far as its vendor tells; the chat tells
// of the sign-ins in its log alone, the books of nothing.
func lastUse(a holder, c *sandbox.Company) time.Time {
	switch a.title {
	case "Xero":
		return time.Time{}
	case "Slack":
		var last time.Time
		for _, e := range c.Events {
			if e.Success && e.Person == a.Person.N && (e.App < 0 || c.Apps[e.App].Key == "slack") {
				last = e.At
			}
		}
		return last
	}
	return a.Person.LastSeen
}

// suspicious compares the accounts that are used although HR says otherwise with the
// company, row by row and by why; of what was used thirty days ago to the day the hour
// of the reading decides.
func suspicious(t *testing.T, s *screen, c *sandbox.Company, all []holder) {
	t.Helper()
	words := map[string]string{"used_after_leaving": "Used after leaving", "used_while_away": "Used while away", "used_not_in_hr": "Used, not in HR"}
	since := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -30)
	want, perhaps, count := map[string]int64{}, map[string]bool{}, map[string]int64{}
	for _, a := range all {
		used, why := lastUse(a, c), ""
		if a.Shut || a.Told != "" || used.Before(since) {
			continue
		}
		switch {
		case a.nobody:
			why = "used_not_in_hr"
		case a.Person.Employment == sandbox.Left && used.After(a.Person.LeftOn.AddDate(0, 0, 1)):
			why = "used_after_leaving"
		case a.Person.Employment == sandbox.OnLeave || a.Person.Employment == sandbox.Future:
			why = "used_while_away"
		default:
			continue
		}
		at := a.name + ", " + a.title + ", " + words[why]
		if used.Before(since.AddDate(0, 0, 1)) {
			perhaps[at] = true
			continue
		}
		want[at]++
		count[why]++
	}
	got, edge := map[string]int64{}, map[string]int64{}
	s.walked("/suspicious?n=25", func(row string) {
		at := []string{}
		for _, cell := range []string{`class="name-title">([^<]*)<`, `class="name-sub">([^<]*)<`, `data-label="Why"><div class="cell">([^<]*)<`} {
			at = append(at, shown(unescaped(row, cell)[0]))
		}
		if row := strings.Join(at, ", "); perhaps[row] {
			for why, word := range words {
				if at[2] == word {
					edge[why]++
				}
			}
		} else {
			got[row]++
		}
	})
	alike(t, "the page of suspicious use", got, want)
	for why := range words {
		is(t, "suspicious use by "+why, s.listed("/suspicious?kind="+why), count[why]+edge[why])
		is(t, "findings of "+why, s.listed("/findings?kind="+why), count[why]+edge[why])
		if count[why] < 5 {
			t.Errorf("%d rows of %s were compared", count[why], why)
		}
	}
	is(t, "suspicious use that somebody recognized", s.listed("/suspicious?view=recognized"), 0)
}
