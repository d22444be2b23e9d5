package match_test

import (
	"testing"

	"purser/internal/match"
	"purser/internal/store"
	"purser/library"
)

func TestApplicationsAreRecognizedWithTheirReason(t *testing.T) {
	l, err := library.Load()
	if err != nil {
		t.Fatal(err)
	}
	known := match.Known{Library: l, Connectors: []match.Connector{{Name: "ticket-desk", Title: "Ticket Desk 9"}}}
	for _, c := range []struct {
		seen        store.SeenApplication
		application string
		library     string
		least       int64
		most        int64
	}{
		{store.SeenApplication{Name: "SLACK"}, "Slack", "Slack", 100, 100},
		{store.SeenApplication{Name: "Team chat", VendorKey: "slack"}, "Slack", "Slack", 90, 90},
		{store.SeenApplication{Name: "Slack (Acme production)"}, "Slack", "Slack", 85, 85},
		{store.SeenApplication{Name: "Designs", URL: "https://www.figma.com/files"}, "Figma", "Figma", 95, 95},
		// Everything opens at the provider's own address.
		{store.SeenApplication{Provider: "okta", Name: "Payroll of ours", URL: "https://acme.okta.com/home/x/0oa1/1"}, "Payroll of ours", "", 0, 0},
		// Similar only: it is told, and stays an application of its own.
		{store.SeenApplication{Name: "Slack importer"}, "Slack importer", "Slack", 1, 79},
		{store.SeenApplication{Name: "Ticket Desk 9"}, "Ticket Desk 9", "", 100, 100},
		{store.SeenApplication{Name: "Ours alone", VendorKey: "spa"}, "Ours alone", "", 0, 0},
	} {
		got := known.Recognize(c.seen)
		if got.Application != c.application || got.Library != c.library || got.Confidence < c.least || got.Confidence > c.most || got.How == "" {
			t.Errorf("%+v: got %+v", c.seen, got)
		}
	}
}
