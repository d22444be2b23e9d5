package view

import (
	"strings"

	"purser"
	"purser/internal/web/ui"
)

// holdTitle says what waits: "80 removals of 400 accounts (users)".
func holdTitle(h purser.Hold) string {
	what := ui.Count(h.Count, "removal", "removals")
	if h.What == "change" {
		what = ui.Count(h.Count, "change", "changes") + " of the " + fieldWord(h.Field)
	}
	return what + " among " + ui.Count(h.Live, kindWord(h.Kind, 1), kindWord(h.Kind, 2)) + " (" + h.Stream + ")"
}

func kindWord(k purser.Kind, n int) string {
	word := strings.ReplaceAll(string(k), "_", " ")
	switch {
	case n == 1:
		return word
	case k == purser.KindPerson:
		return "people"
	case k == purser.KindActivity:
		return word
	}
	return word + "s"
}

func fieldWord(field string) string {
	if field == "email" {
		return "e-mail address"
	}
	return strings.ReplaceAll(field, "_", " ")
}

func andMore(h purser.Hold) string {
	if more := h.Count - int64(len(h.Names)); more > 0 {
		return " and " + ui.Int(more) + " more"
	}
	return ""
}

// decisionWords says what became of a hold.
func decisionWords(h purser.Hold) string {
	switch h.Decision {
	case "approved":
		return "Approved by " + h.DecidedBy
	case "rejected":
		return "Rejected by " + h.DecidedBy
	case "passed":
		return "Its reason is gone: a later reading had the records again"
	}
	return ""
}

func approveLabel(h purser.Hold, which string) string {
	if h.What == "change" {
		return "Take over " + which
	}
	return "Remove " + which
}

func rejectLabel(h purser.Hold, which string) string {
	if h.What == "change" {
		return "Keep the old value of " + which
	}
	return "Keep " + which
}

func recordHref(r purser.HeldRow) string {
	switch {
	case strings.HasPrefix(r.Record, "acc_"):
		return "/accounts/" + r.Record
	case strings.HasPrefix(r.Record, "per_"):
		return "/people/" + r.Record
	case strings.HasPrefix(r.Record, "dev_"):
		return "/devices/" + r.Record
	}
	return ""
}
