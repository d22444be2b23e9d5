package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"purser"
	"purser/connectors"
	"purser/internal/action"
	"purser/internal/audit"
	"purser/internal/backup"
	"purser/internal/config"
	"purser/internal/connect"
	"purser/internal/contract"
	"purser/internal/credential"
	"purser/internal/dashboard"
	"purser/internal/deletion"
	"purser/internal/doctor"
	"purser/internal/egress"
	"purser/internal/feed"
	"purser/internal/finding"
	"purser/internal/freeze"
	"purser/internal/httpd"
	"purser/internal/identity"
	"purser/internal/inventory"
	"purser/internal/keyring"
	"purser/internal/leaver"
	"purser/internal/license"
	"purser/internal/load"
	"purser/internal/login"
	"purser/internal/manifest"
	"purser/internal/match"
	"purser/internal/metric"
	"purser/internal/notify"
	"purser/internal/organization"
	"purser/internal/own"
	"purser/internal/run"
	"purser/internal/store"
	"purser/internal/table"
	"purser/internal/vendorhttp"
	"purser/library"
)

// SocketName is the command line's socket in the data folder.
const SocketName = "purser.sock"

// Options are what a server is built from.
type Options struct {
	config.Server
	Version string
	Log     *slog.Logger
	Now     func() time.Time
	Rand    io.Reader     // nil: the operating system's
	Proof   time.Duration // how long a session need not prove itself again; 0: as package login says
}

// App is a server with its services. Its fields may be used before and while it serves.
type App struct {
	Options
	DB        *store.DB
	Gate      *egress.Gate
	Catalog   manifest.Catalog
	Library   func() (*library.Library, error)
	Login     *login.Service
	Audit     *audit.Log
	Runs      *run.Runner
	Connect   *connect.Service
	Inventory *inventory.Service
	Feeds     *feed.Service
	Freeze    *freeze.Service
	Keys      *keyring.Service
	Backups   *backup.Service
	Doctor    *doctor.Service
	Notify    *notify.Service
	Deletions *deletion.Service
	Actions   *action.Service
	Identity  *identity.Service
	Findings  *finding.Service
	Licenses  *license.Service
	Leavers   *leaver.Service
	// Organization is what an admin says of it.
	Organization *organization.Service
	Loads        *load.Service
	Contracts    *contract.Service
	Dashboard    *dashboard.Service
	Tables       *table.Service
	Own          *own.Service
	Meter        *metric.Registry
	VendorMap    egress.VendorMap

	server  *httpd.Server
	working atomic.Bool
	matcher *match.Deriver
}

