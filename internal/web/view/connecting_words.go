package view

import (
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
)

func cards(entries []connect.CatalogEntry) []ui.CardData {
	out := make([]ui.CardData, 0, len(entries))
	for _, e := range entries {
		c := ui.CardData{Title: e.Title, Href: "/catalog/" + e.Name, Sub: categoryWords(e.Category) + " · reads directly"}
		for _, t := range e.Tasks {
			c.Tags = append(c.Tags, t.Title)
		}
		if e.Connected > 0 {
			c.Note = ui.Count(int64(e.Connected), "instance", "instances")
		}
		out = append(out, c)
	}
	return out
}

// ReadOptions are the ways in which an application is read.
func ReadOptions() []ui.FilterOption {
	return []ui.FilterOption{{Value: "direct", Label: "Reads directly"}, {Value: "sso", Label: "Through SSO"}}
}

// servedCards are applications that identity providers serve.
func servedCards(all []purser.Application) []ui.CardData {
	out := make([]ui.CardData, 0, len(all))
	for _, a := range all {
		c := ui.CardData{Title: a.Name, Href: "/applications/" + a.ID, Sub: first(categoryWords(a.Category), "no category") + " · " + a.Source, Tags: []string{sentenceOf(a.Status)}}
		if a.People > 0 {
			c.Note = ui.Count(a.People, "person", "people")
		}
		out = append(out, c)
	}
	return out
}

// keptFields follows the kind of a record; what a file has is not known before.
func keptFields(fields []string) string {
	if len(fields) == 0 {
		return ": whatever its columns say"
	}
	return ": " + strings.ReplaceAll(strings.Join(fields, ", "), "_", " ")
}

func wizardSteps(at int) []ui.Step {
	labels := []string{"Tasks", "Settings", "Credentials", "Test", "First sync"}
	out := make([]ui.Step, 0, len(labels))
	for i, l := range labels {
		s := ui.Step{Label: l, State: ui.StepTodo}
		switch {
		case i+1 < at:
			s.State = ui.StepDone
		case i+1 == at:
			s.State = ui.StepCurrent
		}
		out = append(out, s)
	}
	return out
}

func scopeAccess(s connect.Scope) string {
	if s.Access == "write" {
		return "also writes"
	}
	return "reads"
}

func fieldList(errors map[string]string) []ui.FieldError {
	var out []ui.FieldError
	for name, message := range errors {
		out = append(out, ui.FieldError{Name: name, Message: message})
	}
	slices.SortFunc(out, func(a, b ui.FieldError) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func choiceOptions(choices []connect.Choice) []ui.Option {
	out := make([]ui.Option, 0, len(choices))
	for _, c := range choices {
		out = append(out, ui.Option{Value: c.Value, Label: c.Title})
	}
	return out
}

func settingHint(s connect.SettingField) string {
	if s.Example == "" {
		return s.Help
	}
	return strings.TrimSpace(s.Help + " For example " + s.Example + ".")
}

func settingValue(given, fallback string) string {
	if given != "" {
		return given
	}
	return fallback
}

func authOptions(all []connect.AuthOption, chosen string) []ui.Option {
	out := make([]ui.Option, 0, len(all))
	for _, a := range all {
		label := a.Title
		if a.Recommended {
			label += " (recommended)"
		}
		out = append(out, ui.Option{Value: a.Name, Label: label, Hint: a.Why, Checked: a.Name == chosen})
	}
	return out
}

// Choose takes the way to authorize that the form is for; the first one if it names none.
func (f *CredentialForm) Choose() {
	for _, a := range f.Preview.Auth {
		if a.Name == f.Auth {
			f.Option = a
			return
		}
	}
	if len(f.Preview.Auth) > 0 {
		f.Option = f.Preview.Auth[0]
	}
}

// hint says where a field's value stands at the vendor, and whether one is kept.
func (f *CredentialForm) hint(c connect.CredentialField) string {
	if !slices.Contains(f.Kept.Stored, c.Name) {
		return c.Help
	}
	return strings.TrimSpace(c.Help + " One is kept since " + f.Kept.Since.UTC().Format("2 January 2006") + ": leave this empty to keep it.")
}

// Keep notes what was typed into fields that are not confidential; the view
// shows only those.
func (f *CredentialForm) Keep(fields map[string]string) { f.Values = fields }

func authTabs(f CredentialForm) []ui.Tab {
	out := make([]ui.Tab, 0, len(f.Preview.Auth))
	for _, a := range f.Preview.Auth {
		out = append(out, ui.Tab{Label: a.Title, Href: "/instances/" + f.Instance.ID + "/setup?auth=" + a.Name, Current: a.Name == f.Option.Name})
	}
	return out
}

// scopesToPaste are the permissions of the tasks that are enabled and of the test.
func scopesToPaste(f CredentialForm) string {
	enabled := map[purser.TaskName]bool{}
	for _, t := range f.Tasks {
		enabled[t.Task] = t.Enabled
	}
	var names []string
	note := func(scopes []connect.Scope) {
		for _, s := range scopes {
			if !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	note(f.Preview.Base)
	for _, t := range f.Preview.Tasks {
		if enabled[t.Name] {
			note(t.Scopes)
		}
	}
	return strings.Join(names, " ")
}

func tenantText(t *connect.TestResult) string {
	if t.TenantName != "" && t.TenantID != "" && t.TenantName != t.TenantID {
		return t.TenantName + " (" + t.TenantID + ")"
	}
	if t.TenantName != "" {
		return t.TenantName
	}
	return t.TenantID
}

func tenantOptions(t *connect.TestResult) []ui.Option {
	out := make([]ui.Option, 0, len(t.Tenants))
	for _, x := range t.Tenants {
		out = append(out, ui.Option{Value: x.ID, Label: x.Name, Hint: x.ID, Checked: x.ID == t.TenantID})
	}
	return out
}

// InstanceRow is an instance in the list with the sum of its tasks.
type InstanceRow struct {
	purser.Placed
	AsOf    time.Time // of its oldest enabled task
	Stale   bool
	Enabled int64
	Read    int64
	Last    *purser.Run
	Next    time.Time
}

// Sum takes what the tasks say together: the oldest data, the latest run, the next one.
func (r *InstanceRow) Sum(tasks []purser.InstanceTask) {
	for _, t := range tasks {
		if !t.Enabled {
			continue
		}
		r.Enabled++
		if !t.DataAsOf.IsZero() && (r.AsOf.IsZero() || t.DataAsOf.Before(r.AsOf)) {
			r.AsOf = t.DataAsOf
		}
		r.Stale = r.Stale || t.Freshness == purser.Stale || t.Freshness == purser.Late
		if t.LastRun != nil {
			r.Read += t.LastRun.Counts.Read
			if r.Last == nil || t.LastRun.QueuedAt.After(r.Last.QueuedAt) {
				r.Last = t.LastRun
			}
		}
		if !t.NextRunAt.IsZero() && (r.Next.IsZero() || t.NextRunAt.Before(r.Next)) {
			r.Next = t.NextRunAt
		}
	}
}
