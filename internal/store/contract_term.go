package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// ContractPeriodTerms are the terms of one period of a contract.
type ContractPeriodTerms struct {
	Contract   int64
	ContractID string
	Name       string
	Vendor     string
	Terms      purser.ContractTerms
}

// EachContractTerm hands the terms of every period of every contract to fn, by the
// contracts' names, the periods of a contract together, the newest first.
func EachContractTerm(ctx context.Context, db bun.IDB, fn func(p ContractPeriodTerms)) error {
	var rows []struct {
		Contract   int64  `bun:"contract_no"`
		ContractID string `bun:"id"`
		Name       string `bun:"name"`
		Vendor     string `bun:"vendor"`
		Terms      string `bun:"terms"`
	}
	err := db.NewRaw(`SELECT p.contract_no, c.id, c.name, c.vendor, p.terms FROM contract_period p JOIN contract c ON c.no = p.contract_no
		ORDER BY c.name_key, p.contract_no, p.period DESC`).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	for _, r := range rows {
		p := ContractPeriodTerms{Contract: r.Contract, ContractID: r.ContractID, Name: r.Name, Vendor: r.Vendor}
		if err := json.Unmarshal([]byte(r.Terms), &p.Terms); err != nil {
			return fmt.Errorf("read the terms of a contract: %w", err)
		}
		fn(p)
	}
	return nil
}
