package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"purser"
	"purser/internal/web/view"
)

// Organization is what an admin says of the organization, and how far getting started is.
type Organization interface {
	Facts(ctx context.Context) (purser.Organization, *time.Location)
	Show(ctx context.Context) (purser.Organization, error)
	Set(ctx context.Context, o purser.Organization) (purser.Organization, error)
	Start(ctx context.Context) (purser.GettingStarted, error)
	Skip(ctx context.Context, key string, skip bool) error
	Dismiss(ctx context.Context, dismiss bool) error
}

func (h *Handler) organizationRoutes(add adder) {
	add("GET /settings/organization", purser.OpSettingRead, h.showOrganization)
	add("POST /settings/organization", purser.OpSettingWrite, h.setOrganization)
	add("POST /start/{step}/skip", purser.OpSettingWrite, h.skipStep)
	add("POST /start/dismiss", purser.OpSettingWrite, h.dismissStart)
}

func (h *Handler) showOrganization(w http.ResponseWriter, r *http.Request) error {
	o, err := h.Organization.Show(r.Context())
	if err != nil {
		return err
	}
	return h.organizationForm(w, r, http.StatusOK, view.OrganizationForm{Organization: o, Domains: strings.Join(o.MailDomains, "\n")})
}

func (h *Handler) organizationForm(w http.ResponseWriter, r *http.Request, status int, f view.OrganizationForm) error {
	f.MayWrite = h.may(r, purser.OpSettingWrite)
	return h.render(w, r, status, view.Organization(h.settingsPage(r, "Organization", "/settings/organization"), f))
}

func (h *Handler) setOrganization(w http.ResponseWriter, r *http.Request) error {
	f := view.OrganizationForm{Domains: r.PostFormValue("mail_domains"), Organization: purser.Organization{Name: r.PostFormValue("name"),
		MailDomains: strings.FieldsFunc(r.PostFormValue("mail_domains"), func(c rune) bool { return c == ',' || c == ';' || c == ' ' || c == '\n' || c == '\r' || c == '\t' }),
		Currency:    r.PostFormValue("currency"), TimeZone: r.PostFormValue("time_zone")}}
	month, err := strconv.Atoi(r.PostFormValue("fiscal_start"))
	if err == nil {
		f.Organization.FiscalStart = month
		_, err = h.Organization.Set(r.Context(), f.Organization)
	} else {
		err = purser.Invalid("fiscal_start", "choose a month")
	}
	if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemInvalid {
		f.Errors = fieldErrors(p)
		return h.organizationForm(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/organization?done=saved", http.StatusSeeOther)
	return nil
}

func (h *Handler) skipStep(w http.ResponseWriter, r *http.Request) error {
	if err := h.Organization.Skip(r.Context(), r.PathValue("step"), r.PostFormValue("again") == ""); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func (h *Handler) dismissStart(w http.ResponseWriter, r *http.Request) error {
	if err := h.Organization.Dismiss(r.Context(), r.PostFormValue("again") == ""); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}
