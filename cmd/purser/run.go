package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"purser"
)

type runCmd struct {
	List    runListCmd    `cmd:"" help:"List runs, the newest first."`
	Show    runShowCmd    `cmd:"" help:"Show a run with its streams."`
	Log     runLogCmd     `cmd:"" help:"Print a run's log."`
	Rejects runRejectsCmd `cmd:"" help:"List the records that could not be read, with the reasons."`
	Cancel  runCancelCmd  `cmd:"" help:"Cancel a run."`
}

type runListCmd struct {
	grouping
	Limit    int      `help:"At most so many; 0 means all." default:"50" placeholder:"N"`
	Instance string   `help:"Instance, by name or identifier." placeholder:"NAME"`
	Task     []string `help:"Task, such as application_roster; any of several."`
	State    []string `help:"State, such as failed; any of several."`
	Trigger  []string `help:"Why it was started: schedule, manual, initial, confirm, retry; any of several."`
	From     string   `help:"Queued from this day on." placeholder:"2026-01-31"`
	To       string   `help:"Queued up to this day." placeholder:"2026-01-31"`
}

// Run prints the runs.
func (c *runListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	c.ask(q)
	set(q, "instance", c.Instance)
	each(q, "task", c.Task)
	each(q, "state", c.State)
	each(q, "trigger", c.Trigger)
	set(q, "from", c.From)
	set(q, "to", c.To)
	return list(ctx, s, "/runs", q, c.Limit, []string{"ID", "INSTANCE", "TASK", "STATE", "STARTED", "READ", "ADDED", "CHANGED", "REMOVED", "MESSAGE"}, runRow)
}

func runRow(r purser.Run) []string {
	return []string{r.ID, r.InstanceName, string(r.Task), stateOf(r), moment(r.StartedAt), count(r.Counts.Read), count(r.Counts.Added),
		count(r.Counts.Changed), count(r.Counts.Removed), r.Message}
}

func stateOf(r purser.Run) string {
	if r.Held {
		return string(r.State) + ", held"
	}
	return string(r.State)
}

func count(n int64) string { return strconv.FormatInt(n, 10) }

type runShowCmd struct {
	ID string `arg:"" help:"run_…"`
}

// Run prints the run.
func (c *runShowCmd) Run(ctx context.Context, s *session) error {
	return show(ctx, s, "/runs/"+url.PathEscape(c.ID), nil, func(r purser.Run) error {
		if err := s.table([]string{"ID", "INSTANCE", "TASK", "STATE", "STARTED", "READ", "ADDED", "CHANGED", "REMOVED", "MESSAGE"}, [][]string{runRow(r)}); err != nil {
			return err
		}
		if r.Hint != "" {
			if err := s.say("%s\n", plain(r.Hint)); err != nil {
				return err
			}
		}
		if r.Class != "" {
			if err := s.say("More: docs/troubleshooting.md#%s, on the server's pages /help/troubleshooting#%[1]s\n", r.Class); err != nil {
				return err
			}
		}
		rows := make([][]string, len(r.Streams))
		for i, st := range r.Streams {
			rows[i] = []string{st.Stream, st.State, count(st.Counts.Read), count(st.Counts.Rejected), st.Message, st.Hint}
		}
		return s.table([]string{"STREAM", "STATE", "READ", "REJECTED", "MESSAGE", "WHAT TO DO"}, rows)
	})
}

type runLogCmd struct {
	ID     string   `arg:"" help:"run_…"`
	Kind   []string `help:"request, wait, retry, note or error; any of several."`
	Stream []string `help:"Stream; any of several."`
	Class  []string `help:"Class of a failure, such as permission; any of several."`
}

// Run prints the log: a line each, as JSON Lines with --json.
func (c *runLogCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	const batch = 1000
	for after := int64(0); ; {
		var page struct {
			Items []purser.LogLine `json:"items"`
		}
		q := url.Values{"after": {strconv.FormatInt(after, 10)}, "limit": {strconv.Itoa(batch)}}
		each(q, "kind", c.Kind)
		each(q, "stream", c.Stream)
		each(q, "class", c.Class)
		if err := cl.do(ctx, http.MethodGet, "/runs/"+url.PathEscape(c.ID)+"/log", q, nil, &page); err != nil {
			return err
		}
		for _, l := range page.Items {
			if err := s.logLine(l); err != nil {
				return err
			}
			after = l.Seq
		}
		if len(page.Items) < batch {
			return nil
		}
	}
}

func (s *session) logLine(l purser.LogLine) error {
	if s.json {
		return s.printLine(l)
	}
	text := l.At.Local().Format("15:04:05.000") + "  " + l.Kind
	if l.Stream != "" {
		text += "  " + l.Stream
	}
	if l.Method != "" {
		text += fmt.Sprintf("  %s %s%s", l.Method, l.Host, l.Path)
		if l.Kind == "request" {
			text += fmt.Sprintf("  %d  %d B", l.Status, l.Bytes)
		}
		text += "  " + lasted(l.Duration)
	}
	if l.Page > 0 {
		text += "  page " + count(int64(l.Page))
	}
	if l.Attempt > 1 {
		text += "  try " + count(int64(l.Attempt))
	}
	for _, more := range []string{string(l.Class), l.Message, l.Hint} {
		if more != "" {
			text += "  " + more
		}
	}
	return s.say("%s\n", plain(text))
}

// lasted writes how long a request took: what is shorter than a millisecond is not nothing.
func lasted(d time.Duration) string {
	if d < time.Millisecond {
		return "< 1 ms"
	}
	return d.Round(time.Millisecond).String()
}

type runCancelCmd struct {
	ID string `arg:"" help:"run_…"`
}

// Run cancels the run.
func (c *runCancelCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodPost, "/runs/"+url.PathEscape(c.ID)+"/cancel", nil, nil, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"id": c.ID}, "%s is being canceled\n", c.ID)
}

// done prints the result of a change.
func (s *session) done(v any, format string, args ...any) error {
	if s.json {
		return s.printJSON(v)
	}
	return s.say(format, args...)
}
