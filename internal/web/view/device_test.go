package view_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"purser"
	"purser/internal/web/assets"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func TestADateThatNobodyToldIsNotTheYearOne(t *testing.T) {
	kit := ui.Kit{Assets: assets.Fake(), Now: func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }}
	for name, page := range map[string]templ.Component{
		"device":  view.Device(ui.Page{}, view.DeviceData{Device: purser.Device{ID: "dev_1", FirstSeenAt: kit.Now()}}),
		"account": view.Account(ui.Page{}, view.AccountData{Account: purser.Account{ID: "acc_1", FirstSeenAt: kit.Now()}}),
	} {
		var b strings.Builder
		if err := page.Render(ui.WithCSRF(kit.Context(context.Background()), "tok-1"), &b); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "0001") {
			t.Errorf("the page of the %s shows the year one", name)
		}
	}
}
