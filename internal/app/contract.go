package app

import (
	"context"

	"purser/internal/contract"
	"purser/internal/credential"
	"purser/internal/organization"
	"purser/internal/store"
)

// openContracts makes the service that keeps contracts.
func (a *App) openContracts(sealer *credential.Sealer) (err error) {
	a.Contracts, err = contract.New(contract.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Rand: a.Rand, Organization: a.Organization.Facts,
		Currencies: organization.Currencies(), Category: a.category, Sealer: documentSealer{sealer}, Tell: a.Notify.Post, Changed: a.Findings.Wake,
		Failed: func(ctx context.Context, err error) {
			a.Log.ErrorContext(ctx, "notice deadlines cannot be looked for; tried again in an hour", "error", err)
		}})
	a.Findings.Contracts, a.Licenses.Contracts = a.Contracts, a.Contracts
	return err
}

// documentSealer seals the keys of documents under the operator's key.
type documentSealer struct{ sealer *credential.Sealer }

// Seal encrypts the key of a document.
func (s documentSealer) Seal(plain []byte, id string) ([]byte, error) {
	return s.sealer.Seal(plain, store.DocumentBinding(id))
}

// Open decrypts it.
func (s documentSealer) Open(sealed []byte, id string) ([]byte, error) {
	return s.sealer.Open(sealed, store.DocumentBinding(id))
}
