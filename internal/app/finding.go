package app

import (
	"context"

	"purser/internal/finding"
	"purser/internal/license"
)

// openFindings makes the services that say what somebody should look at, and what
// is bought and used.
func (a *App) openFindings() {
	a.Findings = finding.New(finding.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Zone: a.zone, Log: a.Log, Tell: a.Notify.Post, Category: a.category,
		Reclass: func(ctx context.Context) error { return a.deriver().Reclass(ctx) }})
	a.Licenses = license.New(license.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Zone: a.zone})
}
