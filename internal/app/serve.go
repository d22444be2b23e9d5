package app

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"purser"
	"purser/internal/api"
	"purser/internal/httpd"
	"purser/internal/login"
	"purser/internal/store"
	"purser/internal/web"
	"purser/internal/web/assets"
	"purser/internal/web/ui"
)

// Routes returns every route of pages and API. set holds the pages' files.
func (a *App) Routes(set *assets.Assets) ([]httpd.Route, *web.Handler) {
	pages := web.New(web.Options{Assets: set, Log: a.Log, Now: a.Now, Organization: a.Organization, Banner: a.banner, Failed: a.failed, Login: a.Login, Connect: a.Connect,
		Runs: a.Runs, Inventory: a.Inventory, Feeds: a.Feeds, Audit: a.Audit, Settings: a.shown(), Deletions: a.Deletions, Loads: a.Loads, Own: a.Own, Contracts: a.Contracts, Dashboard: a.Dashboard, Tables: a.Tables, Actions: a.Actions, Findings: a.Findings, Leavers: a.Leavers, Licenses: a.Licenses, Identity: a.Identity, Freeze: a.Freeze, Keys: a.Keys, Backups: a.Backups, Notify: a.Notify})
	rest := api.New(api.Options{Version: a.Version, Now: a.Now, Failed: a.failed, Replays: replays{a.DB, a.Now}, Services: api.Services{Login: a.Login, Audit: a.Audit, Runs: a.Runs,
		Connect: a.Connect, Inventory: a.Inventory, Feeds: a.Feeds, Info: a, Organization: a.Organization, Deletions: a.Deletions, Loads: a.Loads, Own: a.Own, Contracts: a.Contracts, Dashboard: a.Dashboard, Tables: a.Tables, Actions: a.Actions, Findings: a.Findings, Leavers: a.Leavers, Licenses: a.Licenses, Identity: a.Identity, Freeze: a.Freeze, Keys: a.Keys, Backups: a.Backups, Doctor: a.Doctor, Notify: a.Notify}})
	return append(pages.Routes(), rest.Routes()...), pages
}

// failed notes a failure of our own and returns what to say of it: where the
// database is away or full, that.
func (a *App) failed(ctx context.Context, err error) error {
	if trouble, ok := errors.AsType[*purser.Problem](a.DB.Health(ctx)); ok {
		return errors.Join(trouble, err)
	}
	a.Log.ErrorContext(ctx, "a request failed", "request", httpd.RequestID(ctx), "error", err)
	return err
}

// Handler answers for pages and API without a listener.
func (a *App) Handler(set *assets.Assets) (http.Handler, error) {
	return a.server.Handler(a.site(set), login.Table())
}

func (a *App) site(set *assets.Assets) httpd.Site {
	routes, pages := a.Routes(set)
	return httpd.Site{Login: a.Login, Meter: a.Meter, Meters: a.Meter.Handler(), Routes: routes, Healthy: a.DB.Health, Ready: a.ready,
		ErrorPage: pages.ErrorPage}
}

// Serve answers and works on runs until ctx ends, then stops gracefully and
// closes everything.
func (a *App) Serve(ctx context.Context) error {
	set, err := assets.Open()
	if err != nil {
		return errors.Join(err, a.Close())
	}
	if err := a.Connect.NoteDeadlines(ctx); err != nil {
		a.Log.Error("some deadlines of credentials are not noted; the next start tries again", "error", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if a.DB.Dialect() == store.Postgres {
		go a.Freeze.Watch(ctx, time.Second)
	}
	loops := []func(context.Context) error{
		func(ctx context.Context) error { return a.server.Serve(ctx, a.site(set), login.Table()) },
		func(ctx context.Context) error {
			a.working.Store(true)
			defer a.working.Store(false)
			return a.Runs.Serve(ctx)
		},
		a.Notify.Serve,
		a.Deletions.Serve,
		a.Actions.Serve,
		a.Loads.Serve,
		a.Contracts.Serve,
		a.Own.Serve,
		a.Findings.Serve,
		a.Tables.Serve,
	}
	ended := make(chan error, len(loops))
	for _, serve := range loops {
		go func() { ended <- serve(ctx) }()
	}
	var errs []error
	for range loops {
		errs = append(errs, <-ended)
		cancel() // none goes on without the others
	}
	return errors.Join(append(errs, a.DB.Close())...)
}

// ready says whether pages are answered and runs are worked on.
func (a *App) ready(ctx context.Context) error {
	if !a.working.Load() {
		return &purser.Problem{Kind: purser.ProblemPaused, What: "runs are not worked on yet", Hint: "Ask again in a moment"}
	}
	return a.DB.Health(ctx)
}

func (a *App) banner() *ui.Banner {
	if b := a.troubleBanner(); b != nil {
		return b
	}
	switch {
	case a.Freeze.Known().Frozen:
		return frozenBanner(a.Freeze.Known())
	case len(a.VendorMap) > 0:
		return &ui.Banner{Tone: ui.ToneStale, Text: "Vendors are played on this machine (--vendor-map): nothing here is real."}
	}
	return nil
}

func (a *App) shown() web.Settings {
	database := "SQLite"
	if a.DatabaseURL != "" {
		database = "PostgreSQL"
	}
	var mapped []string
	for host, to := range a.VendorMap {
		mapped = append(mapped, host+" → "+to.String())
	}
	slices.Sort(mapped)
	return web.Settings{Version: a.Version, PublicURL: a.PublicURL(), DataDir: a.Data, Database: database, KeyFile: a.KeyFile, Proxy: a.shownProxy(),
		Safelist: a.SafelistAddress, Networks: a.AllowNetwork, VendorMap: mapped, KeepLogs: a.KeepLogs}
}
