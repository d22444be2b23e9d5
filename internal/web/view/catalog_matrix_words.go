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
		out = append(out, ui.Column{Label: matrixHead(t)})
	}
	return append(out, ui.Column{Label: "Actions"}, ui.Column{Label: "Never told"})
}

// matrixHead is a task's title without the words that all of them share.
func matrixHead(t purser.TaskName) string {
	head := strings.TrimSpace(strings.NewReplacer("Application ", "", " information", "s", " inventory", "s", "Expense discovery", "Spend").Replace(t.Title()))
	return strings.ToUpper(head[:1]) + head[1:]
}

// actionList names the actions of a connector, each with the reading that proves it.
func actionList(e connect.CatalogEntry) []string {
	out := make([]string, len(e.Actions))
	for i, n := range e.Actions {
		out[i] = strings.ReplaceAll(n, "_", " ")
		if e.Proofs[i] != "" {
			out[i] += ": proven when " + strings.ReplaceAll(e.Proofs[i], "_", " ")
		}
	}
	return out
}

func offers(e connect.CatalogEntry, name purser.TaskName) bool {
	return slices.ContainsFunc(e.Tasks, func(t connect.TaskInfo) bool { return t.Name == name })
}

// offUntilChosen reports whether the task asks for more than reading, so that
// somebody has to choose it.
func offUntilChosen(e connect.CatalogEntry, name purser.TaskName) bool {
	return slices.ContainsFunc(e.Tasks, func(t connect.TaskInfo) bool { return t.Name == name && t.Off != "" })
}
