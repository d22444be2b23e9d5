package web

import (
	"net/http"

	"purser"
	"purser/internal/contract"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// overlap holds applications of one category side by side, with what the contracts
// that are about one of them alone cost.
func (h *Handler) overlap(w http.ResponseWriter, r *http.Request) (err error) {
	d := view.OverlapData{Costs: map[string]string{}, Hidden: !h.may(r, purser.OpMoneyRead)}
	if d.Categories, err = h.Inventory.Overlap(r.Context()); err != nil {
		return err
	}
	sums := map[string][]purser.Money{}
	if !d.Hidden && h.may(r, purser.OpContractRead) {
		err = h.Contracts.Each(r.Context(), contract.Filter{}, func(c purser.Contract) error {
			if len(c.Applications) == 1 && c.Standing != purser.StandingOver {
				sums[c.Applications[0].ID] = purser.AddMoney(sums[c.Applications[0].ID], c.Worth.Yearly...)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for id, all := range sums {
		d.Costs[id] = purser.SumsText(all)
	}
	return h.render(w, r, http.StatusOK, view.Overlap(h.page(r, "Overlap", ui.Applications, ui.Link{Label: "Applications", Href: "/applications"}), d))
}
