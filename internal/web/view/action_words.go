package view

import (
	"strings"

	"purser"
	"purser/internal/web/ui"
)

// ActionWord is what an action is called on a button: "Suspend".
func ActionWord(name string) string {
	switch name {
	case "suspend":
		return "Suspend"
	case "reactivate":
		return "Reactivate"
	case "deactivate":
		return "Deactivate"
	case "delete":
		return "Delete"
	case "remove_seat":
		return "Take the seat away"
	case "remove_from_group":
		return "Remove from a group"
	case "unassign":
		return "Unassign an application"
	case "revoke_sessions":
		return "End all sessions"
	case "revoke_grants":
		return "Revoke grants to applications"
	case "transfer":
		return "Transfer data"
	case "create":
		return "Create an account"
	case "assign_seat":
		return "Assign a seat"
	case "assign_group":
		return "Add to a group"
	}
	return strings.ReplaceAll(name, "_", " ")
}

// ActionTitle names an action: "Suspend, 3 targets".
func ActionTitle(a purser.Action) string {
	return ActionWord(a.Name) + " at " + a.InstanceName
}

// SwitchSays is what a switch stands for.
func SwitchSays(s purser.Switch) string {
	if s == purser.SwitchProvisioning {
		return "Lets people with the role operator or admin give access at the vendor: accounts, seats, groups."
	}
	return "Lets people with the role operator or admin take access away at the vendor, and give it back."
}

func targetsText(n int64) string { return ui.Count(n, "target", "targets") }

// runLabel is the button that sends: "Suspend 3 targets".
func runLabel(a purser.Action) string {
	return ActionWord(a.Name) + ": send for " + targetsText(a.Counts.Planned)
}

// approvalWords says what a rule of approval means.
func approvalWords(rule purser.Approval) string {
	switch rule {
	case purser.ApprovalAlways:
		return "A second person approves every action"
	case purser.ApprovalIrreversible:
		return "A second person approves what cannot be undone"
	}
	return "No second person is asked"
}

func approvalOptions(own bool, organization purser.Approval) []ui.Option {
	var out []ui.Option
	if own {
		out = append(out, ui.Option{Value: "", Label: "As for the organization: " + lowered(approvalWords(organization))})
	}
	for _, rule := range purser.Approvals() {
		out = append(out, ui.Option{Value: string(rule), Label: approvalWords(rule)})
	}
	return out
}

func lowered(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// actionProgressWords says how far an action is.
func actionProgressWords(a purser.Action) string {
	c := a.Counts
	var parts []string
	for _, p := range []struct {
		n    int64
		word string
	}{{c.Verified, "verified"}, {c.Sent, "sent"}, {c.Running, "under way"}, {c.Planned, "to go"}, {c.Unsure, "unsure"}, {c.Failed, "failed"}, {c.Skipped, "skipped"}, {c.Canceled, "canceled"}} {
		if p.n > 0 {
			parts = append(parts, ui.Int(p.n)+" "+p.word)
		}
	}
	return strings.Join(parts, ", ")
}

// actionOutcome says what came of an action, with the tone of the notice.
func actionOutcome(a purser.Action) (ui.Tone, string) {
	c := a.Counts
	switch {
	case a.State == purser.ActionCanceled:
		return ui.ToneInactive, "Canceled. Nothing was sent."
	case c.Failed > 0:
		return ui.ToneFailing, "Over, and not all of it went well: " + actionProgressWords(a) + "."
	case c.Unsure > 0:
		return ui.ToneStale, "Of some it is not known whether the request arrived. It is not sent again; the next reading tells."
	case c.Sent > 0:
		return ui.ToneStale, "The vendor said yes. The next reading has to show it; it has been asked for."
	case c.Verified > 0:
		return ui.ToneLive, "Done, and a reading of the vendor shows it."
	}
	return ui.ToneInactive, "Over; nothing was changed."
}

// requestHead is the first line of a request, without the host.
func requestHead(r purser.ActionRequest) string {
	_, rest, _ := strings.Cut(r.URL, "://")
	_, path, _ := strings.Cut(rest, "/")
	path, _, _ = strings.Cut(path, "?")
	return r.Method + " /" + path
}

// requestText is a request as it is sent, but for the credential.
func requestText(r purser.ActionRequest) string {
	var b strings.Builder
	b.WriteString(r.Method + " " + r.URL)
	for _, h := range r.Headers {
		b.WriteString("\n" + h[0] + ": " + h[1])
	}
	if r.ContentType != "" {
		b.WriteString("\nContent-Type: " + r.ContentType)
	}
	b.WriteString("\nAuthorization: [the credential of the instance]")
	if r.Body != "" {
		b.WriteString("\n\n" + r.Body)
	}
	return b.String()
}
