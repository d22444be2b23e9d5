package view

import (
	"slices"
	"strings"
	"time"

	"purser/internal/connect"
	"purser/internal/credential"
	"purser/internal/web/ui"
)

func pendingText(c connect.CredentialFacts) string {
	if c.Pending {
		return c.Way + ", not confirmed yet"
	}
	return c.Way
}

func credentialTitle(c connect.CredentialFacts) string {
	if c.Pending {
		return "Entered, and not confirmed yet"
	}
	return "Credential in use"
}

func waiting(all []connect.CredentialFacts) bool {
	return len(all) > 1 && slices.ContainsFunc(all, func(c connect.CredentialFacts) bool { return c.Pending })
}

// permissionWords counts what a credential may do: how much of it writes, how much lies idle.
func permissionWords(c connect.CredentialFacts) string {
	n := len(c.Scopes)
	word := "asked for"
	if c.ScopesKnown {
		n, word = len(c.Granted), "granted"
	}
	parts := []string{ui.Int(int64(n)) + " " + word}
	if len(c.Writes) > 0 {
		parts = append(parts, ui.Int(int64(len(c.Writes)))+" could also write")
	}
	if len(c.Unused) > 0 {
		parts = append(parts, ui.Int(int64(len(c.Unused)))+" not used")
	}
	if n == 0 {
		return "as the vendor gives this kind of key"
	}
	return strings.Join(parts, ", ")
}

func grantedText(c connect.CredentialFacts) string {
	if !c.ScopesKnown {
		return "the vendor does not say"
	}
	return strings.Join(c.Granted, ", ")
}

// daysLeft counts whole days; 0 is today, negative is over.
func daysLeft(c connect.CredentialFacts, now time.Time) int64 {
	left := c.ExpiresAt.Sub(now)
	if left < 0 {
		return -1
	}
	return int64(left / (24 * time.Hour))
}

func endWords(c connect.CredentialFacts, now time.Time) string {
	switch n := daysLeft(c, now); {
	case n < 0:
		return "Ended"
	case n == 0:
		return "Ends within a day"
	default:
		return "Ends in " + ui.Count(n, "day", "days")
	}
}

func endTone(c connect.CredentialFacts, now time.Time) ui.Tone {
	switch n := daysLeft(c, now); {
	case n < 0:
		return ui.ToneFailing
	case n < 30:
		return ui.ToneStale
	}
	return ui.ToneInactive
}

func endSource(c connect.CredentialFacts) string {
	switch c.ExpiresBy {
	case credential.ExpiryRead:
		return "as the vendor says"
	case credential.ExpiryEntered:
		return "as entered by hand"
	case credential.ExpiryDeclared:
		return "as the connector says of this kind"
	}
	return "source unknown"
}

// endValue is what the field for the end holds: the date that a person entered.
func endValue(all []connect.CredentialFacts) string {
	for _, c := range slices.Backward(all) { // the one that waits comes last, and is the one that is changed
		return c.EnteredOn
	}
	return ""
}

// idleWords says what becomes of a credential that is not used.
func idleWords(c connect.CredentialFacts) string {
	if c.IdleUntil.IsZero() {
		return "No time is known after which the vendor drops a credential of this kind that is not used."
	}
	return "The vendor drops this credential if it is not used until"
}

func linkWord(d connect.Delegation) string {
	switch d.State {
	case "waiting":
		return "Not begun"
	case "begun":
		return "Begun"
	case "done":
		return "Handed over"
	case "revoked":
		return "Taken back"
	}
	return "Too old"
}

func linkTone(d connect.Delegation) ui.Tone {
	switch d.State {
	case "waiting":
		return ui.ToneUnknown
	case "begun":
		return ui.ToneStale
	case "done":
		return ui.ToneLive
	}
	return ui.ToneInactive
}

// waitsForConfirmation reports whether something entered was not confirmed yet.
func waitsForConfirmation(p InstancePage) bool {
	return slices.ContainsFunc(p.Kept, func(c connect.CredentialFacts) bool { return c.Pending })
}
