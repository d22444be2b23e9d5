package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"
)

// Tested is what the last live test of an instance's credential found. It counts
// for the credential that was tested only: a new one empties it.
type Tested struct {
	OK         bool         `json:"ok"`
	Pending    bool         `json:"pending,omitempty"` // tested was the credential that is not confirmed yet
	EnteredAt  int64        `json:"entered,omitempty"` // when the tested credential was entered: another one was not tested
	Account    string       `json:"account,omitempty"`
	TenantID   string       `json:"tenant_id,omitempty"`
	TenantName string       `json:"tenant_name,omitempty"`
	TenantBase string       `json:"tenant_base,omitempty"` // the organization's own address at the vendor
	Tenants    []TenantName `json:"tenants,omitempty"`     // to choose from
	Missing    []string     `json:"missing,omitempty"`     // scopes that were not granted
}

// TenantName is one organization that a credential reaches.
type TenantName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// PutTested notes the last live test; the zero value forgets it.
func PutTested(ctx context.Context, db bun.IDB, instanceID string, t Tested) error {
	raw, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("note the test of %s: %w", instanceID, err)
	}
	_, err = db.NewRaw(`UPDATE instance SET tested = ? WHERE id = ?`, string(raw), instanceID).Exec(ctx)
	return err
}

// TestedOf returns the last live test, zero if there was none.
func TestedOf(ctx context.Context, db bun.IDB, instanceID string) (t Tested, err error) {
	var raw string
	if err := db.NewRaw(`SELECT tested FROM instance WHERE id = ?`, instanceID).Scan(ctx, &raw); err != nil {
		return t, err
	}
	if raw == "" {
		return t, nil
	}
	return t, json.Unmarshal([]byte(raw), &t)
}
