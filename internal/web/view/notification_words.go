package view

import (
	"strings"

	"purser"
	"purser/internal/notify"
	"purser/internal/web/ui"
)

// WebhookFormat is the choice of a form that is no chat.
const WebhookFormat = "webhook"

// eventWords says of a kind of event what it is.
func eventWords(k purser.EventKind) string {
	words, ok := map[purser.EventKind]string{
		purser.EventInitialCompleted:   "A first sync is complete",
		purser.EventInitialFailed:      "A first sync failed",
		purser.EventSyncFailed:         "A sync failed after a success",
		purser.EventSyncRecovered:      "A sync succeeded after a failure",
		purser.EventInstanceRevoked:    "An instance was revoked",
		purser.EventCredentialExpiring: "A credential ends in 30, 7 or 1 days",
		purser.EventRemovalsHeld:       "Removals or changes wait for a decision",
		purser.EventOwnerLeft:          "An owner left",
		purser.EventInstanceDeleted:    "An instance was deleted",
		purser.EventAddressChanged:     "Vendors see another address",
		purser.EventContractDue:        "The notice deadline of a contract is near",
		purser.EventFindingsWeekly:     "Open findings, once a week",
	}[k]
	if !ok {
		return "Test message"
	}
	return words
}

func kindWords(kinds []purser.EventKind) string {
	if len(kinds) == 0 {
		return "everything"
	}
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = eventWords(k)
	}
	return strings.Join(words, "; ")
}

func kindOptions(chosen map[purser.EventKind]bool) []ui.Option {
	var out []ui.Option
	for _, k := range purser.EventKinds() {
		out = append(out, ui.Option{Value: string(k), Label: eventWords(k), Checked: chosen[k]})
	}
	return out
}

func formatOptions(f EndpointForm) []ui.Option {
	out := []ui.Option{{Value: WebhookFormat, Label: "A program of yours", Hint: "A webhook: JSON with a signature. Its secret is shown once.",
		Checked: f.Format == "" || f.Format == WebhookFormat}}
	for _, c := range f.Formats {
		out = append(out, ui.Option{Value: c.Name, Label: c.Title, Hint: "A message in a channel", Checked: f.Format == c.Name})
	}
	return out
}

func endpointKind(e notify.Endpoint) string {
	if e.Way == notify.WayWebhook {
		return "signed webhook"
	}
	if formats, err := notify.ChatFormats(); err == nil {
		for _, f := range formats {
			if f.Name == e.Format {
				return f.Title
			}
		}
	}
	return "chat"
}

// DeliveryFilter names a state of deliveries, "" all of them.
func DeliveryFilter(state string) string {
	if state == "" {
		return "All"
	}
	_, word := deliveryMark(state)
	return word
}

func deliveryMark(state string) (ui.Tone, string) {
	switch state {
	case "sent":
		return ui.ToneLive, "Sent"
	case "waiting":
		return ui.ToneStale, "Waiting"
	case "sending":
		return ui.ToneStale, "Being sent"
	case "failed":
		return ui.ToneFailing, "Failed"
	case "unsure":
		return ui.ToneFailing, "Not sure"
	case "dropped":
		return ui.ToneInactive, "Left"
	}
	return ui.ToneUnknown, state
}

func wayWords(way string) string {
	switch way {
	case notify.WayMail:
		return "by mail"
	case notify.WayChat:
		return "to a chat"
	}
	return "to a webhook"
}

func whyWords(why string) string {
	words, ok := map[string]string{"list": "on the list of recipients", "instance": "on the instance's list", "owner": "owner of the instance",
		"admin": "an admin", "contract": "looks after the contract", "endpoint": "wants this kind of event", "test": "a test"}[why]
	if !ok {
		return why
	}
	return words
}

func securityWords(s notify.Security) string {
	switch s {
	case notify.StartTLS:
		return "TLS (STARTTLS), required"
	case notify.ImplicitTLS:
		return "TLS from the first byte"
	}
	return "none: on this machine only"
}

// openDelivery reports whether a person can do something about it.
func openDelivery(d notify.Delivery) bool {
	return d.State == "failed" || d.State == "unsure" || d.State == "waiting"
}

func againLabel(d notify.Delivery) string {
	if d.State == "unsure" {
		return "Send again"
	}
	return "Try again"
}

// deliveryQuiet says why there is nothing to explain.
func deliveryQuiet(state string) string {
	switch state {
	case "sent":
		return "it was taken"
	case "dropped":
		return "a person left it"
	}
	return "it was not tried yet"
}

// tryWords says how one try ended.
func tryWords(way string, t notify.DeliveryTry) string {
	switch {
	case t.Error == "":
		return "Taken"
	case t.Status == 0:
		return "Not handed over"
	case way == notify.WayMail && t.Status < 500, t.Status == 429, way != notify.WayMail && t.Status >= 500:
		return "Not now (" + ui.Int(t.Status) + ")"
	}
	return "Refused (" + ui.Int(t.Status) + ")"
}

func deliveryTone(d notify.Delivery) ui.Tone {
	if d.State == "waiting" {
		return ui.ToneStale
	}
	tone, _ := deliveryMark(d.State)
	return tone
}

func deliverySentence(d notify.Delivery) string {
	switch d.State {
	case "waiting":
		return "Not taken yet, and tried again by itself: " + d.Error + "."
	case "unsure":
		return "Nobody knows whether it arrived: " + d.Error + "."
	}
	return "Not delivered: " + d.Error + "."
}

// failedLog is the list of what needs a person.
func failedLog(s notify.Outbox) string {
	if s.Failed > 0 {
		return "/settings/notifications/log?state=failed"
	}
	return "/settings/notifications/log?state=unsure"
}

func recipientsTitle(d RecipientsData) string {
	if d.Instance != "" {
		return "Who is told of " + d.Instance
	}
	return "Recipients of mail"
}

func recipientNow(r notify.Recipient) string {
	if r.UserNow != "" {
		return "now " + r.UserNow + ": mail goes there"
	}
	return ""
}
