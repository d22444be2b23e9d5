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

// groupLabel names a group of conditions for screen readers.
func groupLabel(i int) string {
	if i == 0 {
		return "Either: all conditions of group 1"
	}
	return "Or: all conditions of group " + strconv.Itoa(i+1)
}
