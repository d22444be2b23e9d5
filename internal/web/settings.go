package web

import (
	"net/http"

	"purser"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) settingsRoutes(add adder) {
	add("GET /settings", purser.OpSessionOwn, h.settingsStart)
	add("GET /settings/you", purser.OpSessionOwn, h.you)
	add("POST /settings/you/password", purser.OpSessionOwn, h.changePassword)
	add("POST /settings/you/sessions/{id}/revoke", purser.OpSessionOwn, h.revokeSession)
	add("POST /settings/you/sessions/revoke-others", purser.OpSessionOwn, h.revokeOtherSessions)
	add("GET /settings/users", purser.OpUserRead, h.users)
	add("POST /settings/users/invite", purser.OpUserWrite, h.invite)
	add("POST /settings/users/{id}/role", purser.OpUserWrite, h.setRole)
	add("POST /settings/users/{id}/remove", purser.OpUserWrite, h.removeUser)
	add("POST /settings/invitations/{id}/withdraw", purser.OpUserWrite, h.withdraw)
	add("GET /settings/tokens", purser.OpTokenOwn, h.tokens)
	add("POST /settings/tokens", purser.OpTokenOwn, h.createToken)
	add("POST /settings/tokens/{id}/revoke", purser.OpTokenOwn, h.revokeToken)
	h.organizationRoutes(add)
	add("GET /settings/network", purser.OpSettingRead, h.network)
	add("GET /settings/audit", purser.OpAuditRead, h.auditLog)
	add("POST /settings/audit/verify", purser.OpAuditRead, h.verifyAudit)
	h.upkeepRoutes(add)
	h.notificationRoutes(add)
	add("GET /settings/about", purser.OpSessionOwn, h.about)
}

// settingsStart opens the first settings page that the reader may see.
func (h *Handler) settingsStart(w http.ResponseWriter, r *http.Request) error {
	target := "/settings/you"
	if h.may(r, purser.OpUserRead) {
		target = "/settings/users"
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil
}

// settingsPage is the frame of a settings page: its tabs are those that the reader may open.
func (h *Handler) settingsPage(r *http.Request, title, path string) view.SettingsPage {
	p := view.SettingsPage{Page: h.page(r, title, ui.Settings)}
	for _, t := range []struct {
		label, path string
		op          purser.Operation
	}{
		{"Organization", "/settings/organization", purser.OpSettingRead},
		{"Matching", "/settings/matching", purser.OpSettingRead},
		{"Sources", "/settings/sources", purser.OpSettingRead},
		{"You", "/settings/you", purser.OpSessionOwn},
		{"Users and roles", "/settings/users", purser.OpUserRead},
		{"Sign-in", "/settings/sign-in", purser.OpSettingRead},
		{"API tokens", "/settings/tokens", purser.OpTokenOwn},
		{"Notifications", notificationsPath, purser.OpSettingRead},
		{"Actions", "/settings/actions", purser.OpActionRead},
		{"Network", "/settings/network", purser.OpSettingRead},
		{"Audit log", "/settings/audit", purser.OpAuditRead},
		{"Upkeep", "/settings/upkeep", purser.OpSettingRead},
		{"About", "/settings/about", purser.OpSessionOwn},
	} {
		if h.may(r, t.op) {
			p.Tabs = append(p.Tabs, ui.Tab{Label: t.label, Href: t.path, Current: t.path == path})
		}
	}
	return p
}

func (h *Handler) network(w http.ResponseWriter, r *http.Request) error {
	p := h.settingsPage(r, "Network", "/settings/network")
	return h.render(w, r, http.StatusOK, view.Network(p, view.NetworkFacts{PublicURL: h.Settings.PublicURL, Proxy: h.Settings.Proxy,
		Safelist: h.Settings.Safelist, Networks: h.Settings.Networks, VendorMap: h.Settings.VendorMap}))
}

func (h *Handler) about(w http.ResponseWriter, r *http.Request) error {
	p := h.settingsPage(r, "About", "/settings/about")
	facts := view.AboutFacts{Version: h.Settings.Version, Database: h.Settings.Database, KeepLogs: h.Settings.KeepLogs}
	if h.may(r, purser.OpSettingRead) {
		facts.DataDir, facts.KeyFile = h.Settings.DataDir, h.Settings.KeyFile
	}
	return h.render(w, r, http.StatusOK, view.About(p, facts))
}
