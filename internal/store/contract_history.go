package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// PutContractPeriod keeps the terms of a period; those that were kept of it before are replaced.
func PutContractPeriod(ctx context.Context, tx bun.IDB, contractNo int64, p purser.ContractPeriod) error {
	terms, err := json.Marshal(p.Terms)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`INSERT INTO contract_period (contract_no, period, terms, made_at, made_by) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (contract_no, period) DO UPDATE SET terms = excluded.terms`, contractNo, p.Period, string(terms), int64(purser.MicrosOf(p.MadeAt)), p.MadeBy).Exec(ctx)
	return err
}

// ContractPeriods returns the periods of a contract, the newest first.
func ContractPeriods(ctx context.Context, db bun.IDB, contractNo int64) ([]purser.ContractPeriod, error) {
	var rows []struct {
		Period int           `bun:"period"`
		Terms  string        `bun:"terms"`
		MadeAt purser.Micros `bun:"made_at"`
		MadeBy string        `bun:"made_by"`
	}
	err := db.NewRaw(`SELECT period, terms, made_at, made_by FROM contract_period WHERE contract_no = ? ORDER BY period DESC`, contractNo).Scan(ctx, &rows)
	out := make([]purser.ContractPeriod, 0, len(rows))
	for _, r := range rows {
		p := purser.ContractPeriod{Period: r.Period, MadeAt: r.MadeAt.Time(), MadeBy: r.MadeBy}
		if err := json.Unmarshal([]byte(r.Terms), &p.Terms); err != nil {
			return nil, fmt.Errorf("read the terms of period %d: %w", r.Period, err)
		}
		out = append(out, p)
	}
	return out, err
}

// ContractChangeRow is a row of contract_change.
type ContractChangeRow struct {
	No     int64         `bun:"no"`
	At     purser.Micros `bun:"at"`
	By     string        `bun:"made_by"`
	Field  string        `bun:"field"`
	Before string        `bun:"before"`
	After  string        `bun:"after"`
	Money  int64         `bun:"money"`
}

// InsertContractChange keeps a change of a contract.
func InsertContractChange(ctx context.Context, tx bun.IDB, contractNo int64, r ContractChangeRow) error {
	_, err := tx.NewRaw(`INSERT INTO contract_change (contract_no, at, made_by, field, before, after, money) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		contractNo, int64(r.At), r.By, r.Field, r.Before, r.After, r.Money).Exec(ctx)
	return err
}

// ContractChanges returns the newest changes of a contract, the newest first.
func ContractChanges(ctx context.Context, db bun.IDB, contractNo int64, limit int) (rows []ContractChangeRow, err error) {
	err = db.NewRaw(`SELECT no, at, made_by, field, before, after, money FROM contract_change WHERE contract_no = ? ORDER BY no DESC LIMIT ?`,
		contractNo, limit).Scan(ctx, &rows)
	return rows, err
}

// ContractDecisionRow is a row of contract_decision.
type ContractDecisionRow struct {
	No       int64         `bun:"no"`
	Period   int           `bun:"period"`
	Decision string        `bun:"decision"`
	Why      string        `bun:"why"`
	MadeAt   purser.Micros `bun:"made_at"`
	MadeBy   string        `bun:"made_by"`
	Sheet    string        `bun:"sheet"`
}

// Told is the decision as it is shown.
func (r ContractDecisionRow) Told() purser.ContractDecision {
	return purser.ContractDecision{No: r.No, Period: r.Period, Decision: purser.Decision(r.Decision), Why: r.Why, By: r.MadeBy, At: r.MadeAt.Time(), Sheet: r.Sheet != ""}
}

// InsertContractDecision keeps a decision and returns its number.
func InsertContractDecision(ctx context.Context, tx bun.IDB, contractNo int64, r ContractDecisionRow) (no int64, err error) {
	err = tx.NewRaw(`INSERT INTO contract_decision (contract_no, period, decision, why, made_at, made_by, sheet) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING no`,
		contractNo, r.Period, r.Decision, r.Why, int64(r.MadeAt), r.MadeBy, r.Sheet).Scan(ctx, &no)
	return no, err
}

// ContractDecisions returns the decisions of a contract, the newest first.
func ContractDecisions(ctx context.Context, db bun.IDB, contractNo int64) (rows []ContractDecisionRow, err error) {
	err = db.NewRaw(`SELECT no, period, decision, why, made_at, made_by, sheet FROM contract_decision WHERE contract_no = ? ORDER BY no DESC`, contractNo).Scan(ctx, &rows)
	return rows, err
}
