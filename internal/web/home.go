package web

import (
	"context"
	"net/http"
	"strings"

	"purser"
	"purser/internal/dashboard"
	"purser/internal/inventory"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// Dashboard adds up the first page; package dashboard does.
type Dashboard interface {
	Dashboard(ctx context.Context) (dashboard.Dashboard, error)
}

func (h *Handler) homeRoutes(add adder) {
	add("GET /{$}", purser.OpInstanceRead, h.home)
	add("GET /palette", purser.OpInstanceRead, h.palette)
}

func (h *Handler) home(w http.ResponseWriter, r *http.Request) error {
	facts, err := h.Dashboard.Dashboard(r.Context())
	if err != nil {
		return err
	}
	d := view.HomeData{Dashboard: facts, MayConnect: h.may(r, purser.OpInstanceWrite), MayDecide: h.may(r, purser.OpSettingWrite)}
	if d.Start, err = h.Organization.Start(r.Context()); err != nil {
		return err
	}
	if d.Worth, err = h.Inventory.WorthConnecting(r.Context()); err != nil {
		return err
	}
	if d.Findings, err = h.homeFindings(r, facts.Worth.Counts); err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.Home(h.page(r, "Home", ui.Home), d))
}

// palette answers the search of Ctrl K: pages, things to do, and what was found.
func (h *Handler) palette(w http.ResponseWriter, r *http.Request) error {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	groups := []ui.PaletteGroup{{Title: "Go to"}, {Title: "Do"}}
	for _, it := range []struct {
		ui.PaletteItem
		op purser.Operation
	}{
		{ui.PaletteItem{Label: "Home", Href: "/", Icon: "layout-dashboard", Keys: "g h"}, purser.OpInstanceRead},
		{ui.PaletteItem{Label: "Findings", Href: "/findings", Icon: "flag", Keys: "g f"}, purser.OpFindingRead},
		{ui.PaletteItem{Label: "Integrations", Href: "/integrations", Icon: "plug", Keys: "g i"}, purser.OpInstanceRead},
		{ui.PaletteItem{Label: "Catalog", Href: "/catalog", Icon: "plug"}, purser.OpCatalogRead},
		{ui.PaletteItem{Label: "Runs", Href: "/runs", Icon: "history", Keys: "g r"}, purser.OpRunRead},
		{ui.PaletteItem{Label: "Applications", Href: "/applications", Icon: "boxes", Keys: "g a"}, purser.OpAccountRead},
		{ui.PaletteItem{Label: "People", Href: "/people", Icon: "users", Keys: "g p"}, purser.OpPersonRead},
		{ui.PaletteItem{Label: "Accounts", Href: "/accounts", Icon: "user-round", Keys: "g c"}, purser.OpAccountRead},
		{ui.PaletteItem{Label: "Devices", Href: "/devices", Icon: "monitor", Keys: "g d"}, purser.OpAccountRead},
		{ui.PaletteItem{Label: "Licenses", Href: "/licenses", Icon: "key-round", Keys: "g l"}, purser.OpAccountRead},
		{ui.PaletteItem{Label: "Spend", Href: "/spend", Icon: "wallet", Keys: "g s"}, purser.OpMoneyRead},
		{ui.PaletteItem{Label: "Contracts", Href: "/contracts", Icon: "calendar-clock", Keys: "g n"}, purser.OpContractRead},
		{ui.PaletteItem{Label: "Audit log", Href: "/settings/audit", Icon: "settings"}, purser.OpAuditRead},
	} {
		if matches(it.Label, q) && h.may(r, it.op) {
			groups[0].Items = append(groups[0].Items, it.PaletteItem)
		}
	}
	if matches("Connect an application", q) && h.may(r, purser.OpInstanceWrite) {
		groups[1].Items = append(groups[1].Items, ui.PaletteItem{Label: "Connect an application", Href: "/catalog", Icon: "plus"})
	}
	if matches("Import or change many contracts", q) && h.mayContract(r) {
		groups[1].Items = append(groups[1].Items, ui.PaletteItem{Label: "Import or change many contracts", Href: "/contracts/import", Icon: "calendar-clock"})
	}
	if matches("Invite a user", q) && h.may(r, purser.OpUserWrite) {
		groups[1].Items = append(groups[1].Items, ui.PaletteItem{Label: "Invite a user", Href: "/settings/users", Icon: "user-plus"})
	}
	if q != "" {
		found, err := h.Inventory.Search(r.Context(), q)
		if err != nil {
			return err
		}
		groups = append(groups, ui.PaletteGroup{Title: "Found", Items: foundItems(found)})
	}
	shown := groups[:0]
	for _, g := range groups {
		if len(g.Items) > 0 {
			shown = append(shown, g)
		}
	}
	return h.render(w, r, http.StatusOK, ui.PaletteList(shown))
}

func foundItems(found []inventory.Found) []ui.PaletteItem {
	icons := map[string]string{"instance": "plug", "application": "boxes", "person": "users", "account": "user-round", "device": "monitor"}
	out := make([]ui.PaletteItem, 0, len(found))
	for _, f := range found {
		out = append(out, ui.PaletteItem{Label: f.Name, Note: strings.TrimSuffix(f.Kind+" · "+f.Note, " · "), Href: f.URL, Icon: icons[f.Kind]})
	}
	return out
}

func matches(label, q string) bool {
	return strings.Contains(strings.ToLower(label), strings.ToLower(q))
}
