package web

import (
	"net/http"
	"time"

	"purser"
	"purser/internal/inventory"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

// history reads the part of a timeline that the address asks for.
func history(r *http.Request, person bool, read func([]purser.Topic, purser.Page) (inventory.Timeline, error)) (view.HistoryData, error) {
	l := list(r)
	chosen := purser.Topic(l.query.Get("topic"))
	var topics []purser.Topic
	if chosen != "" {
		topics = []purser.Topic{chosen}
	}
	found, err := read(topics, purser.Page{After: l.page.After, Limit: l.page.Limit})
	if err != nil {
		return view.HistoryData{}, err
	}
	d := view.HistoryData{Entries: found.Items, Notes: found.Notes, Whose: person,
		Pager: l.pager(len(found.Items), found.Next, found.Total, found.More), Topics: []ui.Tab{{Label: "Everything", Href: l.with("topic", "") + "#history", Current: chosen == ""}}}
	for _, t := range purser.Topics() {
		if !person && (t == purser.TopicEmployment || t == purser.TopicManager || t == purser.TopicDepartment) {
			continue // of people alone
		}
		d.Topics = append(d.Topics, ui.Tab{Label: view.TopicLabel(t), Href: l.with("topic", string(t)) + "#history", Current: t == chosen})
	}
	return d, nil
}

// asOf makes a list of accounts one of a past day.
func (h *Handler) asOf(d *view.AccountsData, l listing, f inventory.AccountFilter, notes []string) {
	d.Filters.Date = &ui.FilterDate{Label: "As of", Name: "as_of", Value: f.AsOf, Latest: h.Now().UTC().Format(time.DateOnly)}
	day, err := time.Parse(time.DateOnly, f.AsOf)
	if err != nil {
		return // the present
	}
	d.Day, d.Notes = day.Format("2 January 2006"), notes
	d.Rows.Chips = append(d.Rows.Chips, ui.Chip{Label: "As of " + d.Day, RemoveURL: l.with("as_of", "")})
}
