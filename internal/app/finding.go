package app

import (
	"purser/internal/finding"
	"purser/internal/license"
	"purser/internal/match"
)

// openFindings makes the services that say what somebody should look at, and what
// is bought and used.
func (a *App) openFindings() {
	a.Findings = finding.New(finding.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Log: a.Log, Tell: a.Notify.Post})
	a.Licenses = license.New(license.Options{DB: a.DB, Gate: a.Login, Now: a.Now})
}

// deriver derives what follows from the rows of a sync: whose accounts are, how
// applications are used, and then what somebody should look at.
func (a *App) deriver() *match.Deriver {
	d := match.New(a.DB, a.Now)
	d.Then = a.Findings.Derive
	return d
}
