package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// DeleteContract removes a contract with all that is kept of it. What is derived of it goes
// with the next derivation.
func DeleteContract(ctx context.Context, tx bun.Tx, no int64) error {
	for _, statement := range []string{`DELETE FROM contract_application WHERE contract_no = ?`, `DELETE FROM contract_period WHERE contract_no = ?`,
		`DELETE FROM contract_decision WHERE contract_no = ?`, `DELETE FROM contract_change WHERE contract_no = ?`,
		`DELETE FROM contract_document WHERE contract_no = ?`, `DELETE FROM contract WHERE no = ?`} {
		if _, err := tx.NewRaw(statement, no).Exec(ctx); err != nil {
			return fmt.Errorf("remove contract %d: %w", no, err)
		}
	}
	return nil
}
