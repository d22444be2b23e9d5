package store

import (
	"context"

	"github.com/uptrace/bun"
)

// aliasRow says that an alias of an account is that of a person, or is no more.
type aliasRow struct {
	Address  string `bun:"address"`
	PersonID int64  `bun:"person_id"`
	Has      bool   `bun:"has"`
}

// aliasesOf is the SELECT of the aliases a that accounts give people for certain.
// An address that a person has is no alias.
func (db *DB) aliasesOf(from, where string) string {
	return `SELECT DISTINCT lower(alias.value) AS address, l.person_id FROM ` + from + ` JOIN ` + db.aliases() + ` ON a.aliases IS NOT NULL
		LEFT JOIN person_address p ON p.address = lower(alias.value) LEFT JOIN account_kind k ON k.account_id = a.id
		WHERE a.gone_gen = 0 AND a.aliases IS NOT NULL AND a.aliases <> '[]' AND p.address IS NULL AND l.sure = 'certain'
		AND COALESCE(k.kind, a.kind, 'unknown') NOT IN ('robot', 'shared')` + where
}

// IndexAliases keeps whose an address is that is an alias of an account which is the
// person's for certain: it is the person's everywhere. It returns how many were written.
func (db *DB) IndexAliases(ctx context.Context) (int64, error) {
	return db.indexAliases(ctx, `"account" AS a JOIN account_person l ON l.account_id = a.id`, "", "", nil, putAliases)
}

// IndexAliasesOf does so of some people, and returns the addresses of which it is said
// of others now whose they are.
func (db *DB) IndexAliasesOf(ctx context.Context, people []int64) (addresses []string, err error) {
	if len(people) == 0 {
		return nil, nil
	}
	list := bun.List(people)
	_, err = db.indexAliases(ctx, `account_person l CROSS JOIN "account" AS a`, " AND a.id = l.account_id AND l.person_id IN (?)", " WHERE person_id IN (?)", []any{list, list},
		func(ctx context.Context, tx bun.Tx, rows []aliasRow) error {
			for _, r := range rows {
				addresses = append(addresses, r.Address)
			}
			return putAliases(ctx, tx, rows)
		})
	return addresses, err
}

func (db *DB) indexAliases(ctx context.Context, from, where, of string, args []any, put func(ctx context.Context, tx bun.Tx, rows []aliasRow) error) (int64, error) {
	return converge(ctx, db, put, `WITH wanted AS (`+db.aliasesOf(from, where)+`)
		SELECT w.address, w.person_id, TRUE AS has FROM wanted w LEFT JOIN person_alias h ON h.address = w.address AND h.person_id = w.person_id WHERE h.address IS NULL
		UNION ALL SELECT stale.address, stale.person_id, FALSE FROM (SELECT address, person_id FROM person_alias`+of+` EXCEPT SELECT address, person_id FROM wanted) AS stale`, args...)
}

func putAliases(ctx context.Context, tx bun.Tx, rows []aliasRow) error {
	var values []any
	for _, r := range rows {
		if r.Has {
			values = append(values, r.Address, r.PersonID)
			continue
		}
		if _, err := tx.NewRaw(`DELETE FROM person_alias WHERE address = ? AND person_id = ?`, r.Address, r.PersonID).Exec(ctx); err != nil {
			return err
		}
	}
	if len(values) == 0 {
		return nil
	}
	_, err := tx.NewRaw(`INSERT INTO person_alias (address, person_id) VALUES `+tuples("(?, ?)", len(values)/2)+` ON CONFLICT (address, person_id) DO NOTHING`, values...).Exec(ctx)
	return err
}

// whoseAliases returns the people of whose certain accounts addresses are aliases.
func (db *DB) whoseAliases(ctx context.Context, tx bun.IDB, rows []addressRow) (people []int64, err error) {
	addresses := make([]string, len(rows))
	free := false
	for i, r := range rows {
		addresses[i], free = r.Address, free || r.PersonID == 0
	}
	query, args := `SELECT DISTINCT person_id FROM person_alias WHERE address IN (?)`, []any{bun.List(addresses)}
	if free { // what was an address until now is no kept alias: accounts themselves say it
		query = `SELECT DISTINCT l.person_id FROM "account" AS a JOIN ` + db.aliases() + ` ON a.aliases IS NOT NULL JOIN account_person l ON l.account_id = a.id
			WHERE a.gone_gen = 0 AND a.aliases IS NOT NULL AND a.aliases <> '[]' AND l.sure = 'certain' AND lower(alias.value) IN (?) UNION ` + query
		args = append(args, args[0])
	}
	err = tx.NewRaw(query, args...).Scan(ctx, &people)
	return people, err
}

// AliasOwners returns whose aliases are; those of several people are nobody's.
func AliasOwners(ctx context.Context, db bun.IDB, addresses []string) (map[string]int64, error) {
	out := map[string]int64{}
	if len(addresses) == 0 {
		return out, nil
	}
	var rows []addressRow
	err := db.NewRaw(`SELECT address, min(person_id) AS person_id FROM person_alias WHERE address IN (?)
		GROUP BY address HAVING count(*) = 1`, bun.List(addresses)).Scan(ctx, &rows)
	for _, r := range rows {
		out[r.Address] = r.PersonID
	}
	return out, err
}

// aliases is the SQL that takes the aliases of account a apart.
func (db *DB) aliases() string {
	if db.dialect == Postgres {
		return `jsonb_array_elements_text(a.aliases::jsonb) AS alias(value)`
	}
	return `json_each(a.aliases) AS alias`
}
