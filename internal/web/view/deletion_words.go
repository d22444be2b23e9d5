package view

import (
	"fmt"
	"strings"

	"purser"
	"purser/internal/web/ui"
)

// DeletionTitle is what a deletion does, in two or three words.
func DeletionTitle(scope purser.DeletionScope) string {
	if scope == purser.DeleteUsers {
		return "Delete all users"
	}
	return "Delete instance"
}

func deletionWarning(scope purser.DeletionScope) string {
	if scope == purser.DeleteUsers {
		return "All that was read of this instance's users is removed. The instance itself stays: its next sync reads everyone again, as the first one did. History before that is lost."
	}
	return "The instance is removed with all that was read through it. Integrated again, everyone is read again, but history before that is lost."
}

func countWords(c purser.DeletionCount) string {
	if c.Count == 0 {
		return "No " + c.What + " yet"
	}
	if c.Count == 1 {
		return "1 " + singular(c.What)
	}
	return ui.Int(c.Count) + " " + c.What
}

// singular writes one of "license plans", "entries of the audit log": the noun is
// among the first two words.
func singular(many string) string {
	words := strings.Fields(many)
	for i, w := range words[:min(len(words), 2)] {
		switch {
		case w == "people":
			w = "person"
		case strings.HasSuffix(w, "ies"):
			w = strings.TrimSuffix(w, "ies") + "y"
		case strings.HasSuffix(w, "s"):
			w = strings.TrimSuffix(w, "s")
		default:
			continue
		}
		words[i] = w
		break
	}
	return strings.Join(words, " ")
}

func deletionHead(d purser.Deletion) string {
	switch {
	case d.Ended() && d.Scope == purser.DeleteUsers:
		return "All users of " + d.InstanceName + " were deleted"
	case d.Ended():
		return d.InstanceName + " was deleted"
	case d.Scope == purser.DeleteUsers:
		return "Deleting all users of " + d.InstanceName
	}
	return "Deleting " + d.InstanceName
}

func deletionWords(d purser.Deletion) string {
	return fmt.Sprintf("%s of %s removed; %s", ui.Int(d.Removed), ui.Int(d.Total), d.Phase)
}

func deletionEnd(d purser.Deletion) string {
	if d.Scope == purser.DeleteUsers {
		return "The instance is as it was before, without its users. Ended "
	}
	return "The instance is gone. Ended "
}
