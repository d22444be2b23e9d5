package app

import (
	"context"
	"encoding/binary"
	"io"
	"net/url"
	"os"
	"time"

	"purser"
	"purser/internal/api"
	"purser/internal/connect"
	"purser/internal/run"
)

func (a *App) runOptions(sources run.Sources, node string) run.Options {
	return run.Options{DB: a.DB, Catalog: a.Catalog, Sources: sources, Gate: a.Login, Now: a.Now, Rand: a.Rand, Log: a.Log,
		Workers: a.Workers, KeepLogs: a.KeepLogs, Node: node, Derive: a.derive(), Refused: connect.Refused, Settled: a.Loads.Settled, Frozen: a.frozen, Paused: a.paused, Ended: a.runEnded, Tell: a.Notify.Post}
}

// About says what this server is.
func (a *App) About(ctx context.Context) (api.About, error) {
	if err := a.Login.Allow(ctx, purser.OpSettingRead); err != nil {
		return api.About{}, err
	}
	mapped := map[string]string{}
	for host, to := range a.VendorMap {
		mapped[host] = to.String()
	}
	return api.About{Version: a.Version, Database: string(a.DB.Dialect()), DataDir: a.Data, PublicURL: a.PublicURL(), KeyFile: a.KeyFile,
		VendorMap: mapped, Frozen: a.Gate.Frozen()}, nil
}

// jitter is a number in [0, 1).
func (a *App) jitter() float64 {
	var raw [8]byte
	if _, err := io.ReadFull(a.Rand, raw[:]); err != nil {
		return 0.5 // the operating system's randomness does not fail
	}
	return float64(binary.BigEndian.Uint64(raw[:])>>11) / (1 << 53)
}

// sleep waits, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// category says in words what kind of application it is: what the library says
// of its connector or its name, else the connector's shelf.
func (a *App) category(connector, name string) string {
	if l, err := a.Library(); err == nil { // what it holds was checked when it was built
		if known, ok := l.ByConnector(connector); ok {
			return known.CategoryTitle
		}
		if known, ok := l.ByName(name); ok {
			return known.CategoryTitle
		}
	}
	if c := a.Catalog.Get(connector); c != nil {
		return c.Manifest.Category
	}
	return ""
}

// shelf is where the catalog keeps an application: with its connector, else where
// the library would put one.
func (a *App) shelf(connector, name string) string {
	if c := a.Catalog.Get(connector); c != nil {
		return c.Manifest.Category
	}
	if l, err := a.Library(); err == nil {
		if known, ok := l.ByName(name); ok {
			return known.Shelf
		}
	}
	return "other"
}

// adminURL is the vendor's page for an account, "" if the connector names none.
func (a *App) adminURL(i purser.Instance, externalID string) string {
	c := a.Catalog.Get(i.Connector)
	if c == nil || c.Manifest.AdminURL == "" {
		return ""
	}
	whole := true
	vars := connect.Vars(i)
	text := os.Expand(c.Manifest.AdminURL, func(name string) string {
		if name == "account.external_id" {
			return url.PathEscape(externalID)
		}
		value, ok := vars(name)
		whole = whole && ok
		return value
	})
	u, err := url.Parse(text)
	if err != nil || !whole || u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return text
}

// standings are all instances with how they stand.
func (a *App) standings(ctx context.Context) ([]purser.Placed, error) {
	return a.Connect.Standings(ctx, connect.InstanceFilter{})
}
