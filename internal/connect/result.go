package connect

import (
	"context"
	"fmt"
	"time"

	"purser"
	"purser/internal/store"
)

// Result is the page after the first sync: what was connected and what came of it.
type Result struct {
	Instance  purser.Instance       `json:"instance"`
	Message   string                `json:"message"` // authorized as X of tenant Y
	Done      bool                  `json:"done"`    // no run is under way any more
	Tasks     []purser.InstanceTask `json:"tasks"`
	Streams   []StreamResult        `json:"streams"`
	Matched   int64                 `json:"matched"`   // accounts that belong to a known person
	Unmatched int64                 `json:"unmatched"` // accounts of people that belong to nobody known
	People    int64                 `json:"people"`    // people that the instance gives
	NotRead   []NotRead             `json:"not_read"`
	NextRunAt time.Time             `json:"next_run_at,omitzero"`
}

// StreamResult is what came of one stream.
type StreamResult struct {
	Task purser.TaskName `json:"task"`
	purser.StreamState
}

// NotRead is something that is not read, and why.
type NotRead struct {
	What string `json:"what"`
	Why  string `json:"why"`
	Hint string `json:"hint,omitempty"`
}

// Result says what was connected and what came of it.
func (s *Service) Result(ctx context.Context, instanceID string) (Result, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return Result{}, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return Result{}, err
	}
	r := Result{Instance: i, Message: authorized(i), Done: true, Streams: []StreamResult{}, NotRead: []NotRead{}}
	if r.Tasks, err = s.tasks(ctx, i); err != nil {
		return r, err
	}
	for _, t := range r.Tasks {
		r.addTask(t)
	}
	if c := s.links.Catalog.Get(i.Connector); c != nil {
		for _, cannot := range c.Manifest.Cannot {
			r.NotRead = append(r.NotRead, NotRead{What: cannot, Why: "the vendor does not tell it"})
		}
	}
	linked, all, err := store.CountMatched(ctx, s.db.Read(), i.No)
	if err != nil {
		return r, err
	}
	r.Matched, r.Unmatched = linked, all-linked
	r.People, err = store.CountPeopleOf(ctx, s.db.Read(), i.No)
	return r, err
}

func (r *Result) addTask(t purser.InstanceTask) {
	title := t.Task.Title()
	if !t.Enabled {
		r.NotRead = append(r.NotRead, NotRead{What: title, Why: "the task is switched off", Hint: "Switch it on in the task table"})
		return
	}
	if !t.NextRunAt.IsZero() && (r.NextRunAt.IsZero() || t.NextRunAt.Before(r.NextRunAt)) {
		r.NextRunAt = t.NextRunAt
	}
	if t.LastRun == nil || !t.LastRun.State.Ended() {
		r.Done = false
	}
	if t.NotOffered != "" {
		r.NotRead = append(r.NotRead, NotRead{What: title, Why: t.NotOffered})
	}
	for _, st := range t.Streams {
		r.Streams = append(r.Streams, StreamResult{Task: t.Task, StreamState: st})
		switch st.State {
		case "blocked":
			why := "a permission is missing"
			if st.Scope != "" {
				why = "the permission " + st.Scope + " is missing"
			}
			r.NotRead = append(r.NotRead, NotRead{What: title + ": " + st.Stream, Why: why, Hint: st.Hint})
		case "not_offered":
			r.NotRead = append(r.NotRead, NotRead{What: title + ": " + st.Stream, Why: orElse(st.Message, "your plan at the vendor does not offer it"), Hint: st.Hint})
		case "failed", "partial":
			r.NotRead = append(r.NotRead, NotRead{What: title + ": " + st.Stream, Why: orElse(st.Message, "it could not be read completely"), Hint: st.Hint})
		}
	}
}

func authorized(i purser.Instance) string {
	switch {
	case !i.Confirmed:
		return "Not connected yet."
	case i.Account != "" && i.TenantID != "":
		return fmt.Sprintf("Authorized as %s of %s.", i.Account, nameOf(i.TenantName, i.TenantID))
	case i.TenantID != "":
		return fmt.Sprintf("Authorized for %s.", nameOf(i.TenantName, i.TenantID))
	}
	return "Authorized."
}
