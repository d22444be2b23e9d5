package web

import (
	"net/http"

	"purser"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) viewRoutes(add adder) {
	add("GET /views", purser.OpViewSave, h.views)
	add("GET /views/new", purser.OpViewSave, h.newView)
	add("POST /views/new", purser.OpViewSave, h.saveView)
	add("GET /views/{id}", purser.OpViewSave, h.openView)
	add("GET /views/{id}/edit", purser.OpViewSave, h.editView)
	add("POST /views/{id}/edit", purser.OpViewSave, h.changeView)
	add("POST /views/{id}/remove", purser.OpViewSave, h.removeView)
	add("POST /views/{id}/report", purser.OpExport, h.mailView)
}

func viewsCrumb() ui.Link { return ui.Link{Label: "Saved views", Href: "/views"} }

func (h *Handler) views(w http.ResponseWriter, r *http.Request) error {
	all, err := h.Tables.Views(r.Context(), "")
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.SavedViews(h.page(r, "Saved views", ""), all, h.may(r, purser.OpExport)))
}

// openView goes to the list as it was saved: the address of a view stays the same
// when what it shows is changed.
func (h *Handler) openView(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Tables.View(r.Context(), r.PathValue("id"))
	if err == nil {
		err = v.Opens()
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.URL, http.StatusFound)
	return nil
}

// newView asks how the list of the address is to be called.
func (h *Handler) newView(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	in := table.ViewInput{List: q.Get("list")}
	q.Del("list")
	in.Query = q.Encode()
	return h.viewForm(w, r, http.StatusOK, view.SavedViewData{Input: in})
}

func (h *Handler) viewForm(w http.ResponseWriter, r *http.Request, status int, d view.SavedViewData) error {
	title := "Save this view"
	if d.ID != "" {
		title = "Change a view"
	}
	return h.render(w, r, status, view.SavedView(h.page(r, title, "", viewsCrumb()), d))
}

func viewInput(r *http.Request) table.ViewInput {
	return table.ViewInput{List: r.PostFormValue("list"), Name: r.PostFormValue("name"), Query: r.PostFormValue("query"), Shared: r.PostFormValue("shared") == "on"}
}

func (h *Handler) saveView(w http.ResponseWriter, r *http.Request) error {
	in := viewInput(r)
	v, err := h.Tables.Save(r.Context(), in)
	d := view.SavedViewData{Input: in}
	if takesBack(&d.Errors, err) {
		return h.viewForm(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/views?done=saved#"+v.ID, http.StatusSeeOther)
	return nil
}

func (h *Handler) editView(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Tables.View(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.viewForm(w, r, http.StatusOK, view.SavedViewData{ID: v.ID, Input: table.ViewInput{List: v.List, Name: v.Name, Query: v.Query, Shared: v.Shared}})
}

func (h *Handler) changeView(w http.ResponseWriter, r *http.Request) error {
	in := viewInput(r)
	d := view.SavedViewData{ID: r.PathValue("id"), Input: in}
	_, err := h.Tables.Change(r.Context(), d.ID, in)
	if takesBack(&d.Errors, err) {
		return h.viewForm(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/views?done=saved#"+d.ID, http.StatusSeeOther)
	return nil
}

func (h *Handler) removeView(w http.ResponseWriter, r *http.Request) error {
	if err := h.Tables.Delete(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/views?done=saved", http.StatusSeeOther)
	return nil
}

func (h *Handler) mailView(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Tables.Subscribe(r.Context(), r.PathValue("id"), r.PostFormValue("every")); err != nil {
		return err
	}
	http.Redirect(w, r, "/views?done=saved", http.StatusSeeOther)
	return nil
}
