package web

import (
	"net/http"

	"purser"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) credentialRoutes(add adder) {
	add("GET /credentials", purser.OpInstanceRead, h.credentials)
	add("GET /instances/{id}/credential", purser.OpInstanceRead, h.credential)
	add("POST /instances/{id}/expiry", purser.OpCredentialSet, h.setExpiry)
}

// credentials lists every credential with what is known of it.
func (h *Handler) credentials(w http.ResponseWriter, r *http.Request) error {
	all, err := h.Connect.Credentials(r.Context(), "")
	if err != nil {
		return err
	}
	d := view.CredentialsData{Tabs: h.integrationTabs(r, "credentials"), All: all, Now: h.Now()}
	return h.render(w, r, http.StatusOK, view.Credentials(h.page(r, "Credentials", ui.Integrations, ui.Link{Label: "Integrations", Href: "/integrations"}), d))
}

func (h *Handler) credential(w http.ResponseWriter, r *http.Request) error {
	p, err := h.instancePage(r, "/credential")
	if err != nil {
		return err
	}
	if p.Kept, err = h.Connect.Credentials(r.Context(), p.Instance.ID); err != nil {
		return err
	}
	if p.Links, err = h.Connect.Delegations(r.Context(), p.Instance.ID); err != nil {
		return err
	}
	preview, err := h.Connect.Preview(r.Context(), p.Instance.Connector, p.Instance.Settings)
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.InstanceCredential(p, preview, h.Now()))
}

// setExpiry notes the day on which a credential ends.
func (h *Handler) setExpiry(w http.ResponseWriter, r *http.Request) error {
	if err := h.Connect.SetExpiry(r.Context(), r.PathValue("id"), r.PostFormValue("expires_on")); err != nil {
		return err
	}
	return done(w, r, "/credential", "saved")
}
