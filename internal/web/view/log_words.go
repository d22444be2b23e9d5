package view

import (
	"strings"
	"time"

	"purser"
	"purser/internal/web/ui"
)

// StateWords is a run's state in a word for people.
func StateWords(s purser.RunState) string {
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

// TriggerWords says why a run was started.
func TriggerWords(t purser.Trigger) string { return triggerWords(t) }

// KindWords says what a line of a log is.
func KindWords(kind string) string {
	switch kind {
	case "request":
		return "Requests"
	case "wait":
		return "Waits"
	case "retry":
		return "Retries"
	case "note":
		return "Notes"
	case "error":
		return "Errors"
	}
	return kind
}

// ClassWords says what kind of thing went wrong.
func ClassWords(c purser.Class) string {
	switch c {
	case purser.ClassTransient:
		return "The vendor was away for a moment"
	case purser.ClassRateLimited:
		return "The vendor asked to wait"
	case purser.ClassAuthRevoked:
		return "The credential was refused"
	case purser.ClassPermission:
		return "A permission is missing"
	case purser.ClassNotAvailable:
		return "The vendor's plan does not offer it"
	case purser.ClassNotFound:
		return "What was asked for is gone"
	case purser.ClassCursorExpired:
		return "The vendor forgot where the last reading ended"
	case purser.ClassInvalidResponse:
		return "The answer could not be read"
	case purser.ClassConfig:
		return "A setting is wrong"
	case purser.ClassCanceled:
		return "It was canceled"
	case purser.ClassInternal:
		return "An error of Purser's own"
	}
	return string(c)
}

// milestone is what screen readers are told while a run lasts: it changes seldom.
func milestone(r purser.Run) string {
	switch {
	case r.State.Ended():
		return r.Task.Title() + ": " + string(r.State)
	case r.State == purser.RunWaiting:
		return "Waiting"
	case r.WaitReason != "":
		return "Waiting: " + r.WaitReason
	case r.State == purser.RunQueued:
		return "Waits in the queue"
	}
	for _, s := range r.Streams {
		if s.State == "pending" {
			return "Reading " + s.Stream
		}
	}
	return "Running"
}

// noLog says why no line is shown.
func noLog(d RunData) ui.EmptyState {
	switch {
	case d.Filtered:
		return ui.EmptyState{Kind: ui.NothingMatches, Title: "No line matches", Text: "Clear the filters to see the whole log."}
	case d.Run.State.Ended() && !d.Run.HasLog:
		return ui.EmptyState{Kind: ui.NothingYet, Title: "The log is unavailable", Text: "Logs are kept for " + keptDays(d.Kept) + " after the end of a run; this one is gone, or nothing was ever asked."}
	}
	return ui.EmptyState{Kind: ui.NothingYet, Title: "No log yet", Text: "Nothing has been asked yet."}
}

func keptWords(d time.Duration) string { return "kept for " + keptDays(d) }

func keptDays(d time.Duration) string {
	if d == 0 {
		d = 30 * 24 * time.Hour
	}
	return everyText(d)
}
