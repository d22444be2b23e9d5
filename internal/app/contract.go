package app

import (
	"purser/internal/contract"
	"purser/internal/organization"
)

// openContracts makes the service that keeps contracts.
func (a *App) openContracts() (err error) {
	a.Contracts, err = contract.New(contract.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Rand: a.Rand, Organization: a.Organization.Facts,
		Currencies: organization.Currencies(), Category: a.category, Tell: a.Notify.Post})
	return err
}
