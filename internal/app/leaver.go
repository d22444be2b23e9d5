package app

import "purser/internal/leaver"

// openLeavers makes the service that keeps checklists of people who leave.
func (a *App) openLeavers() (err error) {
	a.Leavers, err = leaver.New(leaver.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Rand: a.Rand, AdminURL: a.adminURL, Tell: a.Notify.Post})
	return err
}
