package ui

import (
	"maps"
	"slices"

	"github.com/a-h/templ"
)

// attrs gathers the attributes that follow from the fields; Attrs wins.
func (b Button) attrs() templ.Attributes {
	a := templ.Attributes{}
	switch b.Variant {
	case Primary, Ghost:
		a["data-variant"] = string(b.Variant)
	case Danger:
		a["data-variant"] = "danger"
	default:
		a["data-variant"] = "outline"
	}
	switch {
	case b.IconOnly && b.Small:
		a["data-size"] = "icon-sm"
	case b.IconOnly:
		a["data-size"] = "icon"
	case b.Small:
		a["data-size"] = "sm"
	}
	if b.IconOnly {
		a["aria-label"] = b.Label
		a["title"] = b.Label
	}
	for name, v := range map[string]string{"name": b.Name, "value": b.Value, "form": b.Form, "data-dialog": b.Dialog, "data-copy": b.Copy} {
		if v != "" {
			a[name] = v
		}
	}
	if b.Dialog != "" {
		a["aria-haspopup"] = "dialog"
	}
	if b.Close {
		a["data-close"] = true
	}
	maps.Copy(a, b.Attrs)
	return a
}

func (b Button) submitting() Button {
	b.Submit = true
	return b
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
