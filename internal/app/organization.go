package app

import (
	"context"
	"time"

	"purser"
	"purser/internal/organization"
)

func (a *App) organizationOptions() organization.Options {
	return organization.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Local: time.Local,
		Category: func(connector string) string {
			if c := a.Catalog.Get(connector); c != nil {
				return c.Manifest.Category
			}
			return ""
		},
		MailWorks: func() bool {
			_, ok, err := a.MailServer()
			return ok && err == nil
		}}
}

// said is what is known of the organization.
func (a *App) said(ctx context.Context) purser.Organization {
	o, _ := a.Organization.Facts(ctx)
	return o
}

// zone is the time zone of the organization.
func (a *App) zone(ctx context.Context) *time.Location {
	_, zone := a.Organization.Facts(ctx)
	return zone
}

// connectors lists what can be connected: name to title.
func (a *App) connectors() map[string]string {
	out := map[string]string{}
	for _, c := range a.Catalog.All() {
		out[c.Manifest.Name] = c.Manifest.Title
	}
	return out
}
