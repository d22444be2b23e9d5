package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// allDecided reports whether it was ever decided of each instance that has accounts
// which of them are nobody's.
func allDecided(ctx context.Context, db bun.IDB) (bool, error) {
	var left int
	if err := db.NewRaw(`SELECT count(*) FROM (`+undecided+`) AS x`).Scan(ctx, &left); err != nil {
		return false, fmt.Errorf("look for instances whose accounts were not looked at yet: %w", err)
	}
	return left == 0, nil
}

// undecided selects the instances that have accounts nobody looked at yet.
const undecided = `SELECT i.no FROM instance i WHERE NOT EXISTS (SELECT 1 FROM class_decided d WHERE d.instance_no = i.no)
	AND EXISTS (SELECT 1 FROM "account" AS a WHERE a.instance_no = i.no)`

// noteNobodys notes that accounts may be nobody's from now on, before a derivation
// finds the same: a list shows them at once. Those that are somebody's do no harm.
func noteNobodys(ctx context.Context, tx bun.IDB, accounts ...int64) error {
	return noteNobodysOf(ctx, tx, `?`, bun.List(accounts))
}

// noteNobodysOf does so of accounts that a statement selects.
func noteNobodysOf(ctx context.Context, tx bun.IDB, accounts string, args ...any) error {
	_, err := tx.NewRaw(`INSERT INTO account_nobody (account_id, instance_no, name, texts) SELECT a.id, a.instance_no, `+accountName+`, `+allTexts+` FROM "account" AS a
		WHERE a.id IN (`+accounts+`) AND a.gone_gen = 0 ON CONFLICT (account_id) DO UPDATE SET name = excluded.name, texts = excluded.texts`, args...).Exec(ctx)
	return err
}

// countAccounts counts live accounts, those without a person behind which one expects
// one, and of these the open ones: as they were counted when they were looked at last,
// else anew. One statement, as an instance that is looked at meanwhile would be counted
// twice.
func countAccounts(ctx context.Context, db bun.IDB, c *LiveCounts) error {
	const joins = ` LEFT JOIN account_person ap ON ap.account_id = a.id LEFT JOIN account_kind ak ON ak.account_id = a.id
		WHERE a.gone_gen = 0 AND ap.account_id IS NULL AND ` + expectsPerson
	var n struct {
		Accounts, Unmatched, UnmatchedOpen int64
	}
	const counted = `SELECT count(*) AS unmatched, COALESCE(sum(CASE WHEN ` + openAccount + ` THEN 1 ELSE 0 END), 0) AS open`
	err := db.NewRaw(`WITH undecided AS MATERIALIZED (`+undecided+`), nobodys AS MATERIALIZED (`+counted+` FROM account_nobody n CROSS JOIN "account" AS a`+joins+` AND a.id = n.account_id
			AND n.account_id NOT IN (`+oddAccounts+`) UNION ALL `+counted+` FROM "account" AS a`+joins+`
			AND a.instance_no IN (SELECT no FROM undecided) AND NOT EXISTS (SELECT 1 FROM account_nobody n WHERE n.account_id = a.id))
		SELECT (SELECT COALESCE(sum(accounts), 0) FROM class_decided) + (SELECT count(*) FROM "account" AS a WHERE a.gone_gen = 0 AND a.instance_no IN (SELECT no FROM undecided)) AS accounts,
		(SELECT sum(unmatched) FROM nobodys) AS unmatched, (SELECT sum(open) FROM nobodys) AS unmatched_open`).Scan(ctx, &n)
	c.Accounts, c.Unmatched, c.UnmatchedOpen = n.Accounts, n.Unmatched, n.UnmatchedOpen
	return err
}
