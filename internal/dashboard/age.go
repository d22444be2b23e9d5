package dashboard

import (
	"net/url"
	"time"

	"purser"
)

// TaskAge is how old the data of one task is, over all live instances that do it.
type TaskAge struct {
	Task      purser.TaskName `json:"task"`
	Instances int64           `json:"instances"`
	Oldest    time.Time       `json:"oldest,omitzero"` // data of the instance that is furthest behind
	Newest    time.Time       `json:"newest,omitzero"`
	URL       string          `json:"url"`
	Ages      []DataAge       `json:"ages"` // fresh, late, stale, never; those without an instance are left out
}

// DataAge is how many instances are equally fresh.
type DataAge struct {
	Freshness purser.Freshness `json:"freshness"`
	Instances int64            `json:"instances"`
	URL       string           `json:"url"`
}

// ages tells of each task that a live instance does, in the order of the tasks.
func ages(placed []purser.Placed) []TaskAge {
	out := []TaskAge{}
	for _, task := range purser.TaskNames() {
		a := TaskAge{Task: task, URL: "/integrations?" + url.Values{"status": {"live"}, "task": {string(task)}}.Encode()}
		count := map[purser.Freshness]int64{}
		for _, p := range placed {
			for _, t := range p.Tasks {
				if p.Status != purser.StatusLive || t.Task != task || !t.Enabled {
					continue
				}
				a.Instances++
				count[t.Freshness]++
				if t.DataAsOf.IsZero() {
					continue
				}
				if a.Oldest.IsZero() || t.DataAsOf.Before(a.Oldest) {
					a.Oldest = t.DataAsOf
				}
				if t.DataAsOf.After(a.Newest) {
					a.Newest = t.DataAsOf
				}
			}
		}
		for _, f := range []purser.Freshness{purser.NeverExecuted, purser.Stale, purser.Late, purser.Fresh} {
			if count[f] > 0 {
				a.Ages = append(a.Ages, DataAge{Freshness: f, Instances: count[f], URL: a.URL + "&data=" + string(f)})
			}
		}
		if a.Instances > 0 {
			out = append(out, a)
		}
	}
	return out
}
