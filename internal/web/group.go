package web

import (
	"fmt"
	"slices"
	"strconv"

	"purser/internal/table"
	"purser/internal/web/ui"
)

// groups gives a list the groups of conditions of its address: those that are asked
// for, or as many as somebody wants to fill in. names are the conditions that may
// stand in one; each is a menu of the list's own, under another name.
func (l listing) groups(names []string, f *ui.Filters, rows *ui.Rows) {
	var menus []ui.FilterMenu
	for _, m := range f.Menus {
		if slices.Contains(names, m.Name) {
			menus = append(menus, m)
		}
	}
	if len(menus) < 2 { // several values of one condition are any of them without groups
		return
	}
	shown, _ := strconv.Atoi(l.query.Get("groups"))
	shown = min(shown, table.MostGroups)
	var all [][]ui.FilterMenu
	for n := 1; n <= table.MostGroups; n++ {
		var group []ui.FilterMenu
		for _, m := range menus {
			x := l.menu(m.Label, table.Group(n, m.Name), slices.Clone(m.Options)...)
			for _, o := range x.Options {
				if o.Checked {
					shown = max(shown, n)
					rows.Chips = append(rows.Chips, ui.Chip{Label: fmt.Sprintf("Group %d, %s: %s", n, m.Label, o.Label), RemoveURL: l.without(x.Name, o.Value)})
				}
			}
			group = append(group, x)
		}
		all = append(all, group)
	}
	f.Groups = all[:max(shown, 0)]
	if next := max(2, shown+1); next <= table.MostGroups {
		f.AddGroup = l.with("groups", strconv.Itoa(next))
	}
}
