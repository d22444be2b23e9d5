package view_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/inventory"
	"purser/internal/web/assets"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func TestAWeekOfWhichNoSourceTellsHasNoUse(t *testing.T) {
	kit := ui.Kit{Assets: assets.Fake(), Now: func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }}
	d := view.ApplicationData{Tab: "use", Application: purser.Application{ID: "app_1", Name: "Chat"}}
	d.Use.Weeks = []inventory.UseWeek{{From: "2026-11-02"}, {From: "2026-11-09", Covered: true}, {From: "2026-11-16", Accounts: 7, Days: 9}}
	var b strings.Builder
	if err := view.Application(ui.Page{}, d).Render(ui.WithCSRF(kit.Context(context.Background()), "tok-1"), &b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Accounts active each week: unknown in the first, at least 7 in the present one.") {
		t.Error("weeks of which no source tells all read like others")
	}
	for _, cell := range []string{`data-label="Number">unknown</td>`, `data-label="Number">0</td>`, `data-label="Number">at least 7</td>`} {
		if strings.Count(b.String(), cell) != 1 {
			t.Errorf("the chart has not one cell %s", cell)
		}
	}
}
