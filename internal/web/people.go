package web

import (
	"net/http"
	"slices"

	"purser"
	"purser/internal/connect"
	"purser/internal/inventory"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) people(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	f := table.PersonFilter(r.URL.Query())
	f.Bare = !slices.ContainsFunc(l.query["cols"], func(key string) bool { return slices.Contains(table.HoldColumns(), key) })
	found, err := h.Inventory.People(r.Context(), f, l.page)
	if err != nil {
		return err
	}
	departments, err := h.Inventory.Departments(r.Context())
	if err != nil {
		return err
	}
	menus := []ui.FilterMenu{
		l.menu("Employment", "employment", words(purser.ValuesOf(purser.KindPerson, "employment")...)...),
		l.menu("Department", "department", words(departments...)...),
		l.menu("Access", "leavers", ui.FilterOption{Value: "1", Label: "left, and still has an account"}),
		l.menu("Sources", "disputed", ui.FilterOption{Value: "1", Label: "say different things"}),
	}
	for _, m := range []struct{ label, name string }{{"Has each of", "has"}, {"Uses each of", "uses"}} {
		if options, err := h.chosenApplications(r, m.name); err != nil {
			return err
		} else if len(options) > 0 {
			menus = append(menus, l.menu(m.label, m.name, options...))
		}
	}
	instances, err := h.Connect.Instances(r.Context(), connect.InstanceFilter{})
	if err != nil {
		return err
	}
	d := view.PeopleData{People: found.Items, Columns: []ui.Column{l.column("Person", "name", false), l.column("Employment", "", false),
		l.column("Department", "department", false), l.column("Manager", "", false), l.column("Accounts", "", true), l.column("Source", "", false)},
		Filters: l.filters("Search name, e-mail, number", h.may(r, purser.OpExport), menus...),
		Rows:    ui.Rows{Count: counted(found.Total, found.More, "person", "people"), Chips: l.chips(menus...), ClearURL: l.cleared()},
		Pager:   l.pager(len(found.Items), found.Next, found.Total, found.More), Connected: len(instances) > 0, Tabs: h.peopleTabs(r)}
	h.namelessList(r, &d.Filters, &d.Rows)
	for _, p := range found.Items {
		if d.AsOf.IsZero() || (!p.DataAsOf.IsZero() && p.DataAsOf.Before(d.AsOf)) {
			d.AsOf = p.DataAsOf
		}
	}
	if err := dress(h, r, l, table.People(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.PersonRows(d))
	}
	return h.render(w, r, http.StatusOK, view.People(h.page(r, "People", ui.People), d))
}

// chosenApplications are those that an address names, to take them out again.
func (h *Handler) chosenApplications(r *http.Request, name string) (out []ui.FilterOption, err error) {
	for _, id := range r.URL.Query()[name] {
		a, err := h.Inventory.Application(r.Context(), id)
		if err != nil {
			return nil, err
		}
		out = append(out, ui.FilterOption{Value: id, Label: a.Name})
	}
	return out, nil
}

func (h *Handler) person(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	p, err := h.Inventory.Person(ctx, id)
	if err != nil {
		return err
	}
	d := view.PersonData{Person: p, MayProtect: h.may(r, purser.OpActionSwitch)}
	if d.Accounts, err = h.Inventory.PersonAccounts(ctx, id); err != nil {
		return err
	}
	if h.may(r, purser.OpAccountRead) {
		if d.Seats, err = h.Inventory.PersonSeats(ctx, id); err != nil {
			return err
		}
		if d.Devices, err = h.Inventory.PersonDevices(ctx, id); err != nil {
			return err
		}
	}
	if d.Leaver, err = h.personLeaver(r, p); err != nil {
		return err
	}
	if h.may(r, purser.OpAccountRead) {
		fed, err := h.Inventory.FedAccounts(ctx, inventory.FedFilter{Person: id}, purser.Page{Limit: 200})
		if err != nil {
			return err
		}
		d.Fed = fed.Items
	}
	d.MayMerge = h.may(r, purser.OpIdentitySet)
	if d.Rows, err = h.Identity.Rows(ctx, id); err != nil {
		return err
	}
	if d.Fields, err = h.Identity.Truth(ctx, id); err != nil {
		return err
	}
	if d.History, err = history(r, true, func(topics []purser.Topic, p purser.Page) (inventory.Timeline, error) {
		return h.Inventory.PersonTimeline(ctx, id, topics, p)
	}); err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.Person(h.page(r, view.PersonName(p), ui.People, ui.Link{Label: "People", Href: "/people"}), d))
}
