package view

import (
	"net/url"
	"slices"

	"purser/internal/web/ui"
)

// Typed is a form as somebody sent it, and what is wrong with it. The zero Typed is
// of a form that nobody has sent yet.
type Typed struct {
	Values url.Values
	Errors map[string]string // by the name of the field; "" of the whole
}

// field is an input with what was typed into it, and what is wrong with that.
func (t Typed) field(f ui.Field) ui.Field {
	if t.Values != nil {
		f.Value = t.Values.Get(f.Name)
	}
	f.Error = t.Errors[f.Name]
	return f
}

// ticked reports whether a box was ticked.
func (t Typed) ticked(name, value string) bool { return slices.Contains(t.Values[name], value) }

// wrong is what is wrong, each with the field to go to.
func (t Typed) wrong() []ui.FieldError { return fieldList(t.Errors) }
