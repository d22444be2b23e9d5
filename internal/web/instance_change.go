package web

import "net/http"

func (h *Handler) activate(w http.ResponseWriter, r *http.Request) error {
	if err := h.Connect.Activate(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return done(w, r, "", "activated")
}

func (h *Handler) deactivate(w http.ResponseWriter, r *http.Request) error {
	if err := h.Connect.Deactivate(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return done(w, r, "", "deactivated")
}

// done leads back to a tab of the instance and says what happened there.
func done(w http.ResponseWriter, r *http.Request, tab, word string) error {
	http.Redirect(w, r, "/instances/"+r.PathValue("id")+tab+"?done="+word, http.StatusSeeOther)
	return nil
}
