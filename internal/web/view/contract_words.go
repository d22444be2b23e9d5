package view

import (
	"strings"

	"purser"
	"purser/internal/web/ui"
)

// StandingWord is where a contract stands, in words.
func StandingWord(s purser.ContractStanding) string {
	switch s {
	case purser.StandingOverdue:
		return "Deadline past"
	case purser.StandingOver:
		return "Period over"
	case purser.StandingDue:
		return "Due soon"
	case purser.StandingDecided:
		return "Decided"
	case purser.StandingEnded:
		return "Ended"
	}
	return "Running"
}

func standingTone(s purser.ContractStanding) ui.Tone {
	switch s {
	case purser.StandingOverdue, purser.StandingOver:
		return ui.ToneFailing
	case purser.StandingDue:
		return ui.ToneStale
	case purser.StandingEnded:
		return ui.ToneInactive
	}
	return ui.ToneLive
}

// DecisionWord is a decision in words.
func DecisionWord(d purser.Decision) string {
	switch d {
	case purser.DecisionRenew:
		return "renew"
	case purser.DecisionChange:
		return "renew with changes"
	case purser.DecisionCancel:
		return "cancel"
	}
	return "undecided"
}

// standingSentence says what the standing means for this contract, and what to do.
func standingSentence(c purser.Contract, today string) string {
	left, ok := purser.DaysBetween(today, c.NoticeOn)
	renews := map[purser.Tristate]string{purser.Yes: "It renews by itself.", purser.No: "It does not renew by itself.", purser.Unknown: "Whether it renews by itself is not known."}[c.Terms.AutoRenew]
	switch c.Standing {
	case purser.StandingOverdue:
		if !ok {
			return "Nothing was decided, and its end is past."
		}
		return "The last day for notice was " + dayWords(c.NoticeOn) + ", and nothing was decided. " + renews
	case purser.StandingOver:
		return "Its period ended on " + dayWords(c.Terms.End) + ", and no next one was noted. " + renews + " Note the next period, or decide that it was canceled."
	case purser.StandingDue:
		if ok {
			return "Notice can be given until " + dayWords(c.NoticeOn) + ", in " + ui.Count(int64(left), "day", "days") + ". " + renews
		}
		return "It ends on " + dayWords(c.Terms.End) + ". Its notice period is not known. " + renews
	}
	return ""
}

// dayWords writes a calendar day: 3 November 2026.
func dayWords(day string) string {
	t, ok := purser.ParseDay(day)
	if !ok {
		return day
	}
	return t.Format("2 January 2006")
}

func shortDay(day string) string {
	t, ok := purser.ParseDay(day)
	if !ok {
		return day
	}
	return t.Format("2 Jan 2006")
}

// periodText is the days of a period, "" if neither is known.
func periodText(start, end string) string {
	switch {
	case start == "" && end == "":
		return ""
	case start == "":
		return "until " + shortDay(end)
	case end == "":
		return "from " + shortDay(start)
	}
	return shortDay(start) + " to " + shortDay(end)
}

// worthReason says why a worth is not shown, or not whole.
func worthReason(hidden bool, unknown int) string {
	switch {
	case hidden:
		return "hidden for your role"
	case unknown > 0:
		return ui.Count(int64(unknown), "plan", "plans") + " without price, quantity or billing"
	}
	return "no plan is written down"
}

// periodCost is what a period costs, and of how many plans of it nobody knows that.
func periodCost(w purser.ContractWorth) string {
	if len(w.Period) == 0 || w.UnknownInPeriod == 0 {
		return purser.SumsText(w.Period)
	}
	return purser.SumsText(w.Period) + ", and " + worthReason(false, w.UnknownInPeriod)
}

func monthsWords(n int) string {
	if n == 0 {
		return ""
	}
	return ui.Count(int64(n), "month", "months")
}

func billingWords(billing string) string {
	switch billing {
	case "half_yearly":
		return "half-yearly"
	case "once":
		return "once, for the whole period"
	}
	return billing
}

func perWords(per string) string {
	switch per {
	case "unit":
		return "per unit"
	case "flat":
		return "flat"
	}
	return "per user"
}

// billingOptions are how often a price, or a bill, is due.
func billingOptions(chosen string) []ui.Option {
	out := []ui.Option{{Value: "", Label: "not known", Checked: chosen == ""}}
	for _, b := range purser.Billings() {
		out = append(out, ui.Option{Value: b, Label: billingWords(b), Checked: chosen == b})
	}
	return out
}

func perOptions(chosen string) []ui.Option {
	var out []ui.Option
	for _, p := range []string{"user", "unit", "flat"} {
		out = append(out, ui.Option{Value: p, Label: perWords(p), Checked: chosen == p})
	}
	return out
}

func decisionOptions(chosen string) []ui.Option {
	hints := map[purser.Decision]string{purser.DecisionRenew: "as it is", purser.DecisionChange: "another quantity, price or term", purser.DecisionCancel: "notice is given", purser.Undecided: "reminders go on"}
	var out []ui.Option
	for _, d := range []purser.Decision{purser.DecisionRenew, purser.DecisionChange, purser.DecisionCancel, purser.Undecided} {
		out = append(out, ui.Option{Value: string(d), Label: sentenceCase(DecisionWord(d)), Hint: hints[d], Checked: chosen == string(d)})
	}
	return out
}

func sentenceCase(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// ContractEvents writes the kept changes of a contract as a timeline.
func ContractEvents(changes []purser.ContractChange) []ui.Event {
	out := make([]ui.Event, 0, len(changes))
	for _, c := range changes {
		e := ui.Event{At: c.At, Who: c.By, What: "changed " + c.Field, Before: c.Before, After: c.After, Icon: "pencil"}
		switch {
		case c.Hidden:
			e.What += ": hidden for your role"
		case c.Field == "contract":
			e.What, e.Before, e.After, e.Icon = "wrote the contract down", "", "", "plus"
		case c.Field == "decision":
			e.What, e.Icon = "decided", "badge-check"
		default:
			if e.Before == "" {
				e.Before = "nothing"
			}
			if e.After == "" {
				e.After = "nothing"
			}
		}
		out = append(out, e)
	}
	return out
}

func percentWords(s string) string {
	if s == "" {
		return ""
	}
	return s + " %"
}

func contactWords(c purser.ContractContact) string {
	var words []string
	for _, w := range []string{c.Name, c.Email, c.Phone} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// worthSentence is what the plans of a contract cost, in one line.
func worthSentence(c purser.Contract) string {
	if len(c.Worth.Yearly) == 0 {
		return "Cost a year: " + worthReason(c.Hidden, c.Worth.Unknown)
	}
	text := purser.SumsText(c.Worth.Yearly) + " a year"
	if c.Worth.Unknown > 0 {
		text += ", and " + worthReason(c.Hidden, c.Worth.Unknown)
	}
	return text
}

// noNotice says why nobody knows until when notice can be given.
func noNotice(c purser.Contract) string {
	if c.Terms.End == "" {
		return "its end is not known"
	}
	return "its notice period is not known"
}

// removedWith says what goes with a contract that is removed.
func removedWith(c purser.Contract, documents []purser.ContractDocument) []string {
	goes := []string{c.Name + " with its terms, plans and history", "its days in the calendar, its reminders and what is found because of it"}
	if len(documents) > 0 {
		goes = append(goes, ui.Count(int64(len(documents)), "document", "documents"))
	}
	return goes
}
