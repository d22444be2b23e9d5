package ui

import "strings"

// text is what "Copy details" copies.
func (f Failure) text() string {
	var b strings.Builder
	for _, l := range [][2]string{{"What happened", f.What}, {"Why", f.Why}, {"What to do", f.Todo},
		{"Details", f.Details}, {"Request", f.RequestID}} {
		if l[1] != "" {
			b.WriteString(l[0] + ": " + l[1] + "\n")
		}
	}
	return b.String()
}

func (t ToastItem) stays() bool {
	return t.Action != nil || t.Tone == ToneFailing || t.Tone == ToneRevoked
}

// NoMatch is the state of a list of which the filters leave nothing.
func NoMatch(what, clearURL string) EmptyState {
	return EmptyState{Kind: NothingMatches, Title: "No " + what + " match", Text: "Take a filter away to see more.", Action: &Button{Label: "Clear all filters", Href: clearURL}}
}
