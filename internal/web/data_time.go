package web

import (
	"net/http"
	"strings"

	"purser"
	"purser/internal/web/ui"
)

// dataUnder names the tasks that brought what the numbers of a page rest on, by
// the pattern of its address. Pages that know the time of their rows themselves
// say it in their head; what rests on nothing that was read is not here.
func dataUnder(pattern string) []purser.TaskName {
	switch pattern {
	case "/access", "/accounts", "/accounts/unmatched", "/accounts/{id}/link", "/people", "/people/{id}/merge", "/leavers", "/leavers/{id}":
		return []purser.TaskName{purser.TaskHRRoster, purser.TaskApplicationRoster}
	case "/accounts/sso", "/integrated/{id}":
		return []purser.TaskName{purser.TaskApplicationDiscovery, purser.TaskApplicationAccess}
	case "/applications", "/applications/{id}", "/applications/{id}/{tab}", "/applications/{id}/compare":
		return []purser.TaskName{purser.TaskApplicationRoster, purser.TaskApplicationDiscovery, purser.TaskApplicationAccess}
	case "/changes":
		return []purser.TaskName{purser.TaskHRRoster, purser.TaskApplicationRoster, purser.TaskLicenseInformation}
	case "/licenses", "/licenses/{id}", "/seats", "/contracts/{id}", "/contracts/{id}/sheet", "/applications/overlap":
		return []purser.TaskName{purser.TaskApplicationRoster, purser.TaskApplicationAccess, purser.TaskLicenseInformation}
	case "/spend":
		return []purser.TaskName{purser.TaskExpenseDiscovery}
	case "/suspicious":
		return []purser.TaskName{purser.TaskHRRoster, purser.TaskApplicationRoster, purser.TaskApplicationAccess}
	case "/devices", "/instances/{id}/devices":
		return []purser.TaskName{purser.TaskDeviceInventory}
	case "/findings", "/holds", "/instances/{id}/delete/{scope}":
		return purser.TaskNames()
	}
	return nil
}

// dated gives a page the time of the oldest data under its numbers. Of a fragment
// the page around it has said it.
func (h *Handler) dated(pattern string, a action) action {
	tasks := dataUnder(pattern)
	if len(tasks) == 0 {
		return a
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		if partial(r) {
			return a(w, r)
		}
		instance := ""
		if strings.HasPrefix(pattern, "/instances/{id}") {
			instance = r.PathValue("id")
		}
		at, err := h.Inventory.DataAsOf(r.Context(), instance, tasks...)
		if err != nil {
			return err
		}
		return a(w, r.WithContext(ui.WithDataTime(r.Context(), at)))
	}
}
