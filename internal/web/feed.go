package web

import (
	"net/http"
	"strconv"
	"strings"

	"purser"
	"purser/internal/feed"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// chooseFeed says whose accounts of an application count, from when on.
func (h *Handler) chooseFeed(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	days, err := strconv.ParseInt(strings.TrimSpace("0"+r.PostFormValue("parallel_days")), 10, 64)
	if err != nil {
		return purser.Invalid("parallel_days", "the days of a parallel run are a number")
	}
	_, err = h.Feeds.Choose(r.Context(), id, feed.Choice{Feed: purser.Feed(r.PostFormValue("feed")), ParallelDays: days, Why: strings.TrimSpace(r.PostFormValue("why"))})
	if err != nil {
		return err
	}
	to := "/applications/" + id + "/integration?done=saved"
	if c := r.PostFormValue("connect"); c != "" && h.may(r, purser.OpInstanceWrite) {
		if state, err := h.Feeds.State(r.Context(), id); err == nil && state.Direct == c {
			to = "/catalog/" + c
		}
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// compareFeeds is the report of what an application's two sources say differently.
func (h *Handler) compareFeeds(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Inventory.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	l := list(r)
	found, err := h.Feeds.Differences(r.Context(), a.ID, r.URL.Query().Get("what"), l.page)
	if err != nil {
		return err
	}
	d := view.CompareData{Application: a, Found: found}
	for _, t := range view.DifferenceTabs(found) {
		t.Href, t.Current = l.with("what", t.Href), t.Href == found.What
		d.Tabs = append(d.Tabs, t)
	}
	d.Pager = l.pager(len(found.Items), found.Next, view.DifferenceTotal(found), false)
	return h.render(w, r, http.StatusOK, view.Compare(h.page(r, "Compare the sources of "+a.Name, ui.Applications, ui.Link{Label: "Applications", Href: "/applications"},
		ui.Link{Label: a.Name, Href: "/applications/" + a.ID + "/integration"}), d))
}
