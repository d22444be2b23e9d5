package web

import (
	"context"
	"net/http"

	"purser"
	"purser/internal/inventory"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// fedAccounts lists who has managed applications through identity providers.
func (h *Handler) fedAccounts(w http.ResponseWriter, r *http.Request) error {
	l, ctx := list(r), r.Context()
	found, err := h.Inventory.FedAccounts(ctx, table.FedFilter(r.URL.Query()), l.page)
	if err != nil {
		return err
	}
	menus, err := h.fedMenus(ctx, l)
	if err != nil {
		return err
	}
	d := view.FedData{Items: found.Items, Columns: []ui.Column{{Label: "Application"}, {Label: "Account"}, {Label: "Source"}, {Label: "Person"}, {Label: "How"}, l.column("Last sign-in", "used", false)},
		Filters: l.filters("Search name, e-mail, application", h.may(r, purser.OpExport), menus...),
		Rows:    ui.Rows{Count: counted(found.Total, found.More, "account", "accounts"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More)}
	h.namelessList(r, &d.Filters, &d.Rows)
	if err := dress(h, r, l, table.FedAccounts(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.FedRows(d))
	}
	if d.Tabs, err = h.accountTabs(ctx, l.path); err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.Fed(h.page(r, "Accounts through identity providers", ui.Accounts, ui.Link{Label: "Accounts", Href: "/accounts"}), d))
}

// fedMenus are the filters of the list: only what is there can be chosen.
func (h *Handler) fedMenus(ctx context.Context, l listing) ([]ui.FilterMenu, error) {
	applications, err := h.Inventory.FedApplications(ctx)
	if err != nil {
		return nil, err
	}
	var names []ui.FilterOption
	for _, a := range applications {
		names = append(names, ui.FilterOption{Value: a.ID, Label: a.Name})
	}
	providers, err := h.Inventory.FedProviders(ctx)
	if err != nil {
		return nil, err
	}
	var sources []ui.FilterOption
	for _, i := range providers {
		sources = append(sources, ui.FilterOption{Value: i.ID, Label: i.Name})
	}
	ways := words(purser.Ways()...)
	for i := range ways {
		ways[i].Label = view.WayText(ways[i].Value)
	}
	return []ui.FilterMenu{l.menu("Application", "application", names...), l.menu("Source", "instance", sources...), l.menu("How", "way", ways...),
		l.menu("Last sign-in", "used", ui.FilterOption{Value: "recent", Label: "within 30 days"}, ui.FilterOption{Value: "earlier", Label: "earlier"},
			ui.FilterOption{Value: "never", Label: "never"}, ui.FilterOption{Value: "unknown", Label: "unknown"}),
		l.menu("Person", "matched", ui.FilterOption{Value: "yes", Label: "matched"}, ui.FilterOption{Value: "no", Label: "nobody"})}, nil
}

// accountTabs are the lists of accounts with how many each has: those that
// applications list themselves, those of which an identity provider alone tells, and
// those of nobody. No account is in the first two.
func (h *Handler) accountTabs(ctx context.Context, current string) ([]ui.Tab, error) {
	own, err := h.Inventory.Accounts(ctx, inventory.AccountFilter{}, purser.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	fed, err := h.Inventory.FedAccounts(ctx, inventory.FedFilter{}, purser.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	tabs := []ui.Tab{{Label: "In lists of users", Href: "/accounts", Count: totalText(own.Total, own.More)},
		{Label: "Through identity providers", Href: "/accounts/sso", Count: totalText(fed.Total, fed.More)}}
	for i := range tabs {
		tabs[i].Current = tabs[i].Href == current
	}
	return tabs, nil
}
