package view

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"purser/internal/dashboard"
	"purser/internal/inventory"
	"purser/internal/web/ui"
)

// TestAHomeWithoutConnectionsOffersContracts: they are of use before anything is connected.
func TestAHomeWithoutConnectionsOffersContracts(t *testing.T) {
	var page bytes.Buffer
	d := HomeData{Dashboard: dashboard.Dashboard{Home: inventory.Home{Empty: true}}, MayConnect: true}
	if err := Home(ui.Page{}, d).Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	if main := page.String()[strings.Index(page.String(), "Nothing is connected yet"):]; !strings.Contains(main, `href="/contracts"`) {
		t.Error("a home page without connections does not lead to contracts")
	}
}
