package view

import (
	"strings"

	"purser"
	"purser/internal/inventory"
	"purser/internal/web/ui"
)

// standWord says how instances of a tone stand.
func standWord(tone string) string {
	switch tone {
	case "revoked":
		return "revoked"
	case "failing":
		return "failing"
	case "stale":
		return "stale, held or waiting"
	case "unknown":
		return "not connected or not read yet"
	case "inactive":
		return "paused"
	}
	return "working and fresh"
}

// StandOptions are the choices of a filter by how instances stand.
func StandOptions() (out []ui.FilterOption) {
	for _, tone := range []string{"revoked", "failing", "stale", "unknown", "inactive", "live"} {
		out = append(out, ui.FilterOption{Value: tone, Label: standWord(tone)})
	}
	return out
}

// StandSentence counts instances by how they stand: "3 working and fresh, 1 revoked".
func StandSentence(all []purser.Placed) string {
	count, order := map[string]int64{}, []string{}
	for _, p := range all {
		if count[p.Standing.Tone]++; count[p.Standing.Tone] == 1 {
			order = append(order, p.Standing.Tone)
		}
	}
	parts := make([]string, len(order))
	for n, tone := range order {
		parts[n] = ui.Int(count[tone]) + " " + standWord(tone)
	}
	return strings.Join(parts, ", ")
}

// standLabel is StandSentence of one count, for a link.
func standLabel(c inventory.StandCount) string { return ui.Int(c.Count) + " " + standWord(c.Tone) }
