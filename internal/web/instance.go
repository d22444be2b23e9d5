package web

import (
	"net/http"

	"purser"
	"purser/internal/audit"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// instancePage is the frame of each tab of an instance.
func (h *Handler) instancePage(r *http.Request, tab string) (view.InstancePage, error) {
	i, err := h.Connect.Instance(r.Context(), r.PathValue("id"))
	if err != nil {
		return view.InstancePage{}, h.orDeleted(r, err)
	}
	p := view.InstancePage{Page: h.page(r, i.Name, ui.Integrations, ui.Link{Label: "Integrations", Href: "/integrations"}), Instance: i,
		MayWrite: h.may(r, purser.OpInstanceWrite), MaySync: h.may(r, purser.OpRunStart), MayLoad: h.may(r, purser.OpRunRead), MayDelete: h.may(r, purser.OpInstanceDelete)}
	if p.Tasks, err = h.Connect.Tasks(r.Context(), i.ID); err != nil {
		return p, err
	}
	if p.Standing, err = h.Connect.Stand(r.Context(), i.ID); err != nil {
		return p, err
	}
	p.Connector = h.Connect.ConnectorTitle(i.Connector)
	p.HandedOver = h.Loads != nil && h.Loads.Source(i.Connector) != ""
	base := "/instances/" + i.ID
	for _, t := range []struct {
		label, path string
		op          purser.Operation
	}{
		{"Tasks", "", purser.OpInstanceRead}, {"Loads", "/loads", purser.OpRunRead}, {"Integrated applications", "/applications", purser.OpAccountRead},
		{"Devices", "/devices", purser.OpAccountRead},
		{"Credentials", "/credential", purser.OpInstanceRead},
		{"Actions", "/actions", purser.OpActionRead}, {"Holds", "/holds", purser.OpRunRead},
		{"Runs", "/runs", purser.OpRunRead}, {"Calls", "/calls", purser.OpRunRead}, {"Settings", "/settings", purser.OpInstanceRead}, {"History", "/history", purser.OpAuditRead},
	} {
		asks := t.path == "/credential" || t.path == "/calls"
		if !h.may(r, t.op) || asks && p.HandedOver || t.path == "/loads" && !p.HandedOver || (t.path == "/applications" && !reads(p.Tasks, purser.TaskApplicationDiscovery)) ||
			(t.path == "/devices" && !reads(p.Tasks, purser.TaskDeviceInventory)) {
			continue
		}
		p.Tabs = append(p.Tabs, ui.Tab{Label: t.label, Href: base + t.path, Current: t.path == tab})
	}
	return p, nil
}

func reads(tasks []purser.InstanceTask, task purser.TaskName) bool {
	for _, t := range tasks {
		if t.Task == task {
			return true
		}
	}
	return false
}

func (h *Handler) instance(w http.ResponseWriter, r *http.Request) error {
	if task := r.URL.Query().Get("task"); task != "" && h.may(r, purser.OpInstanceWrite) {
		return h.taskTab(w, r, http.StatusOK, &view.TaskForm{Task: purser.TaskName(task)})
	}
	return h.taskTab(w, r, http.StatusOK, nil)
}

// taskTab is the tab with the task table; form is of the task that is changed there.
func (h *Handler) taskTab(w http.ResponseWriter, r *http.Request, status int, form *view.TaskForm) error {
	p, err := h.instancePage(r, "")
	if err != nil {
		return err
	}
	p.Task = form
	return h.render(w, r, status, view.Instance(p))
}

func (h *Handler) instanceRuns(w http.ResponseWriter, r *http.Request) error {
	p, err := h.instancePage(r, "/runs")
	if err != nil {
		return err
	}
	l := list(r)
	d, err := h.runList(r, l, []string{p.Instance.ID}, runMenus(l))
	if err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.RunRowsOf(d))
	}
	return h.render(w, r, http.StatusOK, view.InstanceRuns(p, d))
}

func (h *Handler) instanceHolds(w http.ResponseWriter, r *http.Request) error {
	p, err := h.instancePage(r, "/holds")
	if err != nil {
		return err
	}
	holds, err := h.Runs.Holds(r.Context(), p.Instance.ID)
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.InstanceHolds(p, holds, h.may(r, purser.OpHoldDecide)))
}

func (h *Handler) instanceSettings(w http.ResponseWriter, r *http.Request) error {
	return h.showInstanceSettings(w, r, http.StatusOK, view.RecipientsData{})
}

func (h *Handler) showInstanceSettings(w http.ResponseWriter, r *http.Request, status int, to view.RecipientsData) error {
	p, err := h.instancePage(r, "/settings")
	if err != nil {
		return err
	}
	if p.MayWrite {
		if p.Edit, err = h.edit(r, p.Instance); err != nil {
			return err
		}
	} else {
		preview, err := h.Connect.Preview(r.Context(), p.Instance.Connector, p.Instance.Settings)
		if err != nil {
			return err
		}
		p.Labels = preview.Settings
	}
	if p.Kept, err = h.Connect.Credentials(r.Context(), p.Instance.ID); err != nil {
		return err
	}
	if p.Told, err = h.told(r, p.Instance, to); err != nil {
		return err
	}
	return h.render(w, r, status, view.InstanceSettings(p))
}

func (h *Handler) instanceHistory(w http.ResponseWriter, r *http.Request) error {
	p, err := h.instancePage(r, "/history")
	if err != nil {
		return err
	}
	lines, err := h.Audit.List(r.Context(), audit.Filter{Object: p.Instance.ID}, purser.Page{Limit: 100})
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.InstanceHistory(p, lines.Items))
}

// result is the page after confirming: the first sync, live, and what came of it.
func (h *Handler) result(w http.ResponseWriter, r *http.Request) error {
	p, err := h.instancePage(r, "")
	if err != nil {
		return err
	}
	result, err := h.Connect.Result(r.Context(), p.Instance.ID)
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.FirstSync(p, result))
}
