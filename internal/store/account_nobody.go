package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// allDecided reports whether it was ever decided of each instance that has accounts
// which of them are nobody's.
func allDecided(ctx context.Context, db bun.IDB) (bool, error) {
	left, err := undecided(ctx, db)
	return err == nil && len(left) == 0, err
}

func undecided(ctx context.Context, db bun.IDB) (instances []int64, err error) {
	err = db.NewRaw(`SELECT i.no FROM instance i WHERE NOT EXISTS (SELECT 1 FROM class_decided d WHERE d.instance_no = i.no)
		AND EXISTS (SELECT 1 FROM "account" AS a WHERE a.instance_no = i.no) ORDER BY 1`).Scan(ctx, &instances)
	if err != nil {
		return nil, fmt.Errorf("look for instances whose accounts were not looked at yet: %w", err)
	}
	return instances, nil
}

// noteNobodys notes that accounts may be nobody's from now on, before a derivation
// finds the same: a list shows them at once. Those that are somebody's do no harm.
func noteNobodys(ctx context.Context, tx bun.IDB, accounts ...int64) error {
	_, err := tx.NewRaw(`INSERT INTO account_nobody (account_id, instance_no, name) SELECT a.id, a.instance_no, `+accountName+` FROM "account" AS a
		WHERE a.id IN (?) AND a.gone_gen = 0 ON CONFLICT (account_id) DO NOTHING`, bun.List(accounts)).Exec(ctx)
	return err
}

// countAccounts counts live accounts, and those without a person behind which one
// expects one: as they were counted when they were looked at last, else anew.
func countAccounts(ctx context.Context, db bun.IDB, c *LiveCounts) error {
	left, err := undecided(ctx, db)
	if err != nil {
		return err
	}
	count := func(of, where string, args ...any) error {
		var n struct {
			Accounts, Unmatched int64
		}
		err := db.NewRaw(`SELECT (SELECT `+of+`) AS accounts, (SELECT count(*) FROM `+where+`) AS unmatched`, args...).Scan(ctx, &n.Accounts, &n.Unmatched)
		c.Accounts, c.Unmatched = c.Accounts+n.Accounts, c.Unmatched+n.Unmatched
		return err
	}
	const joins = ` LEFT JOIN account_person ap ON ap.account_id = a.id LEFT JOIN account_kind ak ON ak.account_id = a.id
		WHERE a.gone_gen = 0 AND ap.account_id IS NULL AND ` + expectsPerson
	if err := count(`COALESCE(sum(accounts), 0) FROM class_decided`, `account_nobody n CROSS JOIN "account" AS a`+joins+` AND a.id = n.account_id`); err != nil || len(left) == 0 {
		return err
	}
	return count(`count(*) FROM "account" WHERE gone_gen = 0 AND instance_no IN (?)`, `"account" AS a`+joins+` AND a.instance_no IN (?)
		AND NOT EXISTS (SELECT 1 FROM account_nobody n WHERE n.account_id = a.id)`, bun.List(left), bun.List(left))
}
