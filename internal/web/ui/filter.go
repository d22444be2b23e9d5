package ui

import "strconv"

// count writes how many options are set, "" for none.
func (m FilterMenu) count() string {
	n := 0
	for _, o := range m.Options {
		if o.Checked {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// label names the bar for screen readers.
func (f Filters) label() string {
	if f.NoSearch {
		return f.Label
	}
	return f.Placeholder
}
