package web

import (
	"net/http"
	"strconv"

	"purser"
	"purser/internal/run"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// runLog is the log of a run as a page, with filters.
func (h *Handler) runLog(w http.ResponseWriter, r *http.Request) error {
	ctx, l := r.Context(), list(r)
	of, err := h.Runs.Run(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	streams, err := h.Runs.LogStreams(ctx, of.ID)
	if err != nil {
		return err
	}
	var kinds, classes []ui.FilterOption
	for _, k := range purser.LogKinds() {
		kinds = append(kinds, ui.FilterOption{Value: k, Label: view.KindWords(k)})
	}
	f := run.LogFilter{Kinds: l.query["kind"], Streams: l.query["stream"]}
	for _, c := range purser.Classes() {
		classes = append(classes, ui.FilterOption{Value: string(c), Label: view.ClassWords(c)})
	}
	for _, c := range l.query["class"] {
		f.Classes = append(f.Classes, purser.Class(c))
	}
	menus := []ui.FilterMenu{l.menu("Kind", "kind", kinds...), l.menu("Stream", "stream", words(streams...)...), l.menu("What went wrong", "class", classes...)}
	after, err := strconv.ParseInt(l.page.After, 10, 64)
	if err != nil {
		after = 0
	}
	lines, err := h.Runs.LogLines(ctx, of.ID, f, after, l.page.Limit+1)
	if err != nil {
		return err
	}
	d := view.RunData{Run: of, Lines: lines, Kept: h.Settings.KeepLogs, Filtered: len(l.chips(menus...)) > 0}
	if len(lines) > l.page.Limit {
		d.Lines = lines[:l.page.Limit]
		d.More = l.at(strconv.FormatInt(d.Lines[l.page.Limit-1].Seq, 10))
	}
	if after > 0 {
		d.Start = l.with("after", "")
	}
	d.Filters = l.filters("", false, menus...)
	d.Filters.NoSearch, d.Filters.Label = true, "Filter the log"
	d.Rows = ui.Rows{Count: ui.Count(int64(len(d.Lines)), "line", "lines") + " on this page", Chips: l.chips(menus...), ClearURL: l.cleared()}
	if partial(r) {
		return h.render(w, r, http.StatusOK, view.LogRows(d))
	}
	return h.render(w, r, http.StatusOK, view.RunLog(h.page(r, "Log", ui.Runs, runCrumbs(of)...), d))
}

// rejects are the records of a run that could not be read, with the reasons.
func (h *Handler) rejects(w http.ResponseWriter, r *http.Request) error {
	of, err := h.Runs.Run(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	all, err := h.Runs.Rejects(r.Context(), of.ID)
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, view.Rejects(h.page(r, "Records that could not be read", ui.Runs, runCrumbs(of)...), of, all))
}

func runCrumbs(of purser.Run) []ui.Link {
	return []ui.Link{{Label: "Runs", Href: "/runs"}, {Label: of.Task.Title() + " of " + of.InstanceName, Href: "/runs/" + of.ID}}
}
