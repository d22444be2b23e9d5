package trial

import (
	"context"
	"sync"
	"time"

	"purser/internal/credential"
)

// Vault keeps credentials in memory, for as long as the process lives. It is a
// credential.Store and a credential.FlowStore, safe for concurrent use.
type Vault struct {
	mu      sync.Mutex
	records map[string]credential.Record
	flows   map[string]credential.Flow
}

// NewVault returns an empty vault.
func NewVault() *Vault {
	return &Vault{records: map[string]credential.Record{}, flows: map[string]credential.Flow{}}
}

// Credential returns a record.
func (v *Vault) Credential(_ context.Context, id string) (credential.Record, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	r, ok := v.records[id]
	if !ok {
		return r, credential.ErrNoCredential
	}
	return r, nil
}

// SwapCredential writes a record of the generation that follows was.
func (v *Vault) SwapCredential(_ context.Context, r credential.Record, was int64) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.records[r.ID].Generation != was {
		return credential.ErrConflict
	}
	v.records[r.ID] = r
	return nil
}

// LeaseCredential always succeeds: there is one process, whose calls the broker puts in a row.
func (v *Vault) LeaseCredential(context.Context, string, string, time.Time, time.Time) (bool, error) {
	return true, nil
}

// ReleaseCredential has nothing to give back.
func (v *Vault) ReleaseCredential(context.Context, string, string) error { return nil }

// PutFlow keeps an authorization that is under way.
func (v *Vault) PutFlow(_ context.Context, f credential.Flow, now time.Time) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for state, old := range v.flows {
		if old.ExpiresAt.Before(now) {
			delete(v.flows, state)
		}
	}
	v.flows[f.State] = f
	return nil
}

// TakeFlow returns an authorization once.
func (v *Vault) TakeFlow(_ context.Context, state string) (credential.Flow, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f, ok := v.flows[state]
	delete(v.flows, state)
	if !ok {
		return f, credential.ErrNoFlow
	}
	return f, nil
}
