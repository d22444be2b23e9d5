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

// PersonHoldsRow adds up the seats of a person of one currency, "" for those without a value.
type PersonHoldsRow struct {
	Person   int64  `bun:"person_id"`
	Currency string `bun:"currency"`
	Seats    int64  `bun:"seats"`
	Annual   int64  `bun:"annual"` // minor units
}

// SeatsOfPeople adds up the live seats of some people's live accounts, valued as
// [PersonSeatRow.Annual] does.
func SeatsOfPeople(ctx context.Context, db bun.IDB, people []int64) (rows []PersonHoldsRow, err error) {
	const annual = `CASE WHEN x.model = 'per_user' AND x.currency <> '' THEN CASE x.period WHEN 'month' THEN x.price * 12 WHEN 'year' THEN x.price END END`
	err = db.NewRaw(`SELECT y.person_id, CASE WHEN y.annual IS NULL THEN '' ELSE y.currency END AS currency, count(*) AS seats, COALESCE(CAST(sum(y.annual) AS BIGINT), 0) AS annual
		FROM (SELECT x.person_id, x.currency, `+annual+` AS annual FROM (SELECT ap.person_id, `+seatPriced+`
			FROM account_person ap JOIN "account" AS a ON a.id = ap.account_id AND a.gone_gen = 0 `+seatsOfAccounts()+` WHERE ap.person_id IN (?)) AS x) AS y
		GROUP BY 1, 2 ORDER BY 1, 2`, bun.List(people)).Scan(ctx, &rows)
	return rows, err
}

// DevicesOfPeople counts the live devices of some people.
func DevicesOfPeople(ctx context.Context, db bun.IDB, people []int64) (map[int64]int64, error) {
	var rows []struct {
		Person int64 `bun:"person_id"`
		N      int64 `bun:"n"`
	}
	err := db.NewRaw(`SELECT dp.person_id, count(*) AS n FROM device_person dp JOIN "device" AS d ON d.id = dp.device_id AND d.gone_gen = 0
		WHERE dp.person_id IN (?) GROUP BY dp.person_id`, bun.List(people)).Scan(ctx, &rows)
	out := make(map[int64]int64, len(rows))
	for _, r := range rows {
		out[r.Person] = r.N
	}
	return out, err
}

// seatPriced is how a seat of seatsOfAccounts is paid for.
const seatPriced = termModel + ` AS model, COALESCE(` + termPrice + `, t.price, l.price) AS price, ` + termCurrency + ` AS currency, COALESCE(NULLIF(` + termPeriod + `, ''), t.period, '') AS period`

// seatsOfAccounts joins the live seats of accounts a, with their plans and terms.
func seatsOfAccounts() string {
	return `JOIN instance i ON i.no = a.instance_no
		JOIN "seat" AS s ON s.instance_no = a.instance_no AND s.account = a.external_id AND s.gone_gen = 0
		LEFT JOIN "plan" AS l ON l.instance_no = s.instance_no AND l.external_id = s.plan
		` + termJoin("s.plan")
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
		`+seatPriced+` FROM `+accounts+` `+seatsOfAccounts()+` WHERE `+where+` ORDER BY 4, 6, s.id LIMIT 1000`, of).Scan(ctx, &rows)
	return rows, err
}
