package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// SwitchRow is a row of instance_switch.
type SwitchRow struct {
	InstanceNo int64         `bun:"instance_no"`
	Name       string        `bun:"name"`
	Enabled    int64         `bun:"enabled"`
	Approval   string        `bun:"approval"`
	ChangedBy  string        `bun:"changed_by"`
	ChangedAt  purser.Micros `bun:"changed_at"`
}

// InstanceSwitches returns the switches of an instance that somebody has touched.
func InstanceSwitches(ctx context.Context, db bun.IDB, instanceNo int64) (rows []SwitchRow, err error) {
	err = db.NewRaw("SELECT instance_no, name, enabled, approval, changed_by, changed_at FROM instance_switch WHERE instance_no = ? ORDER BY name DESC", instanceNo).Scan(ctx, &rows)
	return rows, err
}

// InstanceSwitch returns one switch; a zero row is one that is off.
func InstanceSwitch(ctx context.Context, db bun.IDB, instanceNo int64, name purser.Switch) (SwitchRow, error) {
	var r SwitchRow
	err := db.NewRaw("SELECT instance_no, name, enabled, approval, changed_by, changed_at FROM instance_switch WHERE instance_no = ? AND name = ?", instanceNo, string(name)).Scan(ctx, &r)
	r, _, err = found(r, err)
	return r, err
}

// PutInstanceSwitch writes a switch.
func PutInstanceSwitch(ctx context.Context, tx bun.Tx, r SwitchRow) error {
	_, err := tx.NewRaw(`INSERT INTO instance_switch (instance_no, name, enabled, approval, changed_by, changed_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (instance_no, name) DO UPDATE SET enabled = excluded.enabled, approval = excluded.approval, changed_by = excluded.changed_by,
		changed_at = excluded.changed_at`, r.InstanceNo, r.Name, r.Enabled, r.Approval, r.ChangedBy, int64(r.ChangedAt)).Exec(ctx)
	return err
}

// ProtectedRow is a row of protected.
type ProtectedRow struct {
	No         int64         `bun:"no"`
	Kind       string        `bun:"kind"`
	Value      string        `bun:"value"`
	Connector  string        `bun:"connector"`
	TenantID   string        `bun:"tenant_id"`
	InstanceID string        `bun:"instance_id"`
	ExternalID string        `bun:"external_id"`
	Email      string        `bun:"email"`
	Note       string        `bun:"note"`
	AddedBy    string        `bun:"added_by"`
	AddedAt    purser.Micros `bun:"added_at"`
}

const protectedColumns = "no, kind, value, connector, tenant_id, instance_id, external_id, email, note, added_by, added_at"

// ProtectedRows returns the protected list.
func ProtectedRows(ctx context.Context, db bun.IDB) (rows []ProtectedRow, err error) {
	err = db.NewRaw("SELECT "+protectedColumns+" FROM protected ORDER BY no").Scan(ctx, &rows)
	return rows, err
}

// InsertProtected adds an entry and returns its number.
func InsertProtected(ctx context.Context, tx bun.Tx, r ProtectedRow) (no int64, err error) {
	err = tx.NewRaw(`INSERT INTO protected (kind, value, connector, tenant_id, instance_id, external_id, email, note, added_by, added_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING no`, r.Kind, r.Value, r.Connector, r.TenantID, r.InstanceID, r.ExternalID, r.Email, r.Note, r.AddedBy, int64(r.AddedAt)).Scan(ctx, &no)
	return no, err
}

// DropProtected removes an entry and returns what it was; ok is false if there is none.
func DropProtected(ctx context.Context, tx bun.Tx, no int64) (r ProtectedRow, ok bool, err error) {
	err = tx.NewRaw("DELETE FROM protected WHERE no = ? RETURNING "+protectedColumns, no).Scan(ctx, &r)
	return found(r, err)
}
