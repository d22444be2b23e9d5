package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
)

// oldest is the time of the oldest data of the enabled tasks.
func oldest(tasks []purser.InstanceTask) time.Time {
	var r InstanceRow
	r.Sum(tasks)
	return r.AsOf
}

func anyStale(tasks []purser.InstanceTask) bool {
	var r InstanceRow
	r.Sum(tasks)
	return r.Stale
}

func blockedStreams(tasks []purser.InstanceTask) []purser.StreamState {
	var out []purser.StreamState
	for _, t := range tasks {
		if !t.Enabled {
			continue
		}
		for _, s := range t.Streams {
			switch s.State {
			case "blocked", "not_offered", "failed", "partial":
				out = append(out, s)
			}
		}
	}
	return out
}

// streamsOf are the streams of one task, with what was read of each.
func streamsOf(r connect.Result, task purser.TaskName) (out []purser.StreamState) {
	for _, s := range r.Streams {
		if s.Task == task {
			out = append(out, s.StreamState)
		}
	}
	return out
}

func everyText(d time.Duration) string {
	switch {
	case d == 0:
		return "24 h"
	case d%(24*time.Hour) == 0 && d > 24*time.Hour:
		return strconv.Itoa(int(d/(24*time.Hour))) + " days"
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return d.String()
}

// everyWords is everyText of a written duration; what cannot be read stays as it is.
func everyWords(s string) string {
	d, err := time.ParseDuration(s)
	if err != nil {
		return s
	}
	return everyText(d)
}

func enabledText(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// took is how long a run lasted.
func took(r purser.Run) string {
	if r.StartedAt.IsZero() || r.EndedAt.IsZero() {
		return "–"
	}
	return ui.Duration(r.EndedAt.Sub(r.StartedAt))
}

// runTime is when a run ended, or began where it has not.
func runTime(r purser.Run) time.Time {
	for _, at := range []time.Time{r.EndedAt, r.StartedAt} {
		if !at.IsZero() {
			return at
		}
	}
	return r.QueuedAt
}

// notCounted says why a run has no numbers yet, "" if it has.
func notCounted(r *purser.Run) string {
	switch {
	case r == nil:
		return "never executed"
	case r.StartedAt.IsZero() && r.EndedAt.IsZero():
		return "not begun yet"
	}
	return ""
}

func runTitle(r purser.Run, named bool) string {
	if named {
		return r.InstanceName + ": " + r.Task.Title()
	}
	return r.Task.Title()
}

// progressWords writes counts, pages, and the reason of a wait.
func progressWords(r purser.Run) string {
	s := fmt.Sprintf("%s read, %s added, %s changed, %s removed, page %s", ui.Int(r.Counts.Read), ui.Int(r.Counts.Added),
		ui.Int(r.Counts.Changed), ui.Int(r.Counts.Removed), ui.Int(r.Pages))
	if r.Requests > 0 { // they are written in batches, some time after the first page
		s += ", " + ui.Count(r.Requests, "request", "requests")
	}
	switch {
	case r.State == purser.RunWaiting && !r.WaitUntil.IsZero(): // its page says why
		s += ", goes on by itself at " + utc(r.WaitUntil)
	case r.State != purser.RunWaiting && r.WaitReason != "":
		s += ", waiting: " + r.WaitReason
	}
	return s
}

// openWords says what a run does that is not over.
func openWords(r purser.Run) string {
	switch r.State {
	case purser.RunQueued:
		return "In the queue:"
	case purser.RunWaiting:
		return "Waiting:"
	}
	return "Under way:"
}

func logTitle(l purser.LogLine) string {
	if l.Method != "" {
		return l.Method + " " + l.Host + l.Path
	}
	return l.Kind
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return ui.Int(n)
}

// lineTook is how long a request or a wait lasted; "" for lines that took no time.
func lineTook(l purser.LogLine) string {
	if l.Kind != "request" && l.Duration == 0 {
		return ""
	}
	return ui.Duration(l.Duration)
}

// streamWords says how the reading of a stream ended.
// underWayWords is streamWords of a run that is not over: it names what it has
// begun, and says of what waits until when and why.
func underWayWords(r purser.Run, state string) string {
	if state != "pending" {
		return streamWords(state)
	}
	words := "being read"
	if r.State == purser.RunWaiting || r.WaitReason != "" {
		words = "waits"
		if !r.WaitUntil.IsZero() {
			words += " until " + utc(r.WaitUntil)
		}
		words += ": " + first(r.WaitReason, "the reason is not known")
	}
	return words
}

func streamWords(state string) string {
	switch state {
	case "complete":
		return "complete"
	case "partial":
		return "partly read"
	case "blocked":
		return "permission missing"
	case "not_offered":
		return "not offered"
	case "pending":
		return "not read yet"
	}
	return strings.ReplaceAll(state, "_", " ")
}

// triggerWords says why a run was started.
func triggerWords(t purser.Trigger) string {
	switch t {
	case purser.TriggerSchedule:
		return "by its schedule"
	case purser.TriggerManual:
		return "by hand"
	case purser.TriggerInitial:
		return "first sync"
	case purser.TriggerConfirm:
		return "second reading, before removals count"
	case purser.TriggerRetry:
		return "tried again"
	}
	return string(t)
}

// runSub is the line under a run's title.
func runSub(r purser.Run) []string {
	out := []string{triggerWords(r.Trigger)}
	if r.Attempt > 1 {
		out = append(out, "attempt "+strconv.Itoa(r.Attempt))
	}
	if r.Full {
		what := "reads everything again"
		if !r.Since.IsZero() {
			what += " from " + r.Since.UTC().Format("2 January 2006")
		}
		out = append(out, what)
	}
	return append(out, r.ID)
}
