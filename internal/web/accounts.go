package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"purser"
	"purser/internal/connect"
	"purser/internal/inventory"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) accounts(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	f := table.AccountFilter(r.URL.Query())
	found, err := h.Inventory.Accounts(r.Context(), f, l.page)
	if err != nil {
		return err
	}
	instances, err := h.Connect.Instances(r.Context(), connect.InstanceFilter{})
	if err != nil {
		return err
	}
	menus := []ui.FilterMenu{
		l.menu("Instance", "instance", optionsOf(instances)...),
		l.menu("Status", "status", words(purser.ValuesOf(purser.KindAccount, "status")...)...),
		l.menu("Kind", "kind", words(purser.ValuesOf(purser.KindAccount, "kind")...)...),
		l.menu("Use", "use", words(purser.UseClasses()...)...),
		l.menu("Person", "matched", ui.FilterOption{Value: "yes", Label: "matched"}, ui.FilterOption{Value: "no", Label: "nobody"}),
	}
	if us, _ := h.Organization.Facts(r.Context()); len(us.MailDomains) > 0 {
		menus = append(menus, l.menu("Address", "external", ui.FilterOption{Value: "no", Label: "inside"}, ui.FilterOption{Value: "yes", Label: "external"}))
	}
	ofPeople, err := h.departmentOptions(r.Context())
	if err != nil {
		return err
	}
	menus = append(menus, l.menu("Department", "department", ofPeople...), l.menu("Seat", "seat", ui.FilterOption{Value: "1", Label: "holds a seat"}))
	if f.Application != "" && slices.ContainsFunc(instances, func(i purser.Instance) bool { return i.Application == f.Application }) {
		menus = append(menus, l.menu("At a renewal", "give_up", ui.FilterOption{Value: "left", Label: "given up: of people who left"}, ui.FilterOption{Value: "idle", Label: "given up: unused for the threshold"}, ui.FilterOption{Value: "needed", Label: "needed"}))
	}
	d := view.AccountsData{Accounts: found.Items, Columns: []ui.Column{l.column("Account", "name", false), l.column("Instance", "", false),
		l.column("Status", "", false), l.column("Person", "", false), l.column("Last active", "", false), l.column("Plan", "", false)},
		Filters: l.filters("Search name, e-mail, user name", h.may(r, purser.OpExport), menus...),
		Rows:    ui.Rows{Count: counted(found.Total, found.More, "account", "accounts"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More), Connected: len(instances) > 0, Uses: f.Use}
	if d.MayPlan = f.AsOf == "" && !f.Removed && h.may(r, purser.OpActionPlan); d.MayPlan && found.Next != "" {
		d.All = l.query.Encode()
		if d.All == "" {
			d.All = "n=50" // an empty value would stand for none
		}
	}
	if d.MayPlan {
		d.MayPlan, d.OnlyRead = h.whoActs(instances, f)
	}
	h.asOf(&d, l, f, found.Notes)
	h.namelessList(r, &d.Filters, &d.Rows)
	for _, a := range found.Items {
		if d.AsOf.IsZero() || (!a.DataAsOf.IsZero() && a.DataAsOf.Before(d.AsOf)) {
			d.AsOf = a.DataAsOf
		}
	}
	if err := dress(h, r, l, table.Accounts(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.AccountRows(d))
	}
	if d.Tabs, err = h.accountTabs(r.Context(), l.path); err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.Accounts(h.page(r, "Accounts", ui.Accounts), d))
}

// whoActs reports whether an action can be planned for accounts that a filter selects,
// and names those among the instances whose connectors declare none.
func (h *Handler) whoActs(instances []purser.Instance, f inventory.AccountFilter) (some bool, onlyRead []string) {
	for _, i := range instances {
		switch {
		case len(f.Instances) > 0 && !slices.Contains(f.Instances, i.ID) && !slices.Contains(f.Instances, i.Name), f.Connector != "" && f.Connector != i.Connector:
		case h.Actions.Acts(i.Connector):
			some = true
		default:
			onlyRead = append(onlyRead, i.Name)
		}
	}
	return some, onlyRead
}

// instanceOptions are the choices of a filter by instance.
func (h *Handler) instanceOptions(ctx context.Context) ([]ui.FilterOption, error) {
	instances, err := h.Connect.Instances(ctx, connect.InstanceFilter{})
	return optionsOf(instances), err
}

func optionsOf(instances []purser.Instance) []ui.FilterOption {
	options := make([]ui.FilterOption, 0, len(instances))
	for _, i := range instances {
		options = append(options, ui.FilterOption{Value: i.ID, Label: i.Name})
	}
	return options
}

// departmentOptions are the choices of a filter by the department of the person.
func (h *Handler) departmentOptions(ctx context.Context) ([]ui.FilterOption, error) {
	departments, err := h.Inventory.Departments(ctx)
	return append(words(departments...), ui.FilterOption{Value: "", Label: "none is known"}), err
}

func (h *Handler) account(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	a, err := h.Inventory.Account(ctx, id)
	if err != nil {
		return err
	}
	d := view.AccountData{Account: a}
	if d.Seats, err = h.Inventory.AccountSeats(ctx, id); err != nil {
		return err
	}
	if d.Whose, err = h.whose(r, a); err != nil {
		return err
	}
	if d.Fields, err = h.Identity.AccountTruth(ctx, id); err != nil {
		return err
	}
	if d.History, err = history(r, false, func(topics []purser.Topic, p purser.Page) (inventory.Timeline, error) {
		return h.Inventory.AccountTimeline(ctx, id, topics, p)
	}); err != nil {
		return err
	}
	if d.Groups, err = h.Inventory.AccountGroups(ctx, id); err != nil {
		return err
	}
	if d.Activity, err = h.Inventory.AccountActivity(ctx, id, purser.Page{Limit: 30}); err != nil {
		return err
	}
	if err := h.offers(r, &d); err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.Account(h.page(r, view.AccountName(a), ui.Accounts, ui.Link{Label: "Accounts", Href: "/accounts"}), d))
}

// words are options whose label is the word itself.
func words(values ...string) []ui.FilterOption {
	out := make([]ui.FilterOption, len(values))
	for i, v := range values {
		out[i] = ui.FilterOption{Value: v, Label: strings.ReplaceAll(v, "_", " ")}
	}
	return out
}
