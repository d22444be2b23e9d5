package web

import (
	"net/http"

	"purser"
	"purser/internal/web/ui"
)

// page gathers what the layout shows around every page: who reads it, what they
// may open, and what concerns all pages.
func (h *Handler) page(r *http.Request, title string, section ui.Section, crumbs ...ui.Link) ui.Page {
	p := ui.Page{Title: title, Section: section, Crumbs: crumbs,
		Menu: []ui.Link{{Label: "Your account", Href: "/settings/you", Icon: "user"}}}
	if h.Banner != nil {
		p.Banner = h.Banner()
	}
	if actor, ok := purser.ActorFrom(r.Context()); ok {
		p.User = ui.User{Name: actor.Name, Role: string(actor.Role)}
		p.Hidden, p.Resume = h.hidden(r), h.resumed(r)
	}
	if toast := r.URL.Query().Get("done"); toast != "" {
		if text, ok := doneText(toast); ok {
			p.Flash = append(p.Flash, ui.ToastItem{Tone: ui.ToneLive, Text: text})
		}
	}
	return p
}

// hidden lists the sections that the reader's role may not open.
func (h *Handler) hidden(r *http.Request) []ui.Section {
	var out []ui.Section
	for section, op := range map[ui.Section]purser.Operation{
		ui.Integrations: purser.OpInstanceRead, ui.Runs: purser.OpRunRead, ui.Applications: purser.OpAccountRead,
		ui.Accounts: purser.OpAccountRead, ui.People: purser.OpPersonRead, ui.Licenses: purser.OpAccountRead,
		ui.Spend: purser.OpMoneyRead, ui.Devices: purser.OpAccountRead, ui.Contracts: purser.OpContractRead,
		ui.Actions: purser.OpActionRead, ui.Findings: purser.OpFindingRead,
	} {
		if !h.may(r, op) {
			out = append(out, section)
		}
	}
	return out
}

// may reports whether the reader may perform op; it decides only what is shown,
// the service decides what happens.
func (h *Handler) may(r *http.Request, op purser.Operation) bool {
	return h.Login.Allow(r.Context(), op) == nil
}

// namelessList takes the search for names from a list of those who may not see
// them, and says that they are hidden.
func (h *Handler) namelessList(r *http.Request, f *ui.Filters, rows *ui.Rows) {
	if !h.may(r, purser.OpNameRead) {
		f.NoSearch = true
		rows.Count += "; names are hidden for your role"
	}
}

// doneText gives the sentence for a change that the request before this one
// made. The address carries a word of this list, never text.
func doneText(word string) (string, bool) {
	text, ok := map[string]string{
		"saved":        "Saved.",
		"loading":      "The load is finished; a run reads it.",
		"sync":         "The sync has been queued.",
		"canceled":     "The run is being canceled.",
		"checked":      "The vendor accepts the credential. A sync has been queued.",
		"discarded":    "The new credential was given up; the one in use stays.",
		"activated":    "The instance is live again; a sync has been queued.",
		"deactivated":  "The instance is inactive. Its data stays and grows stale.",
		"invited":      "The invitation is ready. Copy its link below.",
		"removed":      "The user was removed.",
		"mistake":      "The contract was removed.",
		"revoked":      "Revoked.",
		"password":     "Your password was changed. Other sessions were signed out.",
		"frozen":       "Every outgoing call is stopped.",
		"rotated":      "A new key seals everything now. Keep a copy of the key file, then retire the old key.",
		"retired":      "The old key is out of the key file.",
		"thawed":       "Calls leave again; what waited goes on.",
		"connected":    "Your account is connected: from now on you can sign in with the provider.",
		"disconnected": "Your account is no longer connected with the provider.",
		"factor-off":   "The second factor was removed. Your password alone signs you in.",
		"reset":        "The second factor was reset. Their password alone signs them in until they set up a new one.",
		"again":        "It is sent again now.",
		"decided":      "The decision was recorded.",
		"renewed":      "The next period has begun. The one before is kept.",
		"planned":      "Planned. Nothing was sent yet: look at the requests first.",
		"approved":     "Approved. It can run now.",
		"running":      "It runs now, and goes on when you leave this page.",
		"protected":    "No action touches it from now on.",
		"unprotected":  "Taken off the protected list.",
	}[word]
	return text, ok
}
