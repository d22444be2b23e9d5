package web

import (
	"strings"

	"purser"
)

// fieldErrors maps a refusal to the field that it names, "" if it names none.
func fieldErrors(p *purser.Problem) map[string]string {
	text := sentence(p.What) + "."
	if p.Hint != "" {
		text += " " + strings.TrimSuffix(p.Hint, ".") + "."
	}
	return map[string]string{p.Field: text}
}
