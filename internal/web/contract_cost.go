package web

import (
	"net/http"

	"purser"
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
	return h.render(w, r, http.StatusOK, view.ContractCost(h.page(r, "Contracted cost", ui.Contracts, contractsCrumb()), d))
}
