package view

import (
	"slices"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
)

// ownerOptions are the users; an owner who was removed stays visible as a gap.
func ownerOptions(i purser.Instance, e *InstanceEdit) []ui.Option {
	var out []ui.Option
	known := false
	for _, o := range e.Owners {
		label := o.Name
		if o.Email != o.Name {
			label += " (" + o.Email + ")"
		}
		out = append(out, ui.Option{Value: o.ID, Label: label, Checked: o.ID == e.Owner})
		known = known || o.ID == e.Owner
	}
	if known {
		return out
	}
	label := "nobody"
	if i.OwnerID != "" {
		label = "nobody: the user was removed"
	}
	return append([]ui.Option{{Value: "", Label: label, Checked: true}}, out...)
}

// ReadsPeople reports whether a roster of people is among the tasks that are switched on.
func ReadsPeople(tasks []purser.InstanceTask) bool {
	return slices.ContainsFunc(tasks, func(t purser.InstanceTask) bool { return t.Task == purser.TaskHRRoster && t.Enabled })
}

// helpsOnlyAnew reports whether a credential that was refused so stays refused,
// however often it is tried.
func helpsOnlyAnew(c purser.Class) bool {
	return c == purser.ClassAuthRevoked || c == purser.ClassConfig
}

// spent reports whether the credential in use has to be replaced: it cannot be
// used any more, or its refusal was final.
func spent(i purser.Instance, kept []connect.CredentialFacts) bool {
	return i.Status == purser.StatusRevoked && i.Health != purser.HealthForbidden ||
		slices.ContainsFunc(kept, func(c connect.CredentialFacts) bool { return !c.Pending && c.Unusable != "" })
}

func hrWords(i purser.Instance) string {
	if i.HR {
		return "Marked: people whose employment it ends, or whom it lists no more, count as leavers."
	}
	return "Not marked: an employment that it reports as ended is shown as reported, and nothing follows from it."
}

func confirmLabel(i purser.Instance) string {
	if i.Confirmed {
		return "Confirm and use it from now on"
	}
	return "Confirm and start the first sync"
}
