package web

import (
	"net/http"
	"net/url"

	"purser"
	"purser/internal/audit"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func (h *Handler) auditLog(w http.ResponseWriter, r *http.Request) error {
	return h.showAudit(w, r, view.AuditData{})
}

func (h *Handler) showAudit(w http.ResponseWriter, r *http.Request, data view.AuditData) error {
	q := r.URL.Query()
	f := audit.Filter{Operation: purser.Operation(q.Get("operation")), Object: q.Get("object"), ActorID: q.Get("actor")}
	list, err := h.Audit.List(r.Context(), f, purser.Page{After: q.Get("after"), Limit: 50})
	if err != nil {
		return err
	}
	data.List, data.Operation = list, string(f.Operation)
	if list.Next != "" {
		q.Set("after", list.Next)
		data.Pager = ui.PagerData{Shown: "Newest first", Next: "/settings/audit?" + q.Encode()}
	}
	if q.Get("after") != "" {
		q.Del("after")
		data.Newest = "/settings/audit?" + url.Values(q).Encode()
	}
	return h.render(w, r, http.StatusOK, view.Audit(h.settingsPage(r, "Audit log", "/settings/audit"), data))
}

func (h *Handler) verifyAudit(w http.ResponseWriter, r *http.Request) error {
	n, err := h.Audit.Verify(r.Context())
	if err != nil {
		return h.showAudit(w, r, view.AuditData{Broken: err.Error()})
	}
	return h.showAudit(w, r, view.AuditData{Verified: n})
}
