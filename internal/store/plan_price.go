package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// What a plan costs is told by whoever entered it, else by a contract that names the
// plan, else by the vendor; a price of which nobody says for how long it pays is none.
// The expressions are over t (license_term), ct (contract_plan) and l (plan).
const (
	termTold = `(t.period <> '' AND COALESCE(t.price, l.price) IS NOT NULL AND COALESCE(NULLIF(t.currency, ''), l.currency, '') <> '')`
	termBuys = `COALESCE(t.bought, l.bought, ct.bought)`

	termModel    = `CASE WHEN ` + termTold + ` THEN t.model WHEN ct.price IS NOT NULL THEN ct.model ELSE COALESCE(t.model, ct.model, 'per_user') END`
	termPrice    = `CASE WHEN ` + termTold + ` THEN COALESCE(t.price, l.price) ELSE ct.price END`
	termPeriod   = `CASE WHEN ` + termTold + ` THEN t.period ELSE COALESCE(ct.period, '') END`
	termCurrency = `CASE WHEN NOT COALESCE(` + termTold + `, FALSE) AND ct.price IS NOT NULL THEN ct.currency ELSE COALESCE(NULLIF(t.currency, ''), l.currency, '') END`
)

// termJoin joins t and ct to a plan l of an instance i; plan is its identifier.
func termJoin(plan string) string {
	return `LEFT JOIN license_term t ON t.source = i.id AND t.external_id = ` + plan + `
		LEFT JOIN contract_plan ct ON ct.saas_no = i.application_id AND ct.name_key = COALESCE(l.name, ` + plan + `)`
}

// ContractPlanRow is what a contract says of a plan; see contract_plan.
type ContractPlanRow struct {
	Application int64  `bun:"saas_no"`
	Name        string `bun:"name_key"`
	Contract    string `bun:"contract_id"`
	Model       string `bun:"model"`
	Price       *int64 `bun:"price"`
	Currency    string `bun:"currency"`
	Period      string `bun:"period"`
	Bought      *int64 `bun:"bought"`
}

func (r ContractPlanRow) same(o ContractPlanRow) bool {
	a, b := r, o
	a.Price, a.Bought, b.Price, b.Bought = nil, nil, nil, nil
	return a == b && equal(r.Price, o.Price) && equal(r.Bought, o.Bought)
}

// ContractPlans returns what is kept of what contracts say of plans.
func ContractPlans(ctx context.Context, db bun.IDB) (rows []ContractPlanRow, err error) {
	err = db.NewRaw(`SELECT saas_no, name_key, contract_id, model, price, currency, period, bought FROM contract_plan ORDER BY saas_no, name_key`).Scan(ctx, &rows)
	return rows, err
}

// KeepContractPlans makes the table say what contracts say now, and returns the
// applications of which something else was said.
// It stands under each name that a vendor has for the plan, as databases fold letters
// each in their own way.
func (db *DB) KeepContractPlans(ctx context.Context, contracts []purser.RunningContract) (changed []int64, err error) {
	prices, held, err := PlanPrices(ctx, db.reader, contracts)
	if err != nil {
		return nil, err
	}
	was, err := ContractPlans(ctx, db.reader)
	if err != nil {
		return nil, err
	}
	now := map[[2]string]ContractPlanRow{}
	for key, p := range prices {
		r := ContractPlanRow{Application: KeyOf("app_", key[0]), Name: key[1], Contract: p.Contract, Model: p.Model, Period: p.Period, Bought: p.Bought}
		if p.Price != nil {
			r.Price, r.Currency = &p.Price.Minor, p.Price.Currency
		}
		for _, name := range append([]string{key[1]}, held[key]...) {
			r.Name = name
			now[[2]string{key[0], name}] = r
		}
	}
	var ended []ContractPlanRow
	touched := map[int64]bool{}
	for _, r := range was {
		key := [2]string{ApplicationID(r.Application), r.Name}
		if n, ok := now[key]; ok && n.same(r) {
			delete(now, key)
			continue
		}
		ended, touched[r.Application] = append(ended, r), true
	}
	for _, r := range now {
		touched[r.Application] = true
	}
	if len(touched) == 0 {
		return nil, nil
	}
	err = db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, r := range ended {
			if _, err := tx.NewRaw(`DELETE FROM contract_plan WHERE saas_no = ? AND name_key = ?`, r.Application, r.Name).Exec(ctx); err != nil {
				return err
			}
		}
		for _, r := range now {
			if _, err := tx.NewRaw(`INSERT INTO contract_plan (saas_no, name_key, contract_id, model, price, currency, period, bought) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (saas_no, name_key) DO UPDATE SET contract_id = excluded.contract_id, model = excluded.model, price = excluded.price,
				currency = excluded.currency, period = excluded.period, bought = excluded.bought`,
				r.Application, r.Name, r.Contract, r.Model, r.Price, r.Currency, r.Period, r.Bought).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return slices.Collect(maps.Keys(touched)), err
}

// heldPlans are the plans that vendors tell of each application (app_…), each by its
// name as the vendor has it, under the name as PlanKey has it.
func heldPlans(ctx context.Context, db bun.IDB) (map[[2]string][]string, error) {
	var rows []struct {
		Application int64  `bun:"application_id"`
		Name        string `bun:"name"`
	}
	err := db.NewRaw(`SELECT i.application_id, l.name FROM "plan" AS l JOIN instance i ON i.no = l.instance_no AND i.status <> 'deleting' WHERE l.gone_gen = 0 AND l.name IS NOT NULL`).Scan(ctx, &rows)
	held := make(map[[2]string][]string, len(rows))
	for _, r := range rows {
		key := [2]string{ApplicationID(r.Application), PlanKey(r.Name)}
		held[key] = append(held[key], r.Name)
	}
	return held, err
}

// PlanPrices returns what contracts say of the plans that vendors tell, and those plans.
func PlanPrices(ctx context.Context, db bun.IDB, contracts []purser.RunningContract) (map[[2]string]purser.PlanPrice, map[[2]string][]string, error) {
	held, err := heldPlans(ctx, db)
	if err != nil {
		return nil, nil, fmt.Errorf("list the plans: %w", err)
	}
	return purser.PlanPrices(contracts, PlanKey, held), held, nil
}

// PlanKey is the name of a plan as contracts and vendors are compared by it.
func PlanKey(name string) string { return strings.ToLower(strings.TrimSpace(name)) }
