package view

import (
	"fmt"
	"slices"
	"strings"

	"purser"
	"purser/internal/columns"
	"purser/internal/load"
	"purser/internal/sheet"
	"purser/internal/web/ui"
)

func loadTitle(l purser.Load) string {
	if l.Name != "" {
		return l.Name
	}
	if l.Form == "pages" {
		return ui.Count(l.Pages, "page", "pages") + " of " + recordWords(l.Kind)
	}
	return "File of " + recordWords(l.Kind)
}

// recordWords is what records of a kind are to people, plural.
func recordWords(k purser.Kind) string {
	switch k {
	case purser.KindPerson:
		return "employees"
	case purser.KindActivity:
		return "activity"
	case purser.KindPlan:
		return "license plans"
	case purser.KindInstalledApp:
		return "installed applications"
	}
	return string(k) + "s"
}

func modeWord(m purser.LoadMode) string {
	if m == purser.LoadDelta {
		return "what changed"
	}
	return "all there is"
}

func loadWord(s purser.LoadState) string {
	switch s {
	case purser.LoadOpen:
		return "not loaded yet"
	case purser.LoadQueued:
		return "being read"
	}
	return string(s)
}

func loadTone(s purser.LoadState) ui.Tone {
	switch s {
	case purser.LoadDone:
		return ui.ToneLive
	case purser.LoadFailed:
		return ui.ToneFailing
	case purser.LoadQueued:
		return ui.ToneStale
	}
	return ui.ToneInactive
}

func loadSentence(l purser.Load) string {
	switch l.State {
	case purser.LoadOpen:
		return "Nothing of it was loaded yet."
	case purser.LoadQueued:
		return "A run reads it, or will in a moment."
	case purser.LoadDone:
		if l.Rejected > 0 {
			return "Loaded, but for what could not be read."
		}
		return "Loaded."
	case purser.LoadFailed:
		return "It could not be read to its end. What was read before stays as it was."
	}
	return "Given up. Nothing more of it is loaded."
}

func originWords(origin string) string {
	switch origin {
	case "folder":
		return "from the watched folder"
	case "api":
		return "through the API"
	}
	return "in the browser"
}

func sizeWords(bytes int64) string {
	switch {
	case bytes >= 10<<20:
		return fmt.Sprintf("%d MiB", bytes>>20)
	case bytes >= 10<<10:
		return fmt.Sprintf("%d KiB", bytes>>10)
	}
	return ui.Count(bytes, "byte", "bytes")
}

func recordOptions(kinds []purser.Kind) []ui.Option {
	out := make([]ui.Option, 0, len(kinds))
	for _, k := range kinds {
		out = append(out, ui.Option{Value: string(k), Label: capital(recordWords(k))})
	}
	return out
}

func modeOptions(chosen string) []ui.Option {
	return []ui.Option{
		{Value: "snapshot", Label: "All there is", Hint: "What is missing in the file, once that is confirmed, is marked as removed.", Checked: chosen != "delta"},
		{Value: "delta", Label: "What changed", Hint: "Rows are added and changed; nothing follows from what is missing.", Checked: chosen == "delta"},
	}
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func factsWords(f sheet.Facts) string {
	var out []string
	switch f.Form {
	case sheet.CSV:
		out = append(out, "CSV", map[string]string{",": "separated by commas", ";": "separated by semicolons", "\t": "separated by tabs", "|": "separated by bars"}[f.Delimiter])
	case sheet.JSONL:
		out = append(out, "JSON Lines")
	case sheet.XLSX:
		out = append(out, "Excel", "sheet “"+f.Sheet+"”")
	}
	if f.Encoding != "" {
		out = append(out, f.Encoding)
	}
	if f.Packed {
		out = append(out, "packed by gzip")
	}
	return strings.Join(slices.DeleteFunc(out, func(s string) bool { return s == "" }), ", ")
}

func faultySentence(v *load.FilePreview) string {
	return fmt.Sprintf("%d of the first %d rows cannot be read; the reasons stand below. The rest would be loaded.", v.Faulty, v.Checked)
}

func faultWords(faults []columns.Fault) string {
	if len(faults) == 0 {
		return ""
	}
	f := faults[0]
	if f.Column == "" {
		return f.Reason
	}
	return f.Column + " " + f.Reason
}

func previewColumns(v *load.FilePreview) []ui.Column {
	out := []ui.Column{{Label: "Line"}}
	for _, name := range v.Mapping.Names() {
		out = append(out, ui.Column{Label: capital(fieldWords(name))})
	}
	return out
}

func previewValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []string:
		return strings.Join(v, ", ")
	}
	return fmt.Sprint(v)
}

func namedOptions(d LoadData) []ui.Option {
	out := []ui.Option{{Value: "", Label: "by the names of the columns"}}
	for _, m := range d.Saved {
		if m.Mapping.Kind == d.Load.Kind {
			out = append(out, ui.Option{Value: m.Name, Label: m.Name})
		}
	}
	for _, f := range d.Ready {
		if f.Mapping.Kind == d.Load.Kind {
			out = append(out, ui.Option{Value: f.Name, Label: f.Title})
		}
	}
	return out
}

func sheetOptions(names []string) []ui.Option {
	out := make([]ui.Option, 0, len(names))
	for _, n := range names {
		out = append(out, ui.Option{Value: n, Label: n})
	}
	return out
}

// fieldWords is a field's name for people.
func fieldWords(name string) string {
	switch name {
	case "external_id":
		return "identifier"
	case "po_number":
		return "order number"
	case "per":
		return "price is per"
	case "mfa":
		return "second factor"
	case "at":
		return "when"
	case "bought":
		return "seats bought"
	}
	return strings.ReplaceAll(name, "_", " ")
}

// mappedField is one field of the form of a mapping.
type mappedField struct {
	Name, Label, Chosen, Value, Hint, Error string
	Options                                 []ui.Option
}

// mappedFields are the fields of a kind with the columns that they could be.
func mappedFields(v *load.FilePreview) []mappedField {
	var out []mappedField
	for i, k := range purser.Fields(v.Mapping.Kind) {
		if i == 0 && !k.Mandatory {
			continue
		}
		f := mappedField{Name: k.Name, Label: capital(fieldWords(k.Name)), Options: []ui.Option{{Value: "", Label: "none"}}}
		if k.Mandatory {
			f.Label += " (needed)"
		}
		if k.Type == purser.Enum {
			f.Hint = "One of " + strings.Join(k.Values, ", ") + "."
		}
		if at := slices.IndexFunc(v.Mapping.Fields, func(m columns.Field) bool { return m.Name == k.Name }); at >= 0 {
			m := v.Mapping.Fields[at]
			f.Value = m.Value
			switch {
			case m.Derived:
				f.Chosen = "="
			case len(m.Join) > 0:
				f.Chosen = "+"
				f.Options = append(f.Options, ui.Option{Value: "+", Label: strings.Join(m.Join, " + ")})
			case m.Column != "":
				f.Chosen = "c:" + m.Column
				if !slices.Contains(v.Columns, m.Column) {
					f.Options = append(f.Options, ui.Option{Value: f.Chosen, Label: m.Column + " (not in this file)"})
				}
			}
		}
		if i == 0 {
			f.Options = append(f.Options, ui.Option{Value: "=", Label: "made of the whole row"})
		}
		for _, c := range v.Columns {
			f.Options = append(f.Options, ui.Option{Value: "c:" + c, Label: c})
		}
		if v.Field == "fields."+k.Name {
			f.Error = capital(v.Problem) + "."
		}
		out = append(out, f)
	}
	return out
}
