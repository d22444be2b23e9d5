package ui

import (
	"maps"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// id is the field's name as an id: names may hold dots. Where one name stands in
// several forms of a page, Attrs gives each field its own.
func (f Field) id() string {
	if id, ok := f.Attrs["id"].(string); ok {
		return id
	}
	return "f-" + strings.ReplaceAll(f.Name, ".", "-")
}

func (f Field) optionID(i int) string { return f.id() + "-" + strconv.Itoa(i) + "-hint" }

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "4"
	}
	return strconv.Itoa(f.Rows)
}

// attrs are those that every kind of input shares; Attrs wins.
func (f Field) attrs() templ.Attributes {
	a := templ.Attributes{"id": f.id(), "name": f.Name, "autocomplete": "off"}
	if f.Autocomplete != "" {
		a["autocomplete"] = f.Autocomplete
	}
	if f.Placeholder != "" {
		a["placeholder"] = f.Placeholder
	}
	if f.Required {
		a["aria-required"] = "true"
	}
	if f.Mono {
		a["spellcheck"] = "false"
	}
	f.describe(a)
	maps.Copy(a, f.Attrs)
	return a
}

// groupAttrs are those of a fieldset of several inputs; the id lets an error link to it.
func (f Field) groupAttrs() templ.Attributes {
	a := templ.Attributes{"id": f.id(), "tabindex": "-1"}
	f.describe(a)
	delete(a, "aria-invalid") // not allowed on a group
	return a
}

func (f Field) describe(a templ.Attributes) {
	var by []string
	if f.Error != "" {
		a["aria-invalid"] = "true"
		by = append(by, f.id()+"-error")
	}
	if f.Hint != "" {
		by = append(by, f.id()+"-hint")
	}
	if len(by) > 0 {
		a["aria-describedby"] = strings.Join(by, " ")
	}
}

func summaryTitle(n int) string {
	if n == 1 {
		return "One thing is missing or wrong"
	}
	return strconv.Itoa(n) + " things are missing or wrong"
}
