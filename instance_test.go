package purser_test

import (
	"testing"
	"time"

	"purser"
)

func TestDataIsAsOldAsTheVendorsOwnAndItsLagIsNoFault(t *testing.T) {
	const day = 24 * time.Hour
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		age, lag time.Duration
		want     purser.Freshness
	}{
		"just read":                               {0, 0, purser.Fresh},
		"a day and a half less a minute":          {36*time.Hour - time.Minute, 0, purser.Fresh},
		"more than a day and a half":              {36*time.Hour + time.Minute, 0, purser.Late},
		"more than three days":                    {3*day + time.Minute, 0, purser.Stale},
		"as old, of a vendor that is two behind":  {3*day + time.Minute, 2 * day, purser.Fresh},
		"older than the vendor is behind, by two": {4 * day, 2 * day, purser.Late},
		"older than the vendor is behind, by far": {5*day + time.Minute, 2 * day, purser.Stale},
	} {
		if got := purser.FreshnessOf(now, now.Add(-c.age), day, c.lag); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := purser.FreshnessOf(now, time.Time{}, day, 0); got != purser.NeverExecuted {
		t.Errorf("never read: %s", got)
	}
}