// Build opens everything. What it opened is closed again if something fails, and
// by Serve or Close otherwise.
func Build(ctx context.Context, o Options) (a *App, err error) {
	if o.Log == nil || o.Now == nil {
		return nil, errors.New("app: Options.Log and Options.Now must be set")
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Data, err = filepath.Abs(o.Data); err != nil {
		return nil, err
	}
	o.KeyFile = keyFile(o.KeyFile, o.Data)
	a = &App{Options: o, Meter: metric.New(o.Version)}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context) (err error) {
	if err := a.openGate(); err != nil {
		return err
	}
	a.DB, err = store.Open(ctx, store.Options{Dir: a.Data, URL: a.DatabaseURL, Now: a.Now, Log: a.Log, Dial: egress.Operator, OnWrite: a.Meter.Write})
	if err != nil {
		return err
	}
	if err := checkVendorMap(ctx, a.DB, len(a.VendorMap) > 0, a.Now()); err != nil {
		return err
	}
	sealer, err := openKey(ctx, a.DB, a.KeyFile, a.Now(), a.Log)
	if err != nil {
		return err
	}
	if a.Catalog, err = manifest.Load(connectors.Files()); err != nil {
		return err
	}
	a.Library = sync.OnceValues(library.Load) // at the first need: a start does not wait for it
	openID, err := a.openID()
	if err != nil {
		return err
	}
	if a.Login, err = login.New(login.Options{DB: a.DB, Now: a.Now, Rand: a.Rand, Sealer: loginSealer{sealer}, Proof: a.Proof, OpenID: openID}); err != nil {
		return err
	}
	a.Audit = audit.New(a.DB, a.Login)
	if err := a.listen(); err != nil {
		return err
	}
	if err := a.openFreeze(ctx); err != nil {
		return err
	}
	return a.services(ctx, sealer)
}

// openGate makes the one way out.
func (a *App) openGate() (err error) {
	if a.VendorMap, err = egress.ParseVendorMap(a.Options.VendorMap); err != nil {
		return err
	}
	networks, err := a.Networks()
	if err != nil {
		return err
	}
	proxy, err := a.Outbound()
	if err != nil {
		return err
	}
	if err := a.CheckSafelist(); err != nil {
		return err
	}
	a.Gate = egress.New(egress.Options{Allowed: networks, Proxy: proxy, VendorMap: a.VendorMap})
	return nil
}

func (a *App) listen() error {
	proxies, err := httpd.ParseProxies(a.TrustedProxy)
	if err != nil {
		return err
	}
	a.server, err = httpd.Listen(httpd.Options{Listen: a.Listen, PublicURL: a.Server.PublicURL, TLSCert: a.TLSCert, TLSKey: a.TLSKey,
		TrustedProxies: proxies, Socket: filepath.Join(a.Data, SocketName), Log: a.Log, Now: a.Now, Rand: a.Rand})
	return err
}

// services makes what pages, API and command line call.
func (a *App) services(ctx context.Context, sealer *credential.Sealer) (err error) {
	ids := purser.IDSource{Now: a.Now, Rand: a.Rand}
	a.Meter.Watch(a.measure)
	a.Backups = backup.New(backup.Options{DB: a.DB, Gate: a.Login, Version: a.Version, Now: a.Now})
	a.Keys = keyring.New(keyring.Options{DB: a.DB, Gate: a.Login, Sealer: sealer, KeyFile: a.KeyFile, Now: a.Now})
	agent := "Purser/" + a.Version
	transport := a.Gate.Transport()
	node, err := a.DB.Node()
	if err != nil {
		return err
	}
	// The data folder is ours alone: whoever of this node was refreshing is dead.
	if err := a.DB.Credentials().FreeLeases(ctx, node); err != nil {
		return err
	}
	broker := credential.NewBroker(credential.Options{Store: a.DB.Credentials(), Flows: a.DB.Credentials(), Sealer: sealer, HTTP: transport,
		UserAgent: agent, Holder: node + "." + ids.New(""), Now: a.Now, Sleep: sleep, Rand: a.Rand, Renewed: a.Meter.Renewal})
	client := vendorhttp.New(vendorhttp.Options{Transport: transport, UserAgent: agent, Now: a.Now, Sleep: sleep, Jitter: a.jitter})
	links := connect.Links{Catalog: a.Catalog, Broker: broker, Client: client, Dial: a.Gate.Dial, Now: a.Now}
	if err := a.buildNotify(sealer, node); err != nil {
		return err
	}
	if err := a.openLoads(ids); err != nil {
		return err
	}
	if err := a.openOwn(ctx); err != nil {
		return err
	}
	a.openFindings()
	if err := a.openLeavers(); err != nil {
		return err
	}
	a.Runs, err = run.New(a.withHooks(a.runOptions(connect.Sources{Links: links, DB: a.DB, HandedOver: a.Loads.Access}, node)))
	if err != nil {
		return err
	}
	a.Loads.Starter = a.Runs
	a.Connect = connect.New(connect.Options{DB: a.DB, Gate: a.Login, Links: links, Starter: a.Runs, IDs: ids, Now: a.Now,
		PublicURL: a.PublicURL(), Browser: a.VendorMap.Browser, Safelist: a.SafelistAddress, Proxy: a.shownProxy(), Zone: a.zone, Tell: a.Notify.Post})
	if a.Deletions, err = deletion.New(a.deletionOptions(ids)); err != nil {
		return err
	}
	if a.Organization, err = organization.New(a.organizationOptions()); err != nil {
		return err
	}
	if err := a.openContracts(sealer); err != nil {
		return err
	}
	a.Inventory = inventory.New(inventory.Options{Organization: a.said, Zone: a.zone, Contracts: a.Contracts.Terms, Agreed: a.Contracts.Agreed, Findings: a.Findings.Of, Standings: a.standings, Connectors: a.connectors, DB: a.DB, Gate: a.Login, Now: a.Now, AdminURL: a.adminURL, Category: a.category, Shelf: a.shelf, Recount: a.recount})
	a.Dashboard = dashboard.New(dashboard.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Inventory: a.Inventory, Contracts: a.Contracts, Findings: a.Findings})
	if a.Identity, err = identity.New(identity.Options{DB: a.DB, Gate: a.Login, Inventory: a.Inventory, Matcher: a.deriver(), Now: a.Now}); err != nil {
		return err
	}
	a.openTables()
	a.Feeds = feed.New(a.feedOptions())
	if a.Actions, err = action.New(a.actionOptions(ids, connect.Writers{Links: links, DB: a.DB}, node)); err != nil {
		return err
	}
	return a.openDoctor()
}

// shownProxy is the outbound proxy without its password.
func (a *App) shownProxy() string {
	u, err := url.Parse(a.Proxy)
	if err != nil || a.Proxy == "" {
		return ""
	}
	return u.Redacted()
}

// PublicURL returns the address that people use, without a path.
func (a *App) PublicURL() string { return a.server.PublicURL().String() }

// Close frees what Build opened, for an App that never serves.
func (a *App) Close() error {
	var errs []error
	if a.server != nil {
		errs = append(errs, a.server.Close())
	}
	if a.DB != nil {
		errs = append(errs, a.DB.Close())
	}
	return errors.Join(errs...)
}
