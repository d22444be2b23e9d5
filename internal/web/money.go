package web

import (
	"net/http"

	"purser"
	"purser/internal/inventory"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) licenses(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	found, err := h.Inventory.Plans(r.Context(), inventory.PlanFilter{Query: r.URL.Query().Get("q"), InstanceID: r.URL.Query().Get("instance")}, l.page)
	if err != nil {
		return err
	}
	d := view.LicensesData{Plans: found.Items, Money: h.may(r, purser.OpMoneyRead),
		Filters: l.filters("Search plan", false), Pager: l.pager(len(found.Items), found.Next, found.Total, found.More),
		Rows: ui.Rows{Count: totalText(found.Total, found.More) + " plans", Chips: l.chips(), ClearURL: l.cleared()}}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.LicenseRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Licenses(h.page(r, "Licenses", ui.Licenses), d))
}

func (h *Handler) spend(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	found, err := h.Inventory.Transactions(r.Context(), transactionFilter(r), l.page)
	if err != nil {
		return err
	}
	menus := []ui.FilterMenu{l.menu("Type", "type", words("bill", "credit", "card", "bank", "unknown")...),
		l.menu("Status", "status", words("draft", "open", "paid", "void", "unknown")...)}
	d := view.SpendData{Lines: found.Items, Filters: l.filters("Search payee, document", h.may(r, purser.OpExport), menus...),
		Pager: l.pager(len(found.Items), found.Next, found.Total, found.More),
		Rows:  ui.Rows{Count: totalText(found.Total, found.More) + " lines of spend", Chips: l.chips(menus...), ClearURL: l.cleared()}}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.SpendRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Spend(h.page(r, "Spend", ui.Spend), d))
}

func (h *Handler) exportSpend(w http.ResponseWriter, r *http.Request) error {
	f := transactionFilter(r)
	columns := []string{"id", "instance", "external_id", "type", "status", "date", "due_on", "payee", "document", "description",
		"amount", "currency", "cost_center", "data_as_of"}
	return export(w, r, "spend", columns, func(fn func(purser.Transaction) error) error {
		return h.Inventory.EachTransaction(r.Context(), f, fn)
	}, func(t purser.Transaction) []string {
		return []string{t.ID, t.InstanceName, t.ExternalID, t.Type, t.Status, t.Date, t.DueOn, t.Payee, t.Document, t.Description,
			t.Amount.Decimal(), t.Amount.Currency, t.CostCenter, stamp(t.DataAsOf)}
	})
}

func transactionFilter(r *http.Request) inventory.TransactionFilter {
	q := r.URL.Query()
	return inventory.TransactionFilter{Query: q.Get("q"), InstanceID: q.Get("instance"), Types: q["type"], Status: q["status"],
		Since: q.Get("since"), Until: q.Get("until")}
}
