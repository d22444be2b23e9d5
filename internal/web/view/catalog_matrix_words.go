package view

import (
	"slices"
	"strings"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
)

func matrixColumns(d MatrixData) []ui.Column {
	out := []ui.Column{{Label: "Application"}}
	for _, t := range d.Tasks {
		out = append(out, ui.Column{Label: t.Title()})
	}
	return append(out, ui.Column{Label: "Actions"}, ui.Column{Label: "Never told"})
}

func actionList(names []string) string {
	return strings.ReplaceAll(strings.Join(names, ", "), "_", " ")
}

func offers(e connect.CatalogEntry, name purser.TaskName) bool {
	return slices.ContainsFunc(e.Tasks, func(t connect.TaskInfo) bool { return t.Name == name })
}

// offUntilChosen reports whether the task asks for more than reading, so that
// somebody has to choose it.
func offUntilChosen(e connect.CatalogEntry, name purser.TaskName) bool {
	return slices.ContainsFunc(e.Tasks, func(t connect.TaskInfo) bool { return t.Name == name && t.Off != "" })
}
