package view

import (
	"strconv"
	"time"

	"purser"
	"purser/internal/inventory"
	"purser/internal/organization"
	"purser/internal/web/ui"
)

func currencyOptions() []ui.Option {
	out := []ui.Option{{Value: "", Label: "not said"}}
	for _, c := range organization.Currencies() {
		out = append(out, ui.Option{Value: c, Label: c})
	}
	return out
}

func monthValue(m int) string { return strconv.Itoa(max(m, 1)) }

func monthName(m int) string { return time.Month(max(m, 1)).String() }

func monthOptions() []ui.Option {
	var out []ui.Option
	for m := time.January; m <= time.December; m++ {
		out = append(out, ui.Option{Value: strconv.Itoa(int(m)), Label: m.String()})
	}
	return out
}

// externalWords says on which side of the organization's mail domains an address lies.
func externalWords(t purser.Tristate) string {
	switch t {
	case purser.Yes:
		return "outside the organization's mail domains"
	case purser.No:
		return "inside the organization's mail domains"
	}
	return ""
}

func startWords(g purser.GettingStarted) string {
	done := int64(0)
	for _, s := range g.Steps {
		if s.Done || s.Skipped {
			done++
		}
	}
	return ui.Int(done) + " of " + ui.Count(int64(len(g.Steps)), "step", "steps") + " done. What is done is seen in the data."
}

// startOpen are the steps that somebody has still to do.
func startOpen(g purser.GettingStarted) (out []purser.StartStep) {
	for _, s := range g.Steps {
		if !s.Done && !s.Skipped {
			out = append(out, s)
		}
	}
	return out
}

// startEnded are those that need nobody any more.
func startEnded(g purser.GettingStarted) (out []purser.StartStep) {
	for _, s := range g.Steps {
		if s.Done || s.Skipped {
			out = append(out, s)
		}
	}
	return out
}

func startEndedWords(ended []purser.StartStep) string {
	skipped := int64(0)
	for _, s := range ended {
		if s.Skipped && !s.Done {
			skipped++
		}
	}
	done := ui.Count(int64(len(ended))-skipped, "step is", "steps are") + " done"
	switch skipped {
	case 0:
		return done
	case int64(len(ended)):
		return ui.Count(skipped, "step was", "steps were") + " skipped"
	}
	return done + ", " + ui.Int(skipped) + " skipped"
}

func startIcon(s purser.StartStep) string {
	switch {
	case s.Done:
		return "circle-check"
	case s.Skipped:
		return "circle-x"
	}
	return "circle-dashed"
}

func startTone(s purser.StartStep) string {
	if s.Done {
		return "tone-live"
	}
	return "tone-inactive"
}

func startState(s purser.StartStep) string {
	switch {
	case s.Done:
		return "Done:"
	case s.Skipped:
		return "Skipped:"
	}
	return "To do:"
}

func startWhy(s purser.StartStep) string {
	switch {
	case s.Done:
		return "Done."
	case s.Skipped:
		return "Skipped."
	}
	return s.Why
}

// startVariant makes the first step that is open the page's primary action.
func startVariant(g purser.GettingStarted, s purser.StartStep) ui.Variant {
	for _, x := range g.Steps {
		if !x.Done && !x.Skipped {
			if x.Key == s.Key {
				return ui.Primary
			}
			break
		}
	}
	return ui.Outline
}

// connectVariant leaves the primary action of the home page to getting started while that lasts.
func connectVariant(g purser.GettingStarted) ui.Variant {
	if g.Over {
		return ui.Primary
	}
	return ui.Outline
}

// mayStep reports whether the reader may do what a step asks for.
func mayStep(s purser.StartStep, connect, decide bool) bool {
	switch s.Key {
	case organization.StepPeople, organization.StepSecond:
		return connect
	}
	return decide
}

func worthWords(w inventory.Worth) string {
	text := ""
	if w.People > 0 {
		text = "Given to " + ui.Count(w.People, "account", "accounts") + " of the identity provider. "
	}
	if w.Spend.Minor > 0 {
		text += w.Spend.String() + " spent in the last year. "
	}
	return text
}
