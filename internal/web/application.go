package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"purser"
	"purser/internal/audit"
	"purser/internal/connect"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/license"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// application shows one tab of an application's page.
func (h *Handler) application(w http.ResponseWriter, r *http.Request) error {
	return h.applicationTab(w, r, http.StatusOK, cmp.Or(r.PathValue("tab"), "overview"), licenseForms{})
}

func (h *Handler) applicationTab(w http.ResponseWriter, r *http.Request, status int, tab string, forms licenseForms) error {
	ctx, id := r.Context(), r.PathValue("id")
	if !slices.ContainsFunc(applicationTabs(), func(t string) bool { return strings.ToLower(t) == tab }) {
		return purser.NotFound("page", tab)
	}
	a, err := h.Inventory.Application(ctx, id)
	if err != nil {
		return err
	}
	d := view.ApplicationData{Application: a, Tab: tab, Statuses: inventory.ApplicationStatuses(), MaySet: h.may(r, purser.OpApplicationSet)}
	for _, t := range applicationTabs() {
		href := "/applications/" + id
		if t != "Overview" {
			href += "/" + strings.ToLower(t)
		}
		d.Tabs = append(d.Tabs, ui.Tab{Label: t, Href: href, Current: strings.ToLower(t) == tab})
	}
	l := list(r)
	switch tab {
	case "overview":
		if h.may(r, purser.OpFindingRead) {
			if d.Counts, err = h.Findings.Counts(ctx, finding.Filter{Application: id}); err != nil {
				return err
			}
		}
		if d.MaySet && h.may(r, purser.OpUserRead) {
			if d.Users, err = h.Login.Users(ctx); err != nil {
				return err
			}
		}
	case "accounts":
		d.Former = r.URL.Query().Get("former") == "1"
		found, err := h.Inventory.Accounts(ctx, inventory.AccountFilter{Application: id, Removed: d.Former}, l.page)
		if err != nil {
			return err
		}
		d.Accounts, d.Pager = found.Items, l.pager(len(found.Items), found.Next, found.Total, found.More)
	case "use":
		if err := h.applicationUse(r, &d); err != nil {
			return err
		}
	case "activity":
		d.Span = inventory.DaySpan{From: l.query.Get("from"), Until: l.query.Get("to")}
		found, err := h.Inventory.ApplicationActivity(ctx, id, d.Span, l.page)
		if err != nil {
			return err
		}
		d.Activity, d.Pager = found.Items, l.pager(len(found.Items), found.Next, found.Total, found.More)
	case "licenses":
		found, err := h.Licenses.List(ctx, license.Filter{Application: id}, l.page)
		if err != nil {
			return err
		}
		d.TypedPlan, d.TypedExclusion = forms.plan, forms.exclusion
		d.Plans, d.MayLicense = found.Items, h.may(r, purser.OpLicenseSet)
		d.Pager = l.pager(len(found.Items), found.Next, found.Total, found.More)
		if d.HandPlans, err = h.Licenses.ByHand(ctx, id); err != nil {
			return err
		}
		if d.Exclusions, err = h.Licenses.Exclusions(ctx, id); err != nil {
			return err
		}
	case "integration":
		if d.Feed, err = h.Feeds.State(ctx, id); err != nil {
			return err
		}
		all, err := h.Connect.Instances(ctx, connect.InstanceFilter{})
		if err != nil {
			return err
		}
		for _, i := range all {
			if i.Application == id {
				d.Instances = append(d.Instances, i)
			}
		}
	case "history":
		if d.Timeline.Entries, err = h.Inventory.ApplicationTimeline(ctx, id); err != nil {
			return err
		}
		d.Timeline.Names = true
		state, err := h.Feeds.State(ctx, id)
		if err != nil {
			return err
		}
		d.Feed = state
		if h.may(r, purser.OpAuditRead) {
			lines, err := h.Audit.List(ctx, audit.Filter{Object: id}, purser.Page{Limit: 100})
			if err != nil {
				return err
			}
			d.History = lines.Items
		} else {
			d.HistoryHidden = true
		}
	}
	return h.render(w, r, status, view.Application(h.page(r, a.Name, ui.Applications, ui.Link{Label: "Applications", Href: "/applications"}), d))
}

func (h *Handler) setApplication(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("form", "the form cannot be read")
	}
	if err := h.Inventory.SetApplication(r.Context(), id, applicationChange(r)); err != nil {
		return err
	}
	http.Redirect(w, r, "/applications/"+id+"?done=saved", http.StatusSeeOther)
	return nil
}

// applicationChange reads a decision from its form: what the form has no field of stays.
func applicationChange(r *http.Request) (c inventory.ApplicationChange) {
	for name, to := range map[string]**string{"status": &c.Status, "owner": &c.Owner, "note": &c.Note} {
		if v, ok := r.PostForm[name]; ok {
			*to = &v[0]
		}
	}
	c.Why = strings.TrimSpace(r.PostFormValue("why"))
	return c
}
