package app

import (
	"context"
	"errors"
	"slices"

	"purser"
	"purser/internal/feed"
	"purser/internal/match"
)

// feedOptions are what the sources of applications stand on.
func (a *App) feedOptions() feed.Options {
	return feed.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Library: a.Library, Connectors: a.connectors, Cannot: a.cannot, Recount: a.recount}
}

// deriver derives what follows from the rows of a sync: which applications were
// discovered, by the library and the catalog, whose accounts are, how applications
// are used, and then what somebody should look at.
func (a *App) deriver() *match.Deriver {
	if a.matcher == nil {
		a.matcher = match.New(a.DB, a.Now).Knowing(a.known)
		a.matcher.Then = func(ctx context.Context, instances []int64, said ...int64) error {
			return errors.Join(a.Findings.Derive(ctx, instances, said...), a.Leavers.Check(ctx))
		}
		a.matcher.Directory = func(connector string) bool {
			c := a.Catalog.Get(connector)
			return c != nil && c.Manifest.Category == "identity"
		}
	}
	return a.matcher
}

func (a *App) known() match.Known {
	k := match.Known{}
	if l, err := a.Library(); err == nil { // what it holds was checked when it was built
		k.Library = l
	}
	for name, title := range a.connectors() {
		k.Connectors = append(k.Connectors, match.Connector{Name: name, Title: title})
	}
	slices.SortFunc(k.Connectors, func(x, y match.Connector) int {
		if x.Name < y.Name {
			return -1
		}
		return 1
	})
	return k
}

// recount adds up anew what a decision about applications has changed, and ends
// the findings that asked for it.
func (a *App) recount(ctx context.Context, applications []int64) error {
	return errors.Join(a.deriver().Recount(ctx, applications), a.Findings.Discovered(ctx))
}

// derive writes what follows from what was read, and binds links that were kept.
func (a *App) derive() func(ctx context.Context, instanceNo int64) error {
	return bindKept(a.DB, a.deriver().Derive)
}

// cannot says what a task of a connector cannot know.
func (a *App) cannot(connector string, task purser.TaskName) []string {
	c := a.Catalog.Get(connector)
	if c == nil {
		return nil
	}
	for i := range c.Manifest.Tasks {
		if t := &c.Manifest.Tasks[i]; purser.TaskName(t.Name) == task {
			return t.Cannot
		}
	}
	return nil
}
