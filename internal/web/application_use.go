package web

import (
	"net/http"
	"strconv"

	"purser"
	"purser/internal/web/view"
)

func (h *Handler) useRoutes(add adder) {
	add("POST /applications/{id}/threshold", purser.OpApplicationSet, h.setThreshold)
}

// applicationUse fills the tab Use; days in the address is a threshold to look at.
func (h *Handler) applicationUse(r *http.Request, d *view.ApplicationData) error {
	days := 0
	if typed := r.URL.Query().Get("days"); typed != "" {
		var err error
		if days, err = strconv.Atoi(typed); err != nil || days < 1 {
			return purser.Invalid("days", "%q is no number of days: say after how many without use an account is inactive, such as 60", typed)
		}
	}
	u, err := h.Inventory.ApplicationUse(r.Context(), d.Application.ID, days)
	if err != nil {
		return err
	}
	d.Use = view.UseData{Use: u, Try: days, MaySet: d.MaySet}
	if days == 0 {
		d.Use.Try = u.Days
	}
	return nil
}

func (h *Handler) setThreshold(w http.ResponseWriter, r *http.Request) error {
	days, err := strconv.Atoi(r.PostFormValue("days"))
	if err != nil {
		return purser.Invalid("days", "say after how many days without use an account is inactive")
	}
	id := r.PathValue("id")
	if err := h.Inventory.SetThreshold(r.Context(), id, days); err != nil {
		return err
	}
	http.Redirect(w, r, "/applications/"+id+"/use?done=saved", http.StatusSeeOther)
	return nil
}
