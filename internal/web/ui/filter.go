package ui

import "strconv"

// count writes how many options are set, "" for none.
func (m FilterMenu) count() string { return counted(m.set()) }

func (m FilterMenu) set() (n int) {
	for _, o := range m.Options {
		if o.Checked {
			n++
		}
	}
	return n
}

// count writes how many conditions are set in all menus and groups, "" for none.
func (f Filters) count() string {
	n := f.Beside
	for _, menus := range append([][]FilterMenu{f.Menus}, f.Groups...) {
		for _, m := range menus {
			if !m.Quiet {
				n += m.set()
			}
		}
	}
	if f.Date != nil && f.Date.Value != "" {
		n++
	}
	return counted(n)
}

func counted(n int) string {
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
