package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// EachContractTerm hands the terms of every period of every contract to fn, the periods
// of a contract together, the newest first.
func EachContractTerm(ctx context.Context, db bun.IDB, fn func(contract int64, terms purser.ContractTerms)) error {
	var rows []struct {
		Contract int64  `bun:"contract_no"`
		Terms    string `bun:"terms"`
	}
	if err := db.NewRaw(`SELECT contract_no, terms FROM contract_period ORDER BY contract_no, period DESC`).Scan(ctx, &rows); err != nil {
		return err
	}
	for _, r := range rows {
		var terms purser.ContractTerms
		if err := json.Unmarshal([]byte(r.Terms), &terms); err != nil {
			return fmt.Errorf("read the terms of a contract: %w", err)
		}
		fn(r.Contract, terms)
	}
	return nil
}
