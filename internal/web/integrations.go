package web

import (
	"net/http"
	"slices"
	"strings"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) integrationRoutes(add adder) {
	add("GET /integrations", purser.OpInstanceRead, h.integrations)
	add("GET /catalog", purser.OpCatalogRead, h.catalog)
	add("GET /catalog/matrix", purser.OpCatalogRead, h.matrix)
	add("GET /catalog/{connector}", purser.OpCatalogRead, h.preview)
	add("GET /catalog/{connector}/connect", purser.OpInstanceWrite, h.connectForm)
	add("POST /catalog/{connector}/connect", purser.OpInstanceWrite, h.connect)
	add("GET /holds", purser.OpRunRead, h.holds)
	add("GET /holds/{id}", purser.OpRunRead, h.hold)
	add("POST /holds/{id}/decide", purser.OpHoldDecide, h.decideHold)
	h.delegateRoutes(add)
	add("GET /oauth/callback", "", h.callback) // the service asks who may: a delegate has no user
	add("GET /instances/{id}", purser.OpInstanceRead, h.instance)
	add("GET /instances/{id}/setup", purser.OpCredentialSet, h.setupInstance, proof)
	add("POST /instances/{id}/credential", purser.OpCredentialSet, h.setCredential)
	add("GET /instances/{id}/authorize", purser.OpCredentialSet, h.authorize, proof)
	add("GET /instances/{id}/authorize/go", purser.OpCredentialSet, h.authorizeGo, proof)
	add("GET /instances/{id}/test", purser.OpCredentialSet, h.testForm)
	add("POST /instances/{id}/test", purser.OpCredentialSet, h.test)
	add("POST /instances/{id}/confirm", purser.OpInstanceWrite, h.confirm)
	add("GET /instances/{id}/result", purser.OpInstanceRead, h.result)
	add("GET /instances/{id}/runs", purser.OpRunRead, h.instanceRuns)
	add("GET /instances/{id}/calls", purser.OpRunRead, h.instanceCalls)
	add("GET /instances/{id}/holds", purser.OpRunRead, h.instanceHolds)
	add("GET /instances/{id}/settings", purser.OpInstanceRead, h.instanceSettings)
	add("GET /instances/{id}/history", purser.OpAuditRead, h.instanceHistory)
	h.careRoutes(add)
	add("POST /instances/{id}/tasks/{task}", purser.OpInstanceWrite, h.setTask)
	add("POST /instances/{id}/sync", purser.OpRunStart, h.sync)
	add("POST /instances/{id}/activate", purser.OpInstanceWrite, h.activate)
	add("POST /instances/{id}/deactivate", purser.OpInstanceWrite, h.deactivate)
}

func (h *Handler) integrationTabs(r *http.Request, current string) []ui.Tab {
	tabs := []ui.Tab{{Label: "Instances", Href: "/integrations", Current: current == "instances"},
		{Label: "Catalog", Href: "/catalog", Current: current == "catalog"}, {Label: "Tasks and actions", Href: "/catalog/matrix", Current: current == "matrix"},
		{Label: "Own connectors", Href: ownPath, Current: current == "own"}}
	if h.may(r, purser.OpRunRead) {
		tabs = append(tabs, ui.Tab{Label: "Holds", Href: "/holds", Current: current == "holds"})
	}
	return append(tabs, ui.Tab{Label: "Credentials", Href: "/credentials", Current: current == "credentials"})
}

func (h *Handler) integrations(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	all, err := h.Connect.Standings(r.Context(), connect.InstanceFilter{})
	if err != nil {
		return err
	}
	menus := []ui.FilterMenu{l.menu("How it stands", "stands", view.StandOptions()...), l.menu("Status", "status", words("draft", "live", "inactive", "revoked", "deleting")...),
		l.menu("Health", "health", words("unknown", "ok", "failing", "unauthorized", "forbidden", "rate_limited")...),
		l.menu("Reads", "task", view.TaskOptions()...), l.menu("Data", "data", view.FreshnessOptions()...)}
	d := view.IntegrationsData{Tabs: h.integrationTabs(r, "instances"), Filters: l.filters("Search name, connector, tenant", false, menus...), Connected: len(all) > 0}
	applications := map[string]bool{}
	for _, i := range all {
		applications[i.Application] = true
		if !selected(i, r) {
			continue
		}
		row := view.InstanceRow{Placed: i}
		row.Sum(i.Tasks)
		if d.AsOf.IsZero() || (!row.AsOf.IsZero() && row.AsOf.Before(d.AsOf)) {
			d.AsOf = row.AsOf
		}
		d.Stale = d.Stale || row.Stale
		d.Instances = append(d.Instances, row)
	}
	d.Rows = ui.Rows{Count: ui.Count(int64(len(d.Instances)), "instance", "instances"), Chips: l.chips(menus...), ClearURL: l.cleared()}
	d.Sub = []string{ui.Count(int64(len(all)), "instance", "instances") + " of " + ui.Count(int64(len(applications)), "application", "applications"), view.StandSentence(all)}
	d.MayConnect, d.MaySync = h.may(r, purser.OpInstanceWrite), h.may(r, purser.OpRunStart)
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.InstanceRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Integrations(h.page(r, "Integrations", ui.Integrations), d))
}

// selected applies the filters of the address. Instances are few: an
// organization has hundreds at the most.
func selected(i purser.Placed, r *http.Request) bool {
	q := r.URL.Query()
	if s := q["status"]; len(s) > 0 && !slices.Contains(s, string(i.Status)) {
		return false
	}
	if s := q["health"]; len(s) > 0 && !slices.Contains(s, string(i.Health)) {
		return false
	}
	if s := q["stands"]; len(s) > 0 && !slices.Contains(s, i.Standing.Tone) {
		return false
	}
	if q.Get("attention") == "1" && !i.Standing.Urgent() {
		return false
	}
	if !does(i, q["task"], q["data"]) {
		return false
	}
	text := strings.ToLower(strings.Join([]string{i.Name, i.Connector, i.TenantName}, " "))
	return strings.Contains(text, strings.ToLower(strings.TrimSpace(q.Get("q"))))
}

// does reports whether an instance does one of the tasks with data of one of the
// ages; none of either: whichever.
func does(i purser.Placed, tasks, ages []string) bool {
	return len(tasks)+len(ages) == 0 || slices.ContainsFunc(i.Tasks, func(t purser.InstanceTask) bool {
		return t.Enabled && (len(tasks) == 0 || slices.Contains(tasks, string(t.Task))) && (len(ages) == 0 || slices.Contains(ages, string(t.Freshness)))
	})
}
