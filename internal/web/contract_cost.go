package web

import (
	"net/http"

	"purser"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// contractCost lists what a column of the chart of contracted cost adds up; without a
// day, today's.
func (h *Handler) contractCost(w http.ResponseWriter, r *http.Request) error {
	d := view.ContractCostData{On: r.URL.Query().Get("on")}
	if d.On == "" {
		d.On = h.Contracts.Today(r.Context())
	}
	var err error
	if d.Lines, err = h.Contracts.CostLines(r.Context(), d.On); err != nil {
		return err
	}
	for _, l := range d.Lines {
		d.Yearly = purser.AddMoney(d.Yearly, l.Yearly...)
		d.Unknown += l.Unknown
	}
	l := list(r)
	d.Filters = l.filters("", h.may(r, purser.OpExport))
	d.Filters.NoSearch, d.Filters.Label = true, "Contracted cost"
	d.Filters.Keep.Set("on", d.On)
	d.Rows = ui.Rows{Count: ui.Count(int64(len(d.Lines)), "contract", "contracts"), ClearURL: l.cleared()}
	if err := dress(h, r, l, table.ContractCost(), d.Lines, &d.Filters, &d.Rows); err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.ContractCostRows(d))
	}
	return h.render(w, r, http.StatusOK, view.ContractCost(h.page(r, "Contracted cost", ui.Contracts, contractsCrumb()), d))
}
