package ui

import "strings"

// Tone is the meaning of a badge, notice or toast. Word and icon carry it; color helps.
type Tone string

// The tones.
const (
	ToneLive     Tone = "live"     // live, ok, fresh, verified
	ToneInactive Tone = "inactive" // inactive, draft, deleting, ignored, closed
	ToneRevoked  Tone = "revoked"  // status revoked
	ToneFailing  Tone = "failing"  // failing, unauthorized, forbidden, overdue
	ToneStale    Tone = "stale"    // stale, late, rate limited, held, due soon
	ToneUnknown  Tone = "unknown"  // unknown, never executed, needs setup
)

func (t Tone) icon() string {
	switch t {
	case ToneLive:
		return "circle-check"
	case ToneInactive:
		return "circle-pause"
	case ToneRevoked:
		return "shield-off"
	case ToneFailing:
		return "triangle-alert"
	case ToneStale:
		return "clock-alert"
	}
	return "circle-question-mark"
}

// mark is what a value of the domain looks like.
type mark struct {
	tone       Tone
	word, icon string
}

func (m mark) shape() string {
	if m.icon != "" {
		return m.icon
	}
	return m.tone.icon()
}

// markOf finds the tone, word and icon of a value by the fact that it belongs to:
// the same word can mean different things (an account and an instance are inactive).
func markOf(fact, value string) mark {
	switch fact + ":" + value {
	case "status:live":
		return mark{ToneLive, "Live", ""}
	case "status:draft":
		return mark{ToneInactive, "Draft", "circle-dashed"}
	case "status:inactive":
		return mark{ToneInactive, "Inactive", ""}
	case "status:revoked":
		return mark{ToneRevoked, "Revoked", ""}
	case "status:deleting":
		return mark{ToneInactive, "Deleting", "trash-2"}
	case "status:needs_setup":
		return mark{ToneUnknown, "Needs setup", ""}

	case "health:ok":
		return mark{ToneLive, "OK", ""}
	case "health:failing":
		return mark{ToneFailing, "Failing", ""}
	case "health:unauthorized":
		return mark{ToneFailing, "Unauthorized", "lock"}
	case "health:forbidden":
		return mark{ToneFailing, "Forbidden", "ban"}
	case "health:rate_limited":
		return mark{ToneStale, "Rate limited", "hourglass"}

	case "freshness:fresh":
		return mark{ToneLive, "Fresh", ""}
	case "freshness:late":
		return mark{ToneStale, "Late", ""}
	case "freshness:stale":
		return mark{ToneStale, "Stale", ""}
	case "freshness:never":
		return mark{ToneUnknown, "Never executed", ""}

	case "run:queued":
		return mark{ToneInactive, "Queued", "circle-dashed"}
	case "run:running":
		return mark{ToneLive, "Running", "loader-circle"}
	case "run:waiting":
		return mark{ToneStale, "Waiting", "hourglass"}
	case "run:succeeded":
		return mark{ToneLive, "Succeeded", ""}
	case "run:partial":
		return mark{ToneStale, "Partial", "circle-alert"}
	case "run:failed":
		return mark{ToneFailing, "Failed", ""}
	case "run:canceled":
		return mark{ToneInactive, "Canceled", "ban"}
	case "run:abandoned":
		return mark{ToneInactive, "Abandoned", "circle-x"}
	case "run:held":
		return mark{ToneStale, "Held", "hand"}

	case "action:planned":
		return mark{ToneUnknown, "Planned", "circle-dashed"}
	case "action:approved":
		return mark{ToneLive, "Approved", "check"}
	case "action:running":
		return mark{ToneLive, "Running", "loader-circle"}
	case "action:sent":
		return mark{ToneStale, "Sent", "hourglass"}
	case "action:verified":
		return mark{ToneLive, "Verified", ""}
	case "action:unsure":
		return mark{ToneStale, "Unsure", "circle-question-mark"}
	case "action:skipped":
		return mark{ToneInactive, "Skipped", "ban"}
	case "action:failed":
		return mark{ToneFailing, "Failed", ""}
	case "action:done":
		return mark{ToneLive, "Done", ""}
	case "action:canceled":
		return mark{ToneInactive, "Canceled", "circle-x"}

	case "application:new":
		return mark{ToneUnknown, "New", "circle-dot"}
	case "application:in_review":
		return mark{ToneStale, "In review", "eye"}
	case "application:managed":
		return mark{ToneLive, "Managed", ""}
	case "application:accepted":
		return mark{ToneLive, "Accepted", "check"}
	case "application:ignored":
		return mark{ToneInactive, "Ignored", "eye-off"}
	case "application:closing":
		return mark{ToneStale, "Closing", ""}
	case "application:closed":
		return mark{ToneInactive, "Closed", "circle-x"}

	case "use:active":
		return mark{ToneLive, "Active", ""}
	case "use:inactive":
		return mark{ToneStale, "Inactive", ""}
	case "use:never":
		return mark{ToneInactive, "Never active", "circle-dashed"}

	case "device:managed":
		return mark{ToneLive, "Managed", ""}
	case "device:pending":
		return mark{ToneUnknown, "Pending", "circle-dashed"}
	case "device:retiring":
		return mark{ToneStale, "Retiring", "hourglass"}
	case "device:unmanaged":
		return mark{ToneInactive, "Unmanaged", "unplug"}
	case "device:missing":
		return mark{ToneFailing, "Missing", ""}

	case "account:active":
		return mark{ToneLive, "Active", ""}
	case "employment:employed":
		return mark{ToneLive, "Employed", ""}
	case "account:invited", "employment:future":
		return mark{ToneUnknown, words(value), "circle-dashed"}
	case "account:suspended", "employment:on_leave":
		return mark{ToneStale, words(value), "circle-pause"}
	case "account:deactivated", "employment:ended":
		return mark{ToneInactive, words(value), "circle-x"}
	}
	if value == "" {
		value = "unknown"
	}
	return mark{ToneUnknown, words(value), ""}
}

// words writes a code as words: rate_limited → "Rate limited".
func words(code string) string {
	s := strings.ReplaceAll(code, "_", " ")
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
