// Package web serves the pages: a file per page action, views as templ
// components in internal/web/view, the kit of parts in internal/web/ui.
//
// A handler returns an error instead of writing one; [Handler] turns it into a
// page that says what happened, why and what to do. Handlers call services and
// never the engine; services ask who may.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"purser"
	"purser/internal/httpd"
	"purser/internal/web/assets"
	"purser/internal/web/ui"
)

// Options are what the pages stand on.
type Options struct {
	Assets    *assets.Assets
	Log       *slog.Logger
	Now       func() time.Time
	Banner    func() *ui.Banner
	Login     Login
	Connect   Connect
	Deletions Deletions
	Actions   Actions
	Identity  Identity
	Findings  Findings
	Leavers   Leavers
	Licenses  Licenses
	Loads     Loads
	Own       OwnConnectors
	Contracts Contracts
	Dashboard Dashboard
	Tables    Tables
	Runs      Runs
	Inventory Inventory
	Feeds     Feeds
	Audit     AuditLog
	Settings  Settings
	Freeze    Freeze
	Keys      Keys
	Backups   Backups
	Notify    Notify
	// Failed notes a failure of our own and returns what to say of it: where the
	// database is away, that. nil: it is as it is.
	Failed func(ctx context.Context, err error) error

	// Organization is what an admin says of the organization; its time zone is that of every page.
	Organization Organization
}

// Handler serves every page.
type Handler struct {
	Options
	kit   ui.Kit
	pages *http.ServeMux // what can be opened
}

// New returns the pages over their services.
func New(o Options) *Handler {
	return &Handler{Options: o, kit: ui.Kit{Assets: o.Assets, Now: o.Now}, pages: http.NewServeMux()}
}

// action is a page action: it writes a page or returns why not.
type action func(w http.ResponseWriter, r *http.Request) error

// adder notes a page action: its pattern is "METHOD /path", as in http.ServeMux.
type adder func(pattern string, op purser.Operation, a action, marks ...mark)

// mark says more of a route than its operation does.
type mark string

// proof marks a page that a session may open only shortly after it proved itself:
// forms for secrets, so that nobody types one in vain. What changes by a sensitive
// operation needs no mark.
const proof mark = "proof"

// Routes lists every page action with its operation.
func (h *Handler) Routes() []httpd.Route {
	all := []httpd.Route{{Method: http.MethodGet, Pattern: "/assets/", Public: true, Handler: http.StripPrefix("/assets/", h.Assets.Handler())}}
	add := func(pattern string, op purser.Operation, a action, marks ...mark) {
		method, path, _ := strings.Cut(pattern, " ")
		all = append(all, httpd.Route{Method: method, Pattern: path, Operation: op, Public: op == "", Proof: slices.Contains(marks, proof), Handler: h.serve(h.dated(path, a))})
	}
	h.signInRoutes(add)
	h.proveRoutes(add)
	h.factorRoutes(add)
	h.openIDRoutes(add)
	h.settingsRoutes(add)
	h.integrationRoutes(add)
	h.runRoutes(add)
	h.inventoryRoutes(add)
	h.useRoutes(add)
	h.findingRoutes(add)
	h.leaverRoutes(add)
	h.licenseRoutes(add)
	h.feedRoutes(add)
	h.deviceRoutes(add)
	h.contractRoutes(add)
	h.homeRoutes(add)
	h.viewRoutes(add)
	h.deletionRoutes(add)
	h.loadRoutes(add)
	h.ownRoutes(add)
	all = append(all, h.uploadRoutes()...)
	h.actionRoutes(add)
	h.identityRoutes(add)
	h.helpRoutes(add)
	all = append(all, h.liveRoute(), h.deletionLive(), h.actionLive(), h.backupRoute())
	h.pages = http.NewServeMux()
	for _, route := range all[1:] { // the first is files
		if route.Method == http.MethodGet {
			h.pages.Handle("GET "+route.Pattern, route.Handler)
		}
	}
	return all
}

// serve gives a page action its kit and turns its error into a page.
func (h *Handler) serve(a action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = h.dress(r)
		if err := a(w, r); err != nil {
			h.fail(w, r, err)
		}
	})
}

// dress gives a request what components of a page need.
func (h *Handler) dress(r *http.Request) *http.Request {
	kit := h.kit
	if h.Organization != nil { // else times are UTC
		_, kit.Zone = h.Organization.Facts(r.Context())
	}
	return r.WithContext(ui.WithCSRF(kit.Context(r.Context()), httpd.CSRF(r.Context())))
}

// ErrorPage writes the page of an error that no page action saw: an unknown
// address, a forged form, a role that may not.
func (h *Handler) ErrorPage(w http.ResponseWriter, r *http.Request, _ int, err error) {
	h.fail(w, h.dress(r), err)
}

// render writes a page. Pages are never kept by a browser or proxy.
func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "HX-Request, HX-Request-Type")
	w.WriteHeader(status)
	if err := page.Render(r.Context(), w); err != nil {
		// The head is out: the reader's connection is gone, or a view is broken.
		h.Log.WarnContext(r.Context(), "page not written whole", "path", r.URL.Path, "error", err)
	}
	return nil
}

// partial reports whether only the fragment is asked for (a filter, not a page).
func partial(r *http.Request) bool { return r.Header.Get("HX-Request-Type") == "partial" }
