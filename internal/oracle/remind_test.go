package oracle_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// lastNotice is the last day for notice as a person counts it: the day before a period
// that begins on a day of the same number as the day after the end, some months before;
// in a month that has no such day, on its last.
func lastNotice(end time.Time, n purser.Notice) time.Time {
	if n.Unit == "days" {
		return end.AddDate(0, 0, -n.Count)
	}
	y, m, day := end.AddDate(0, 0, 1).Date()
	for {
		begins := time.Date(y, m-time.Month(n.Count), day, 0, 0, 0, 0, time.UTC)
		if begins.Day() == day {
			return begins.AddDate(0, 0, -1)
		}
		day--
	}
}

// Every contract is told 90, 60, 30 and 7 days before its last day for notice, on the
// day as it is where the organization is: over the turn of a year, a leap day, and
// after a stop only the nearest of what was missed.
func TestRemindersComeOnTheDaysThatTheOracleCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		zone := time.FixedZone("far east", 13*3600)
		date := func(text string) time.Time { d, _ := time.Parse(time.DateOnly, text); return d }
		first, last := date("2027-09-01"), date("2028-06-10")
		h := newHouse(t, db, first.Add(11*time.Hour)) // 0:00 of that day's morrow in the far east
		h.contracts.Organization = func(context.Context) (purser.Organization, *time.Location) { return purser.Organization{}, zone }
		told := map[string][]string{}
		h.contracts.Tell = func(ctx context.Context, tx bun.Tx, e purser.Event) error {
			told[e.Path] = append(told[e.Path], h.at.In(zone).Format(time.DateOnly))
			_, _, err := store.InsertNotice(ctx, tx, store.NoticeRow{Key: e.Key, Kind: string(e.Kind), At: purser.MicrosOf(e.At), Event: "{}"})
			return err
		}
		want := map[string][]string{}
		stopFrom, stopUntil := date("2028-01-10"), date("2028-01-20") // nobody looks on these days
		for n, c := range []struct {
			end      string
			notice   purser.Notice
			decision purser.Decision
		}{
			{"2027-12-31", purser.Notice{Count: 30, Unit: "days"}, ""},
			{"2028-01-31", purser.Notice{Count: 1, Unit: "months"}, ""},
			{"2028-02-29", purser.Notice{Count: 1, Unit: "days"}, ""},
			{"2028-03-31", purser.Notice{Count: 1, Unit: "months"}, ""}, // on the leap day
			{"2028-05-31", purser.Notice{Count: 3, Unit: "months"}, ""},
			{"2028-05-30", purser.Notice{Count: 1, Unit: "days"}, ""}, // 90 days before on the leap day
			{"2028-04-30", purser.Notice{Count: 14, Unit: "days"}, ""},
			{"2028-05-29", purser.Notice{Count: 3, Unit: "months"}, ""},
			{"2028-03-31", purser.Notice{Count: 14, Unit: "days"}, purser.DecisionCancel},
		} {
			id := h.contract(purser.ContractInput{ContractFacts: purser.ContractFacts{Name: fmt.Sprint("Contract ", n), Vendor: "Example Inc."},
				Terms: purser.ContractTerms{Start: "2026-01-01", End: c.end, Notice: c.notice}}, c.decision)
			if c.decision != "" {
				continue
			}
			missed := ""
			for _, days := range []int{90, 60, 30, 7} {
				switch on := lastNotice(date(c.end), c.notice).AddDate(0, 0, -days); {
				case !on.After(first):
				case !on.Before(stopFrom) && on.Before(stopUntil):
					missed = stopUntil.Format(time.DateOnly)
				default:
					if missed != "" && on.After(stopUntil) {
						want["/contracts/"+id], missed = append(want["/contracts/"+id], missed), ""
					}
					want["/contracts/"+id] = append(want["/contracts/"+id], on.Format(time.DateOnly))
				}
			}
			if missed != "" {
				want["/contracts/"+id] = append(want["/contracts/"+id], missed)
			}
		}
		leap := false
		for day := first; day.Before(last); day = day.AddDate(0, 0, 1) {
			h.at = day.Add(11 * time.Hour)
			if here := day.AddDate(0, 0, 1); !here.Before(stopFrom) && here.Before(stopUntil) {
				continue
			}
			for range 2 { // once, however often one looks
				if err := h.contracts.Remind(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		for path, days := range want {
			if !slices.Equal(told[path], days) {
				t.Errorf("%s was told on %v, the oracle says %v", path, told[path], days)
			}
			leap = leap || slices.Contains(days, "2028-02-29")
			delete(told, path)
		}
		if len(told) != 0 || len(want) != 8 {
			t.Errorf("told beside it: %v, of %d", told, len(want))
		}
		if !leap {
			t.Error("nothing was planted for the leap day")
		}
	})
}
