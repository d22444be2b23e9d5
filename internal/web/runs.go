package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) runRoutes(add adder) {
	add("GET /runs", purser.OpRunRead, h.runs)
	add("GET /runs/export", purser.OpExport, h.exportList("runs"), proof)
	add("GET /runs/{id}", purser.OpRunRead, h.run)
	add("GET /runs/{id}/log", purser.OpRunRead, h.runLog)
	add("GET /runs/{id}/log.jsonl", purser.OpRunRead, h.downloadLog)
	add("GET /runs/{id}/rejects", purser.OpRunRead, h.rejects)
	add("POST /runs/{id}/cancel", purser.OpRunStart, h.cancelRun)
}

func (h *Handler) runs(w http.ResponseWriter, r *http.Request) error {
	l := list(r)
	instances, err := h.Connect.Instances(r.Context(), connect.InstanceFilter{})
	if err != nil {
		return err
	}
	options := make([]ui.FilterOption, 0, len(instances))
	for _, i := range instances {
		options = append(options, ui.FilterOption{Value: i.ID, Label: i.Name})
	}
	menus := append([]ui.FilterMenu{l.menu("Instance", "instance", options...)}, runMenus(l)...)
	d, err := h.runList(r, l, l.query["instance"], menus)
	if err != nil {
		return err
	}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.RunRows(d))
	}
	return h.render(w, r, http.StatusOK, view.Runs(h.page(r, "Runs", ui.Runs), d))
}

// logPage is how many lines of a log stand on a page; the download has all.
const logPage = 200

func (h *Handler) run(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	run, err := h.Runs.Run(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		after = 0
	}
	lines, err := h.Runs.Log(ctx, run.ID, after, logPage)
	if err != nil {
		return err
	}
	d := view.RunData{Run: run, Lines: lines, MayCancel: h.may(r, purser.OpRunStart), Kept: h.Settings.KeepLogs}
	if len(lines) == logPage {
		d.More = fmt.Sprintf("/runs/%s?after=%d", run.ID, lines[len(lines)-1].Seq)
	}
	if after > 0 {
		d.Start = "/runs/" + run.ID
	}
	crumbs := []ui.Link{{Label: "Runs", Href: "/runs"}, {Label: run.InstanceName, Href: "/instances/" + run.InstanceID}}
	return h.render(w, r, http.StatusOK, view.Run(h.page(r, run.Task.Title(), ui.Runs, crumbs...), d))
}

// downloadLog streams the whole log as JSON Lines.
func (h *Handler) downloadLog(w http.ResponseWriter, r *http.Request) error {
	run, err := h.Runs.Run(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/jsonl")
	w.Header().Set("Content-Disposition", `attachment; filename="`+run.ID+`.jsonl"`)
	out := json.NewEncoder(w)
	for after := int64(0); ; {
		lines, err := h.Runs.Log(r.Context(), run.ID, after, 1000)
		if err != nil {
			panic(http.ErrAbortHandler) // the head is out: cut the download instead of shortening it
		}
		for _, l := range lines {
			if err := out.Encode(l); err != nil {
				return nil // the reader is gone
			}
			after = l.Seq
		}
		if len(lines) < 1000 {
			return nil
		}
	}
}

func (h *Handler) cancelRun(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := h.Runs.Cancel(r.Context(), id); err != nil {
		return err
	}
	http.Redirect(w, r, "/runs/"+id+"?done=canceled", http.StatusSeeOther)
	return nil
}
