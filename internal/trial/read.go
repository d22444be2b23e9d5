package trial

import (
	"context"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/connectortest"
	"purser/internal/engine"
	"purser/internal/hook"
)

// Read is what one stream gave.
type Read struct {
	Task    string                 `json:"task"`
	Stream  string                 `json:"stream"`
	Emits   purser.Kind            `json:"emits"`
	State   engine.State           `json:"state"` // canceled where the limit of pages was reached
	Limited bool                   `json:"limited,omitempty"`
	Pages   int                    `json:"pages"`
	Items   int                    `json:"items"`
	Records int                    `json:"records"`
	First   []connectortest.Record `json:"first,omitempty"`
	Rejects []string               `json:"rejects,omitempty"`
	Class   purser.Class           `json:"class,omitempty"`
	Message string                 `json:"message,omitempty"`
	Hint    string                 `json:"hint,omitempty"`
	Drift   map[string]int         `json:"drift,omitempty"` // members of answers that the manifest does not name
}

// codeLimit says that a stream was ended by the limit of pages.
const codeLimit = "trial_limit"

// Limit ends streams after so many requests, so that a trial of a large tenant
// stays small. It is an engine.Source.
type Limit struct {
	engine.Source
	Requests int // of one stream
	sent     map[string]int
}

// Fetch passes a request on, or ends its stream.
func (l *Limit) Fetch(ctx context.Context, r engine.Request) (*engine.Response, error) {
	if l.sent == nil {
		l.sent = map[string]int{}
	}
	if l.sent[r.Stream]++; l.sent[r.Stream] > l.Requests {
		return nil, &purser.Error{Class: purser.ClassCanceled, Code: codeLimit, What: "the trial ends here", Hint: "Read more with --pages."}
	}
	return l.Source.Fetch(ctx, r)
}

// Read reads the streams of the tasks, each with at most so many requests, and
// shows the first records of each.
func (t *Trial) Read(ctx context.Context, pages, records int) []Read {
	limit := &Limit{Source: t.link.Source, Requests: pages}
	var out []Read
	t.streams(ctx, limit, func() time.Time { return t.now().UTC() }, func(task string, s streamed) {
		kept := s.sink.Records(s.of.Name)
		r := Read{Task: task, Stream: s.of.Name, Emits: s.of.Emits, State: s.result.State, Pages: s.result.Pages, Items: s.result.Items,
			Records: len(kept), First: kept[:min(records, len(kept))], Rejects: s.sink.Rejects(s.of.Name), Drift: s.result.Drift}
		if e := s.result.Err; e != nil {
			r.Limited = e.Code == codeLimit
			if !r.Limited {
				r.Class, r.Message, r.Hint = e.Class, t.link.Session.Redact(e.Error()), e.Hint
			}
		}
		out = append(out, r)
	})
	return out
}

// streams runs every stream of the chosen tasks.
func (t *Trial) streams(ctx context.Context, src engine.Source, now func() time.Time, done func(task string, s streamed)) {
	for _, name := range t.tasks {
		task := t.connector.Task(string(name))
		sink := connectortest.NewKept(task)
		for _, s := range task.Streams {
			job := engine.Job{Stream: s, Vars: connect.Vars(t.instance), Now: now, Drift: true,
				Rewrite: hook.Pages(t.hooks, t.connector.Manifest.Name, s.Hook, false)}
			res := engine.Run(ctx, job, src, sink)
			done(task.Name, streamed{of: s, sink: sink, result: res})
		}
	}
}
