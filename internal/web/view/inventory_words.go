package view

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"purser"
	"purser/internal/audit"
	"purser/internal/web/ui"
)

// AccountName is how an account is called.
func AccountName(a purser.Account) string {
	return first(a.DisplayName, a.Email, a.UserName, a.ExternalID)
}

// PersonName is how a person is called.
func PersonName(p purser.Person) string { return first(p.DisplayName, p.Email, p.ExternalID) }

// accountSub is the line under an account's name, where it says something new.
func accountSub(a purser.Account) string {
	for _, s := range []string{a.Email, a.UserName} {
		if s != "" && s != AccountName(a) {
			return s
		}
	}
	return ""
}

func first(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return "(no name)"
}

func joined(texts []string) string { return strings.Join(texts, ", ") }

func statusOptions(statuses []string) []ui.Option {
	out := make([]ui.Option, 0, len(statuses))
	for _, s := range statuses {
		out = append(out, ui.Option{Value: s, Label: strings.ReplaceAll(s, "_", " ")})
	}
	return out
}

func accountHref(id string) string {
	if id == "" {
		return ""
	}
	return "/accounts/" + id
}

// auditEvents writes entries of the audit log as a timeline.
func auditEvents(lines []audit.Line) []ui.Event {
	out := make([]ui.Event, 0, len(lines))
	for _, l := range lines {
		e := ui.Event{At: l.At, Who: l.ActorName, What: lowered(l.What), Before: facts(l.Before), After: facts(l.After), Icon: "history"}
		if e.Before == "" {
			e.After, e.Told = "", e.After
		}
		out = append(out, e)
	}
	return out
}

// toldDate writes a day, nothing where nobody told one.
func toldDate(t time.Time) templ.Component {
	if t.IsZero() {
		return nil
	}
	return ui.Date(t)
}
