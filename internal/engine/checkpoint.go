package engine

import (
	"encoding/json"
	"fmt"
	"time"

	"purser"
)

// checkpoint is where a reading stands after whole pages. A run that resumes
// from it asks for the very page that would have come next.
type checkpoint struct {
	Start   string   `json:"start,omitempty"` // lower bound of this reading as the request writes it
	From    int64    `json:"from,omitempty"`  // the same as a moment, if it is one
	Began   int64    `json:"began"`           // when the reading began: the upper bound of windows
	Since   string   `json:"since,omitempty"` // cursor that it began with
	After   string   `json:"after,omitempty"` // the last partition that was read to its end
	Some    bool     `json:"some,omitempty"`  // there was one
	Part    string   `json:"part,omitempty"`  // the partition that is being read
	In      bool     `json:"in,omitempty"`    // there is one
	Next    position `json:"next,omitzero"`   // where in it
	High    int64    `json:"high,omitempty"`  // greatest moment of an item
	Token   string   `json:"token,omitempty"` // cursor for the next run, of kinds opaque, link and header
	Pages   int      `json:"pages,omitempty"`
	Items   int      `json:"items,omitempty"`
	Rows    int      `json:"rows,omitempty"`
	Rejects int      `json:"rejects,omitempty"`
	Done    int      `json:"done,omitempty"`
	Stayed  int      `json:"stayed,omitempty"`
}

// position is where in a partition the next page is.
type position struct {
	Page     int    `json:"page,omitempty"`   // pages read of it (of the window)
	Token    string `json:"token,omitempty"`  // token or address of the next page
	Offset   int    `json:"offset,omitempty"` // records read of it (of the window)
	Window   int64  `json:"window,omitempty"` // where the window begins, 0 before the first
	Try      int    `json:"try,omitempty"`    // which of the fallback addresses answers
	Restarts int    `json:"restarts,omitempty"`
}

func (r *reading) begin() error {
	if r.job.Resume != nil {
		if err := json.Unmarshal(r.job.Resume, &r.at); err != nil {
			return fmt.Errorf("read the checkpoint of %s: %w", r.s.Name, err)
		}
		return nil
	}
	r.at.Began = r.job.Now().UnixMicro()
	r.at.Since = r.job.Since
	return r.setStart()
}

// setStart derives the lower bound from cursor, overlap and how far back the
// vendor tells. Without any, everything is read.
func (r *reading) setStart() error {
	c := r.s.Cursor
	r.at.Start, r.at.From = "", 0
	if c == nil {
		return nil
	}
	oldest := -r.s.Oldest.Std()
	if r.s.Oldest > 0 {
		oldest = -oldest
	}
	back := r.job.Lookback
	if back <= 0 || oldest > 0 && oldest < back {
		back = oldest
	}
	if r.at.Since == "" {
		if back > 0 {
			r.startAt(r.at.Began - back.Microseconds())
		}
		return nil
	}
	switch c.Kind {
	case "time", "epoch":
		t, err := time.Parse(time.RFC3339Nano, r.at.Since)
		if err != nil {
			return &purser.Error{Class: purser.ClassCursorExpired, What: "the cursor of the last run cannot be read", Err: err}
		}
		from := t.UnixMicro() - c.Overlap.Std().Microseconds()
		if oldest > 0 {
			from = max(from, r.at.Began-oldest.Microseconds())
		}
		r.startAt(from)
	default:
		r.at.Start = r.at.Since
	}
	return nil
}

func (r *reading) startAt(micros int64) { r.at.Start, r.at.From = r.format(micros), micros }

// format writes a moment as the vendor wants it in ${start} and ${end}.
func (r *reading) format(micros int64) string {
	t := time.UnixMicro(micros).UTC()
	f := r.s.Cursor.Format
	if f == "" && r.s.Cursor.Kind == "epoch" {
		f = "epoch"
	}
	switch f {
	case "iso_ms":
		return t.Format("2006-01-02T15:04:05.000Z")
	case "iso_local":
		return t.Format("2006-01-02T15:04:05")
	case "iso_space":
		return t.Format(time.DateTime)
	case "date":
		return t.Format(time.DateOnly)
	case "http_date":
		return t.Format("Mon, 02 Jan 2006 15:04:05 GMT")
	case "epoch":
		return fmt.Sprint(t.Unix())
	case "epoch_ms":
		return fmt.Sprint(t.UnixMilli())
	}
	return t.Format("2006-01-02T15:04:05Z")
}

// cursor returns where the next run goes on.
func (r *reading) cursor() string {
	c := r.s.Cursor
	if c == nil {
		return ""
	}
	switch c.Kind {
	case "time", "epoch":
		// A date in the future must not make the next runs blind for the present.
		if high := min(r.at.High, r.at.Began); high > 0 {
			return time.UnixMicro(high).UTC().Format(time.RFC3339Nano)
		}
	default:
		if r.at.Token != "" {
			return r.at.Token
		}
	}
	return r.at.Since
}
