package web

import (
	"net/http"
	"slices"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// matrix shows every connector with its tasks and actions. The list of connectors
// in the API and on the command line says the same.
func (h *Handler) matrix(w http.ResponseWriter, r *http.Request) error {
	entries, err := h.Connect.Catalog(r.Context())
	if err != nil {
		return err
	}
	d := view.MatrixData{Tabs: h.integrationTabs(r, "matrix"), Entries: entries}
	for _, name := range purser.TaskNames() {
		if slices.ContainsFunc(entries, func(e connect.CatalogEntry) bool {
			return slices.ContainsFunc(e.Tasks, func(t connect.TaskInfo) bool { return t.Name == name })
		}) {
			d.Tasks = append(d.Tasks, name)
		}
	}
	return h.render(w, r, http.StatusOK, view.Matrix(h.page(r, "Tasks and actions", ui.Integrations, catalogCrumbs()...), d))
}
