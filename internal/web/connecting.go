package web

import (
	"errors"
	"net/http"
	"strings"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func catalogCrumbs() []ui.Link {
	return []ui.Link{{Label: "Integrations", Href: "/integrations"}, {Label: "Catalog", Href: "/catalog"}}
}

// preview is step 1: what each task reads and needs, before anything is entered.
func (h *Handler) preview(w http.ResponseWriter, r *http.Request) error {
	p, err := h.Connect.Preview(r.Context(), r.PathValue("connector"), nil)
	if err != nil {
		return err
	}
	d := view.PreviewData{Preview: p, MayConnect: h.may(r, purser.OpInstanceWrite)}
	return h.render(w, r, http.StatusOK, view.Preview(h.page(r, p.Title, ui.Integrations, catalogCrumbs()...), d))
}

// connectForm is step 2: the instance's name and settings, with the tasks chosen.
func (h *Handler) connectForm(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	form := view.ConnectForm{Tasks: q["task"], Values: map[string]string{}}
	return h.showConnect(w, r, http.StatusOK, form)
}

func (h *Handler) showConnect(w http.ResponseWriter, r *http.Request, status int, form view.ConnectForm) error {
	p, err := h.Connect.Preview(r.Context(), r.PathValue("connector"), form.Values)
	if err != nil {
		return err
	}
	form.Preview = p
	if form.Name == "" {
		form.Name = p.Title
	}
	if form.Auth == "" && len(p.Auth) > 0 {
		form.Auth = p.Auth[0].Name
	}
	crumbs := append(catalogCrumbs(), ui.Link{Label: p.Title, Href: "/catalog/" + p.Connector})
	return h.render(w, r, status, view.Connect(h.page(r, "Connect "+p.Title, ui.Integrations, crumbs...), form))
}

// connect makes the draft. Nothing is called yet.
func (h *Handler) connect(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("", "the form could not be read")
	}
	form := view.ConnectForm{Name: r.PostFormValue("name"), Auth: r.PostFormValue("auth"), Tasks: r.PostForm["task"], Values: map[string]string{}}
	for name, values := range r.PostForm {
		if setting, ok := strings.CutPrefix(name, "set."); ok && len(values) > 0 {
			form.Values[setting] = values[0]
		}
	}
	in := connect.CreateInput{Connector: r.PathValue("connector"), Name: form.Name, Auth: form.Auth, Settings: form.Values, SetUpLater: r.PostFormValue("later") != ""}
	for _, t := range form.Tasks {
		in.Tasks = append(in.Tasks, purser.TaskName(t))
	}
	i, err := h.Connect.Create(r.Context(), in)
	if p, ok := errors.AsType[*purser.Problem](err); ok && (p.Kind == purser.ProblemInvalid || p.Kind == purser.ProblemConflict) {
		form.Errors = fieldErrors(p)
		return h.showConnect(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	if in.SetUpLater {
		http.Redirect(w, r, "/instances/"+i.ID+"?done=saved", http.StatusSeeOther)
		return nil
	}
	if i.Status == purser.StatusLive { // there is nobody to authorize at
		http.Redirect(w, r, "/instances/"+i.ID+"/loads", http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r, "/instances/"+i.ID+"/setup", http.StatusSeeOther)
	return nil
}

// setupInstance is step 3: the credential, with the vendor's console steps beside it.
func (h *Handler) setupInstance(w http.ResponseWriter, r *http.Request) error {
	return h.showCredential(w, r, http.StatusOK, view.CredentialForm{Auth: r.URL.Query().Get("auth")})
}

func (h *Handler) showCredential(w http.ResponseWriter, r *http.Request, status int, form view.CredentialForm) error {
	i, err := h.Connect.Instance(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	form.Instance = i
	if form.Preview, err = h.Connect.Preview(r.Context(), i.Connector, i.Settings); err != nil {
		return err
	}
	if form.Auth == "" {
		form.Auth = i.Auth
	}
	if form.Tasks, err = h.Connect.Tasks(r.Context(), i.ID); err != nil {
		return err
	}
	form.Choose()
	if form.Kept, err = h.Connect.Fields(r.Context(), i.ID, form.Option.Name); err != nil {
		return err
	}
	return h.render(w, r, status, view.Credential(h.page(r, "Credentials of "+i.Name, ui.Integrations, instanceCrumbs(i)...), form))
}

func (h *Handler) setCredential(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("", "the form could not be read")
	}
	form := view.CredentialForm{Auth: r.PostFormValue("auth"), Values: map[string]string{}}
	fields := map[string]string{}
	for name, values := range r.PostForm {
		if field, ok := strings.CutPrefix(name, "secret."); ok && len(values) > 0 {
			fields[field] = values[0]
		}
	}
	id := r.PathValue("id")
	form.EndsOn = r.PostFormValue("expires_on")
	_, err := h.Connect.EndOn(r.Context(), form.EndsOn) // before anything is stored
	if err == nil {
		err = h.Connect.SetCredential(r.Context(), id, form.Auth, fields)
	}
	if err == nil && form.EndsOn != "" {
		err = h.Connect.SetExpiry(r.Context(), id, form.EndsOn)
	}
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		form.Errors = fieldErrors(p)
		form.Keep(fields)
		return h.showCredential(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	browser, err := h.browserAuth(r, id, form.Auth)
	if err != nil {
		return err
	}
	next := "/instances/" + id + "/test"
	if browser {
		next = "/instances/" + id + "/authorize"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// browserAuth reports whether a person must consent at the vendor.
func (h *Handler) browserAuth(r *http.Request, id, auth string) (bool, error) {
	i, err := h.Connect.Instance(r.Context(), id)
	if err != nil {
		return false, err
	}
	p, err := h.Connect.Preview(r.Context(), i.Connector, i.Settings)
	if err != nil {
		return false, err
	}
	for _, a := range p.Auth {
		if a.Name == auth {
			return a.Browser, nil
		}
	}
	return false, nil
}

func instanceCrumbs(i purser.Instance) []ui.Link {
	return []ui.Link{{Label: "Integrations", Href: "/integrations"}, {Label: i.Name, Href: "/instances/" + i.ID}}
}
