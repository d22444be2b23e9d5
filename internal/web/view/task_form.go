package view

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"purser"
	"purser/internal/web/ui"
)

// TaskForm is the form of one task in the task table: what was typed, and what
// is wrong with it.
type TaskForm struct {
	Task   purser.TaskName
	Given  map[string]string // by field; nil: as it is set
	Errors map[string]string
}

// of returns the form for a task as it is set, with what was typed over it.
func (f TaskForm) of(t purser.InstanceTask) TaskForm {
	n, unit := everyParts(t.Every)
	values := map[string]string{"every": strconv.Itoa(n), "unit": unit, "zone": t.Zone, "lookback": days(t.Lookback)}
	if t.Enabled {
		values["enabled"] = "on"
	}
	if t.StartHour != nil {
		values["start_hour"] = strconv.Itoa(*t.StartHour)
	}
	if _, typed := f.Given["every"]; typed {
		for name, v := range f.Given {
			values[name] = v
		}
	}
	values["since"] = f.Given["since"]
	f.Given = values
	return f
}

// field is an input of the form with its value and error.
func (f TaskForm) field(name, label, hint string) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Value: f.Given[name], Error: f.Errors[name]}
}

// other is what is wrong beyond the fields that the form has.
func (f TaskForm) other() string {
	for name, text := range f.Errors {
		switch name {
		case "every", "unit", "start_hour", "zone", "lookback", "since":
		default:
			return text
		}
	}
	return ""
}

// everyParts writes an interval as a number and its greatest whole unit.
func everyParts(d time.Duration) (n int, unit string) {
	switch {
	case d%(24*time.Hour) == 0 && d > 24*time.Hour:
		return int(d / (24 * time.Hour)), "days"
	case d%time.Hour == 0:
		return int(d / time.Hour), "hours"
	}
	return int(d / time.Minute), "minutes"
}

func unitOptions() []ui.Option {
	return []ui.Option{{Value: "minutes", Label: "minutes"}, {Value: "hours", Label: "hours"}, {Value: "days", Label: "days"}}
}

// hourOptions are the hours of a day at which runs may begin.
func hourOptions() []ui.Option {
	out := []ui.Option{{Value: "", Label: "any: it counts from the last run"}}
	for h := range 24 {
		out = append(out, ui.Option{Value: strconv.Itoa(h), Label: hourText(h)})
	}
	return out
}

func hourText(h int) string { return time.Date(0, 1, 1, h, 0, 0, 0, time.UTC).Format("15:04") }

func days(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.Itoa(int(d / (24 * time.Hour)))
}

// scheduleText says when a task runs: "every 24 h from 06:00 (Europe/Berlin)".
func scheduleText(t purser.InstanceTask) string {
	s := "every " + everyText(t.Every)
	if t.StartHour != nil {
		s += " from " + hourText(*t.StartHour)
		if t.Zone != "" {
			s += " (" + t.Zone + ")"
		} else {
			s += " (UTC)"
		}
	}
	return s
}

// lookbackHint says how far the first run may go back.
func lookbackHint(t purser.InstanceTask) string {
	if t.Furthest == 0 {
		return "Only the first run goes so far back; later ones read what is new."
	}
	return "Only the first run goes so far back. The vendor tells no more than " + days(t.Furthest) + " days."
}

func numeric(f ui.Field) ui.Field {
	f.Attrs = templ.Attributes{"inputmode": "numeric"}
	return f
}

func dated(f ui.Field) ui.Field {
	f.Type = "date"
	return f
}
