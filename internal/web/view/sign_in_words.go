package view

import (
	"github.com/a-h/templ"

	"purser/internal/login"
	"purser/internal/web/ui"
)

// device names a session's browser in words.
func device(s login.Session) string {
	if s.Device == "" {
		return "Unknown browser"
	}
	return s.Device
}

// codeField is where a code of the second factor is typed.
func codeField(problem string) ui.Field {
	return ui.Field{Name: "code", Label: "Code", Hint: "Six digits from the app, or one of your recovery codes.", Autocomplete: "one-time-code",
		Mono: true, Required: true, Error: problem, Attrs: templ.Attributes{"maxlength": "40", "autocapitalize": "none"}}
}

func required(yes bool) string {
	if yes {
		return "every local account needs one"
	}
	return "up to each user"
}
