package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// PersonSeatRow is a seat that a person holds, and what it costs.
type PersonSeatRow struct {
	Account     int64  `bun:"acc_no"`
	AccountName string `bun:"account_name"`
	Source      string `bun:"source"`
	SourceName  string `bun:"source_name"`
	Plan        int64  `bun:"pln_no"`
	PlanName    string `bun:"plan_name"`
	Model       string `bun:"model"`
	Price       *int64 `bun:"price"`
	Currency    string `bun:"currency"`
	Period      string `bun:"period"`
}

// Annual is what the seat costs in a year; nil and why nobody can say it otherwise.
func (r PersonSeatRow) Annual() (m *purser.Money, why string) {
	times := map[string]int64{"month": 12, "year": 1}[r.Period]
	switch {
	case r.Model != "per_user":
		return nil, "the plan is not paid by seat"
	case r.Price == nil || r.Currency == "":
		return nil, "nobody knows the price of a seat"
	case times == 0:
		return nil, "nobody says for how long the price pays"
	}
	return &purser.Money{Minor: *r.Price * times, Currency: r.Currency}, ""
}

// PersonSeats returns the live seats of a person's live accounts.
func PersonSeats(ctx context.Context, db bun.IDB, person int64) ([]PersonSeatRow, error) {
	return seatsHeld(ctx, db, `account_person ap JOIN "account" AS a ON a.id = ap.account_id AND a.gone_gen = 0`, `ap.person_id = ?`, person)
}

// AccountSeats returns the live seats of an account.
func AccountSeats(ctx context.Context, db bun.IDB, account int64) ([]PersonSeatRow, error) {
	return seatsHeld(ctx, db, accountTable, `a.id = ?`, account)
}

func seatsHeld(ctx context.Context, db bun.IDB, accounts, where string, of int64) (rows []PersonSeatRow, err error) {
	err = db.NewRaw(`SELECT a.id AS acc_no, `+accountName+` AS account_name, i.id AS source, i.name AS source_name, COALESCE(l.id, 0) AS pln_no, COALESCE(l.name, s.plan) AS plan_name,
		`+termModel+` AS model, COALESCE(`+termPrice+`, t.price, l.price) AS price, `+termCurrency+` AS currency, COALESCE(NULLIF(`+termPeriod+`, ''), t.period, '') AS period
		FROM `+accounts+` JOIN instance i ON i.no = a.instance_no
		JOIN "seat" AS s ON s.instance_no = a.instance_no AND s.account = a.external_id AND s.gone_gen = 0
		LEFT JOIN "plan" AS l ON l.instance_no = s.instance_no AND l.external_id = s.plan
		`+termJoin("s.plan")+`
		WHERE `+where+` ORDER BY 4, 6, s.id LIMIT 1000`, of).Scan(ctx, &rows)
	return rows, err
}
