package web

import (
	"errors"
	"net/http"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// authorize leads to the vendor's consent page by a link: Chromium applies the
// policy for forms to redirects, too.
func (h *Handler) authorize(w http.ResponseWriter, r *http.Request) error {
	i, err := h.Connect.Instance(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := h.Connect.Preview(r.Context(), i.Connector, i.Settings)
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.Authorize(h.page(r, "Authorize "+i.Name, ui.Integrations, instanceCrumbs(i)...), i, p))
}

func (h *Handler) authorizeGo(w http.ResponseWriter, r *http.Request) error {
	url, err := h.Connect.StartAuthorize(r.Context(), r.PathValue("id"), session(r))
	if err != nil {
		return err
	}
	http.Redirect(w, r, url, http.StatusSeeOther)
	return nil
}

// callback is where the vendor sends the browser back to.
func (h *Handler) callback(w http.ResponseWriter, r *http.Request) error {
	if ofDelegate(r) {
		return h.delegateCallback(w, r)
	}
	id, err := h.Connect.FinishAuthorize(r.Context(), session(r), r.URL.Query())
	if err != nil {
		if id == "" {
			return err
		}
		status, title, f := h.failure(r, err)
		i, getErr := h.Connect.Instance(r.Context(), id)
		if getErr != nil {
			return err
		}
		return h.render(w, r, status, view.AuthorizeFailed(h.page(r, title, ui.Integrations, instanceCrumbs(i)...), i, f))
	}
	http.Redirect(w, r, "/instances/"+id+"/test", http.StatusSeeOther)
	return nil
}

func session(r *http.Request) string {
	actor, _ := purser.ActorFrom(r.Context())
	return actor.Session
}

// testForm is step 4, before the vendor is asked.
func (h *Handler) testForm(w http.ResponseWriter, r *http.Request) error {
	return h.showTest(w, r, http.StatusOK, nil)
}

func (h *Handler) showTest(w http.ResponseWriter, r *http.Request, status int, result *connect.TestResult) error {
	i, err := h.Connect.Instance(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	tasks, err := h.Connect.Tasks(r.Context(), i.ID)
	if err != nil {
		return err
	}
	askHR := view.ReadsPeople(tasks) && h.may(r, purser.OpInstanceHR)
	return h.render(w, r, status, view.Test(h.page(r, "Test "+i.Name, ui.Integrations, instanceCrumbs(i)...), i, result, askHR))
}

// test asks the vendor and says what came of it, in words.
func (h *Handler) test(w http.ResponseWriter, r *http.Request) error {
	result, err := h.Connect.Test(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showTest(w, r, http.StatusOK, &result)
}

// confirm makes the instance live after tenant and account were shown.
func (h *Handler) confirm(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if tenant := r.PostFormValue("tenant"); tenant != "" {
		if err := h.Connect.ChooseTenant(r.Context(), id, tenant); err != nil {
			return err
		}
	}
	if err := h.Connect.Confirm(r.Context(), id); err != nil {
		if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid && p.Field == "tenant" {
			return h.showTest(w, r, http.StatusUnprocessableEntity, nil)
		}
		return err
	}
	if r.PostFormValue("hr-asked") != "" {
		if err := h.Connect.SetHR(r.Context(), id, r.PostFormValue("hr") != ""); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/instances/"+id+"/result", http.StatusSeeOther)
	return nil
}
