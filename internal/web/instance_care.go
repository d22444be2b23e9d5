package web

import (
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// careRoutes change an instance in place and repair it.
func (h *Handler) careRoutes(add adder) {
	h.credentialRoutes(add)
	add("POST /instances/{id}/edit", purser.OpInstanceWrite, h.editInstance, proof)
	add("POST /instances/{id}/hr", purser.OpInstanceHR, h.setHR)
	add("POST /instances/{id}/check", purser.OpCredentialSet, h.checkAgain)
	add("GET /instances/{id}/permissions", purser.OpInstanceRead, h.permissions)
	add("POST /instances/{id}/discard", purser.OpCredentialSet, h.discard)
}

// edit gathers what the form of an instance's name, owner and settings needs.
func (h *Handler) edit(r *http.Request, i purser.Instance) (*view.InstanceEdit, error) {
	e := &view.InstanceEdit{Name: i.Name, Owner: i.OwnerID, Version: i.Version, Values: maps.Clone(i.Settings), MayHR: h.may(r, purser.OpInstanceHR)}
	p, err := h.Connect.Preview(r.Context(), i.Connector, i.Settings)
	if err != nil {
		return nil, err
	}
	e.Fields = p.Settings
	e.Owners, err = h.Connect.Owners(r.Context())
	return e, err
}

// editInstance saves name, owner and settings. What would make the kept
// credential unusable is said first and asked for.
func (h *Handler) editInstance(w http.ResponseWriter, r *http.Request) error {
	version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return purser.Invalid("version", "the form is incomplete; reload the page")
	}
	p, err := h.instancePage(r, "/settings")
	if err != nil {
		return err
	}
	if p.Edit, err = h.edit(r, p.Instance); err != nil {
		return err
	}
	name, owner := r.PostFormValue("name"), r.PostFormValue("owner")
	change := connect.Edit{Name: &name}
	if owner != "" {
		change.Owner, p.Edit.Owner = &owner, owner
	}
	p.Edit.Name = name
	if p.Kept, err = h.Connect.Credentials(r.Context(), p.Instance.ID); err != nil {
		return err
	}
	for field, values := range r.PostForm {
		if setting, ok := strings.CutPrefix(field, "set."); ok && len(values) > 0 {
			if change.Settings == nil {
				change.Settings = map[string]string{}
			}
			change.Settings[setting] = values[0]
			p.Edit.Values[setting] = values[0]
		}
	}
	refused, err := h.tryEdit(r, p.Instance.ID, change, version, p.Edit)
	if err != nil {
		return err
	}
	if refused != 0 {
		return h.render(w, r, refused, view.InstanceSettings(p))
	}
	return done(w, r, "/settings", "saved")
}

// tryEdit saves, or notes in the form why not and returns the status of that answer.
func (h *Handler) tryEdit(r *http.Request, id string, change connect.Edit, version int64, form *view.InstanceEdit) (refused int, err error) {
	if change.Settings != nil && r.PostFormValue("again") != "yes" {
		would, err := h.Connect.PreviewSettings(r.Context(), id, change.Settings)
		if err == nil && would.EnterAgain {
			form.Ask, form.Version = would.Message, version
			return http.StatusOK, nil
		}
		if err != nil {
			return h.refusedEdit(err, form)
		}
	}
	if _, err := h.Connect.Edit(r.Context(), id, change, version); err != nil {
		return h.refusedEdit(err, form)
	}
	return 0, nil
}

func (h *Handler) refusedEdit(err error, form *view.InstanceEdit) (int, error) {
	p, ok := errors.AsType[*purser.Problem](err)
	if !ok || p.Kind != purser.ProblemInvalid && p.Kind != purser.ProblemConflict {
		return 0, err
	}
	form.Errors = fieldErrors(p)
	if p.Field == "settings" || p.Field == "" {
		form.Errors = map[string]string{"": fieldErrors(p)[p.Field]}
	}
	return http.StatusUnprocessableEntity, nil
}

func (h *Handler) setHR(w http.ResponseWriter, r *http.Request) error {
	if err := h.Connect.SetHR(r.Context(), r.PathValue("id"), r.PostFormValue("hr") != ""); err != nil {
		return err
	}
	return done(w, r, "/settings", "saved")
}

// checkAgain tries the kept credential after something was mended at the vendor.
func (h *Handler) checkAgain(w http.ResponseWriter, r *http.Request) error {
	result, err := h.Connect.CheckAgain(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if result.OK {
		return done(w, r, "", "checked")
	}
	p, err := h.instancePage(r, "/credential")
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.CheckedAgain(p, result))
}

// permissions says which permissions are missing for what is switched on, and how to grant them.
func (h *Handler) permissions(w http.ResponseWriter, r *http.Request) error {
	p, err := h.instancePage(r, "/credential")
	if err != nil {
		return err
	}
	missing, browser, err := h.Connect.Missing(r.Context(), p.Instance.ID)
	if err != nil {
		return err
	}
	p.Page.Crumbs = append(p.Page.Crumbs, ui.Link{Label: p.Instance.Name, Href: "/instances/" + p.Instance.ID})
	return h.render(w, r, http.StatusOK, view.Permissions(p, missing, browser))
}

func (h *Handler) discard(w http.ResponseWriter, r *http.Request) error {
	if err := h.Connect.Discard(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return done(w, r, "/credential", "discarded")
}
