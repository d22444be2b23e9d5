package ui

import "strconv"

// paletteID names an option by its place; -1 names the heading of the group.
func paletteID(group, item int) string {
	id := "palette-" + strconv.Itoa(group)
	if item >= 0 {
		id += "-" + strconv.Itoa(item)
	}
	return id
}
