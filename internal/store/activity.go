package store

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
)

// ActivityFilter selects days of use; exactly one of the two is set.
type ActivityFilter struct {
	AccountID   int64 // of one account
	Application int64 // of an application: of its own instances, and as an identity provider saw it
	From, Until int64 // days since 1970, both inclusive; 0 is open
}

type activityRow struct {
	sorted
	AccountID   int64         `bun:"account_id"`
	AccountName string        `bun:"account_name"`
	Application string        `bun:"application"`
	Day         int64         `bun:"day"`
	Count       int64         `bun:"count"`
	First       purser.Micros `bun:"first_at"`
	Last        purser.Micros `bun:"last_at"`
}

// usePlace is where days of use are kept: an account or an application of an instance.
type usePlace struct {
	InstanceNo int64  `bun:"instance_no"`
	Name       string `bun:"name"`
}

// Activity returns one page of days of use, the latest first.
func Activity(ctx context.Context, db bun.IDB, f ActivityFilter, page purser.Page, count bool) (purser.List[purser.Activity], error) {
	p := &pager{id: "v.id", first: "day", newest: true, orders: map[string]order{"day": {expr: "v.day", number: true}},
		from: `activity v LEFT JOIN "account" AS a ON a.instance_no = v.instance_no AND a.external_id = v.account
			LEFT JOIN "application" AS k ON k.instance_no = v.instance_no AND k.external_id = v.application`,
		columns: `COALESCE(a.id, 0) AS account_id, COALESCE(` + accountName + `, v.account) AS account_name,
			COALESCE(k.name, NULLIF(v.application_name, ''), v.application) AS application, v.day, v.count, v.first_at, v.last_at`}
	var places []usePlace
	query, arg := `SELECT instance_no, external_id AS name FROM "account" WHERE id = ?`, f.AccountID
	column := "v.account"
	if f.Application != 0 {
		query, column, arg = `SELECT no AS instance_no, '' AS name FROM instance WHERE application_id = ?
			UNION ALL SELECT instance_no, external_id FROM application_source WHERE application_id = ?`, "v.application", f.Application
	}
	args := []any{arg, arg}
	if f.Application == 0 {
		args = args[:1]
	}
	if err := db.NewRaw(query, args...).Scan(ctx, &places); err != nil {
		return purser.List[purser.Activity]{}, err
	}
	clauses, args := []string{"1 = 0"}, nil
	for _, at := range places {
		clauses, args = append(clauses, "(v.instance_no = ? AND "+column+" = ?)"), append(args, at.InstanceNo, at.Name)
	}
	if len(places) > 0 {
		clauses = clauses[1:]
	}
	p.and("("+strings.Join(clauses, " OR ")+")", args...)
	if f.From != 0 {
		p.and("v.day >= ?", f.From)
	}
	if f.Until != 0 {
		p.and("v.day <= ?", f.Until)
	}
	return fetch(ctx, db, p, page, count, activityRow.activity)
}

func (r activityRow) activity() purser.Activity {
	return purser.Activity{AccountID: RowID("acc_", r.AccountID), AccountName: r.AccountName, Application: r.Application,
		Day: time.Unix(r.Day*86400, 0).UTC().Format(time.DateOnly), Count: r.Count, First: r.First.Time(), Last: r.Last.Time()}
}
