package ui

import "unicode/utf8"

// Longest texts, in runes, that are shown whole: as a fact, and as a title.
const (
	longFact  = 200
	longTitle = 120
)

// long reports whether a text is too long to be shown whole at first.
func long(s string) bool { return utf8.RuneCountInString(s) > longFact }

// shortened cuts a text to n runes, with a sign that it goes on.
func shortened(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
