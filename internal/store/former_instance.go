package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// TakeFormerNumber gives a newly connected instance the number of a deleted one
// of the same tenant, so that what stayed of that is its own again. It does
// nothing if there was none, or if anything stands under the new number already.
func TakeFormerNumber(ctx context.Context, tx bun.Tx, i purser.Instance) error {
	if i.TenantID == "" {
		return nil
	}
	var no int64
	err := tx.NewRaw(`SELECT COALESCE(max(instance_no), 0) FROM former_instance WHERE connector = ? AND tenant_id = ?
		AND NOT EXISTS (SELECT 1 FROM stream WHERE instance_no = ?) AND NOT EXISTS (SELECT 1 FROM run WHERE instance_no = ?)`,
		i.Connector, i.TenantID, i.No, i.No).Scan(ctx, &no)
	if err != nil || no == 0 {
		return err
	}
	for _, table := range []string{"credential_probe", "instance_told"} {
		if _, err := tx.NewRaw("DELETE FROM "+table+" WHERE instance_no = ?", i.No).Exec(ctx); err != nil {
			return err
		}
	}
	if _, err := tx.NewRaw(`UPDATE instance SET no = ? WHERE no = ?`, no, i.No).Exec(ctx); err != nil {
		return err
	}
	_, err = tx.NewRaw(`DELETE FROM former_instance WHERE instance_no = ?`, no).Exec(ctx)
	return err
}
