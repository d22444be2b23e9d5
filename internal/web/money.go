package web

import (
	"net/http"

	"purser"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) licenses(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	found, err := h.Licenses.List(r.Context(), table.PlanFilter(r.URL.Query()), l.page)
	if err != nil {
		return err
	}
	places, err := h.instanceOptions(r.Context())
	if err != nil {
		return err
	}
	menus := []ui.FilterMenu{l.menu("Instance", "instance", places...), l.menu("Seats", "seats", ui.FilterOption{Value: "idle", Label: "with idle ones"},
		ui.FilterOption{Value: "unknown", Label: "with unknown use"}, ui.FilterOption{Value: "closed", Label: "of closed accounts"})}
	d := view.LicensesData{Plans: found.Items, Columns: view.PlanColumns(),
		Filters: l.filters("Search plan", h.may(r, purser.OpExport), menus...), Pager: l.pager(len(found.Items), found.Next, found.Total, found.More),
		Rows: ui.Rows{Count: counted(found.Total, found.More, "plan", "plans"), Chips: l.chips(menus...), ClearURL: l.cleared()}}
	for i, sort := range map[int]string{0: "name", 5: "idle"} {
		d.Columns[i] = l.column(d.Columns[i].Label, sort, d.Columns[i].Numeric)
	}
	if err := dress(h, r, l, table.Licenses(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.LicenseRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Licenses(h.page(r, "Licenses", ui.Licenses), d))
}

// spendLine shows what a vendor tells of one line of spend.
func (h *Handler) spendLine(w http.ResponseWriter, r *http.Request) error {
	t, err := h.Inventory.Transaction(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.SpendLine(h.page(r, view.SpendTitle(t), ui.Spend, ui.Link{Label: "Spend", Href: "/spend"}), t))
}

func (h *Handler) spend(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	found, err := h.Inventory.Transactions(r.Context(), table.TransactionFilter(r.URL.Query()), l.page)
	if err != nil {
		return err
	}
	menus := []ui.FilterMenu{l.menu("Type", "type", words("bill", "credit", "card", "bank", "unknown")...),
		l.menu("Status", "status", words("draft", "open", "paid", "void", "unknown")...)}
	d := view.SpendData{Lines: found.Items, Columns: []ui.Column{l.column("Payee", "payee", false), l.column("Date", "date", false), {Label: "Type"}, {Label: "Status"},
		l.column("Amount", "amount", true), {Label: "Document"}, {Label: "Instance"}}, Filters: l.filters("Search payee, document", h.may(r, purser.OpExport), menus...),
		Pager: l.pager(len(found.Items), found.Next, found.Total, found.More),
		Rows:  ui.Rows{Count: counted(found.Total, found.More, "line of spend", "lines of spend"), Chips: l.chips(menus...), ClearURL: l.cleared()}}
	if err := dress(h, r, l, table.Transactions(), found.Items, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.SpendRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Spend(h.page(r, "Spend", ui.Spend), d))
}
