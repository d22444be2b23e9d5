package view_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/web/assets"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func TestFindingsByWorthSayHowCurrenciesAreOrdered(t *testing.T) {
	kit := ui.Kit{Assets: assets.Fake(), Now: func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }}
	worth := func(minor int64, currency string) purser.Finding {
		return purser.Finding{ID: "fnd_1", Annual: &purser.Money{Minor: minor, Currency: currency}, FoundAt: kit.Now()}
	}
	for by, want := range map[bool]int{true: 1, false: 0} {
		var b strings.Builder
		d := view.FindingsData{ByWorth: by, Findings: []purser.Finding{worth(9000, "USD"), worth(14400, "EUR")}}
		if err := view.FindingRows(d).Render(ui.WithCSRF(kit.Context(context.Background()), "tok-1"), &b); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(b.String(), "Within each currency"); got != want {
			t.Errorf("sorted by worth: %t, and the order of currencies is told %d times", by, got)
		}
	}
}
