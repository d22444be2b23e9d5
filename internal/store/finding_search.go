package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// fewSearched is up to how many findings are put in order once it is known that a text may
// stand in them: of more, a list soon meets some in its own order.
const fewSearched = 100_000

// fewMet is up to how many findings are looked up once, by their numbers in a statement, for
// the page and its total.
const fewMet = 20_000

// search makes p a list of the findings in which a text stands: in the names of what they
// are about, and of accounts and people where these may be searched. total is -1 where
// they were not looked up yet.
func (f FindingFilter) search(ctx context.Context, db bun.IDB, p *pager) (total int64, err error) {
	p.folds = !isPostgres(db)
	p.counted = `finding f LEFT JOIN saas_application k ON k.id = f.saas_no LEFT JOIN "plan" AS l ON l.id = f.plan_id`
	in := []string{"k.name", "l.name", "CASE WHEN f.source = '' THEN f.about END"} // a contract's name
	if f.Named {
		p.counted += ` LEFT JOIN "account" AS a ON a.id = f.account_id LEFT JOIN "person" AS p ON p.id = f.person_id`
		p.searchAccounts(f.Text, append(in, personTexts()...)...)
	} else {
		p.contains(f.Text, in...)
	}
	likely, err := f.likely(ctx, db)
	if err != nil || likely == "" {
		return -1, err
	}
	few, err := areFew(ctx, db, likely, fewSearched)
	switch {
	case err != nil || !few:
		return -1, err
	case isPostgres(db): // of a join it takes far more to be found, and reads everything that is joined
		p.and("f.no " + oneOf(db, likely))
	default:
		p.within = "(SELECT DISTINCT no FROM (" + likely + ") AS likely) AS few CROSS JOIN "
		p.and("f.no = few.no")
	}
	var met []int64
	err = db.NewRaw(`SELECT f.no FROM `+p.within+p.counted+p.clause(p.where)+` LIMIT ?`, append(slices.Clone(p.args), fewMet+1)...).Scan(ctx, &met)
	if err != nil || len(met) > fewMet {
		return -1, err
	}
	p.within, p.counted, p.where, p.args = "", "finding f", nil, nil
	if numbers := quotedNumbers(append(met, 0)); isPostgres(db) {
		p.and("f.no = ANY(CAST('{" + numbers + "}' AS BIGINT[]))")
	} else {
		p.and("f.no IN (" + numbers + ")")
	}
	return int64(len(met)), nil
}

// personTexts are what a search for findings looks in of their people.
func personTexts() []string {
	return []string{"p.true_display_name", "p.display_name", "p.true_email", "p.email"}
}

// likely returns a statement that selects the findings in which the text may stand, some
// more than once; "" if they are a large part of all.
func (f FindingFilter) likely(ctx context.Context, db bun.IDB) (string, error) {
	applications, err := numbersWith(ctx, db, f.Text, `SELECT k.id FROM saas_application k WHERE `, "k.name")
	if err != nil {
		return "", err
	}
	plans, err := numbersWith(ctx, db, f.Text, `SELECT l.id FROM "plan" AS l WHERE `, "l.name")
	if err != nil || len(plans) > fewFound {
		return "", err
	}
	likely := `SELECT no FROM finding WHERE saas_no IN (` + quotedNumbers(append(applications, 0)) + `) AND saas_no <> 0
		UNION ALL SELECT no FROM finding WHERE plan_id IN (` + quotedNumbers(append(plans, 0)) + `) AND plan_id <> 0
		UNION ALL SELECT no FROM finding WHERE account_id = 0`
	if !f.Named {
		return likely, nil
	}
	people, err := numbersWith(ctx, db, f.Text, `SELECT p.id FROM "person" AS p WHERE `, personTexts()...)
	if err != nil || len(people) > fewFound {
		return "", err
	}
	accounts, _, err := likelyWith(ctx, db, f.Text)
	if err != nil || accounts == "" {
		return "", err
	}
	accounts += ` UNION ALL SELECT l.account_id FROM account_person l WHERE l.person_id IN (` + quotedNumbers(append(people, 0)) + `)`
	if f.over() { // what stands in accounts that are gone is kept nowhere else
		gone, err := numbersWith(ctx, db, f.Text, `SELECT a.id FROM "account" AS a WHERE a.gone_gen <> 0 AND `, accountTexts()...)
		if err != nil || len(gone) > fewFound {
			return "", err
		}
		accounts += ` UNION ALL SELECT a.id FROM "account" AS a WHERE a.id IN (` + quotedNumbers(append(gone, 0)) + `)`
	}
	return likely + ` UNION ALL SELECT no FROM finding WHERE account_id ` + oneOf(db, accounts), nil
}

// over reports whether the filter may select findings that are no longer so.
func (f FindingFilter) over() bool {
	return slices.Contains(f.States, purser.FindingVerified) || len(f.States) == 0 && (len(f.Any) == 0 || slices.ContainsFunc(f.Any, FindingFilter.over))
}
