package web

import (
	"net/http"
	"time"

	"purser"
	"purser/internal/table"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// runMenus are the filters of a list of runs, beside that of its instances.
func runMenus(l listing) []ui.FilterMenu {
	var tasks, states, triggers []ui.FilterOption
	for _, t := range purser.TaskNames() {
		tasks = append(tasks, ui.FilterOption{Value: string(t), Label: t.Title()})
	}
	for _, s := range purser.RunStates() {
		states = append(states, ui.FilterOption{Value: string(s), Label: view.StateWords(s), Badge: ui.RunBadge(string(s), false)})
	}
	for _, t := range purser.Triggers() {
		triggers = append(triggers, ui.FilterOption{Value: string(t), Label: view.TriggerWords(t)})
	}
	return []ui.FilterMenu{l.menu("Task", "task", tasks...), l.menu("State", "state", states...), l.menu("Started", "trigger", triggers...)}
}

// runList reads a list of runs as its address says. Days are those of the page's zone.
func (h *Handler) runList(r *http.Request, l listing, instances []string, menus []ui.FilterMenu) (d view.RunsData, err error) {
	f := table.RunFilter(l.query, h.zone(r))
	if f.Instances = instances; !f.From.IsZero() || !f.To.IsZero() { // an old or mistyped address still opens
		d.From, d.To = l.query.Get("from"), l.query.Get("to")
	}
	found, err := h.Runs.Runs(r.Context(), f, l.page)
	if err != nil {
		return d, err
	}
	d.Runs, d.Pager = found.Items, l.pager(len(found.Items), found.Next, found.Total, found.More)
	d.Filters = l.filters("", h.may(r, purser.OpExport) && l.path == "/runs", menus...)
	d.Filters.NoSearch, d.Filters.Label = true, "Filter runs"
	d.Filters.Tools = view.DateSpan(d.From, d.To)
	d.Rows = ui.Rows{Count: counted(found.Total, found.More, "run, the newest first", "runs, the newest first"), Chips: l.chips(menus...), ClearURL: l.cleared()}
	for _, x := range []struct{ name, label, value string }{{"from", "From", d.From}, {"to", "To", d.To}} {
		if x.value != "" {
			d.Rows.Chips = append(d.Rows.Chips, ui.Chip{Label: x.label + " " + x.value, RemoveURL: l.with(x.name, "")})
		}
	}
	return d, dress(h, r, l, table.Runs(), found.Items, &d.Filters, &d.Rows)
}

// zone is the one in which a page writes and reads days.
func (h *Handler) zone(r *http.Request) *time.Location {
	if h.Organization == nil {
		return time.UTC
	}
	_, zone := h.Organization.Facts(r.Context())
	return zone
}
