package store

import (
	"context"
	"errors"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// MatchScope says which accounts are looked at.
type MatchScope struct {
	InstanceNo int64         // whose accounts; 0 for everybody's, which is needed after people have changed
	Since      purser.Micros // only accounts that were written since; 0 for all
	Accounts   []int64       // only these, and of none none, whatever the others say; nil for all
}

// WrittenSince reports whether rows of a kind were written since, removed ones too.
func WrittenSince(ctx context.Context, db bun.IDB, d DueDerivation) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 AS one FROM `+KindTable(d.Kind)+` WHERE instance_no = ? AND changed_at >= ? LIMIT 1) AS written`,
		d.InstanceNo, int64(d.Since)).Scan(ctx, &n)
	return n > 0, err
}

// addressRow says whose an address is; nobody's if PersonID is 0.
type addressRow struct {
	Address  string `bun:"address"`
	PersonID int64  `bun:"person_id"`
}

// putAddresses makes the table of addresses say what rows say.
func putAddresses(ctx context.Context, tx bun.Tx, rows []addressRow) error {
	var stale []string
	var values []any
	for _, r := range rows {
		if r.PersonID == 0 {
			stale = append(stale, r.Address)
		} else {
			values = append(values, r.Address, r.PersonID)
		}
	}
	if len(stale) > 0 {
		if _, err := tx.NewRaw(`DELETE FROM person_address WHERE address IN (?)`, bun.List(stale)).Exec(ctx); err != nil {
			return err
		}
	}
	if len(values) == 0 {
		return nil
	}
	_, err := tx.NewRaw(`INSERT INTO person_address (address, person_id) VALUES `+tuples("(?, ?)", len(values)/2)+
		` ON CONFLICT (address) DO UPDATE SET person_id = excluded.person_id`, values...).Exec(ctx)
	return err
}

// tuples repeats one tuple of placeholders.
func tuples(one string, n int) string { return one + strings.Repeat(", "+one, n-1) }

// IndexPeople keeps one person for each address, which is what accounts are held
// against. Live people come before those who are gone, the roster that was
// connected first before others; an address that two people of one roster share
// leads to nobody.
func (db *DB) IndexPeople(ctx context.Context) error {
	return db.indexPeople(ctx, "", "", nil, putAddresses)
}

// IndexPeopleOf does so of the addresses that some people have and had, and returns
// whose aliases these addresses are or were: an address that somebody has is no
// alias. They stay noted until they are matched the next time, for a process that is killed.
func (db *DB) IndexPeopleOf(ctx context.Context, people []int64) (aliased []int64, err error) {
	const theirs = `(SELECT lower(x.email) FROM "person" AS x WHERE x.id IN (?) UNION SELECT x.address FROM person_address x WHERE x.person_id IN (?))`
	list := bun.List(people)
	err = db.indexPeople(ctx, " AND lower(p.email) IN "+theirs, " WHERE address IN "+theirs, []any{list, list, list, list}, func(ctx context.Context, tx bun.Tx, rows []addressRow) error {
		whose, err := db.whoseAliases(ctx, tx, rows)
		if err == nil {
			aliased, err = append(aliased, whose...), noteMatches(ctx, tx, whose, nil)
		}
		if err != nil {
			return err
		}
		return putAddresses(ctx, tx, rows)
	})
	return aliased, err
}

// What the table should hold has no index: SQLite would read all of it once for each
// address in a join, so what is too many is found by EXCEPT, which sorts.
func (db *DB) indexPeople(ctx context.Context, of, had string, args []any, put func(ctx context.Context, tx bun.Tx, rows []addressRow) error) error {
	_, err := converge(ctx, db, put, `WITH wanted AS (SELECT address, person_id FROM (
			SELECT lower(p.email) AS address, COALESCE(same_as.lead_id, p.id) AS person_id,
				row_number() OVER (PARTITION BY lower(p.email) ORDER BY CASE WHEN p.gone_gen = 0 THEN 0 ELSE 1 END, p.instance_no, p.id) AS place,
				count(*) OVER (PARTITION BY lower(p.email), CASE WHEN p.gone_gen = 0 THEN 0 ELSE 1 END, p.instance_no) AS same
			FROM "person" AS p LEFT JOIN person_same same_as ON same_as.person_id = p.id WHERE p.email <> ''`+of+`) AS ranked WHERE place = 1 AND same = 1)
		SELECT w.address, w.person_id FROM wanted w LEFT JOIN person_address h ON h.address = w.address WHERE h.address IS NULL OR h.person_id <> w.person_id
		UNION ALL SELECT stale.address, 0 FROM (SELECT address FROM person_address`+had+` EXCEPT SELECT address FROM wanted) AS stale`, args...)
	return err
}

// LinkAccount links an account to a person by hand; such a link wins over any other.
func LinkAccount(ctx context.Context, db bun.IDB, accountID, personID int64, by string, at purser.Micros) error {
	if err := errors.Join(MarkMatch(ctx, db, accountID, at), markTruthOf(ctx, db, accountID)); err != nil {
		return err
	}
	_, err := db.NewRaw(`INSERT INTO account_person (account_id, instance_no, person_id, chosen_id, how, rule, sure, manual, linked_at)
		SELECT a.id, a.instance_no, COALESCE((SELECT s.lead_id FROM person_same s WHERE s.person_id = ?), ?), ?, ?, 'manual', 'certain', TRUE, ?
		FROM "account" AS a WHERE a.id = ?
		ON CONFLICT (account_id) DO UPDATE SET person_id = excluded.person_id, chosen_id = excluded.chosen_id, how = excluded.how,
		rule = excluded.rule, sure = excluded.sure, manual = TRUE, linked_at = excluded.linked_at`,
		personID, personID, personID, "linked by "+by, int64(at), accountID).Exec(ctx)
	if err != nil {
		return err
	}
	return errors.Join(MarkMatch(ctx, db, accountID, at), markTruthOf(ctx, db, accountID))
}

// expectsPerson selects accounts behind which one expects a person.
const expectsPerson = `COALESCE(ak.kind, a.kind, 'unknown') NOT IN ('robot', 'shared', 'guest')`

// AnyPerson reports whether anybody is known to whom accounts could belong.
func AnyPerson(ctx context.Context, db bun.IDB) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 AS one FROM "person" LIMIT 1) AS known`).Scan(ctx, &n)
	return n > 0, err
}

// useRow is the last use of an account.
type useRow struct {
	AccountID  int64 `bun:"account_id"`
	InstanceNo int64 `bun:"instance_no"`
	UsedAt     int64 `bun:"used_at"`
}

// UseFromActivity notes the last use of accounts as the dated activity of their
// own instance says it. It only moves forward.
func (db *DB) UseFromActivity(ctx context.Context, instanceNo int64) error {
	_, err := converge(ctx, db, func(ctx context.Context, tx bun.Tx, rows []useRow) error {
		values, ids := make([]any, 0, 3*len(rows)), make([]int64, 0, len(rows))
		for _, r := range rows {
			values, ids = append(values, r.AccountID, r.InstanceNo, r.UsedAt), append(ids, r.AccountID)
		}
		_, err := tx.NewRaw(`INSERT INTO account_use (account_id, instance_no, used_at) VALUES `+tuples("(?, ?, ?)", len(rows))+`
			ON CONFLICT (account_id) DO UPDATE SET used_at = excluded.used_at WHERE excluded.used_at > account_use.used_at`, values...).Exec(ctx)
		if err != nil {
			return err
		}
		return keepClassesOf(ctx, tx, UseAtMoment(db.options.Now(), 0), instanceNo, "a.id IN (?)", bun.List(ids))
	}, `SELECT a.id AS account_id, a.instance_no, max(v.last_at) AS used_at FROM activity v
		JOIN "account" AS a ON a.instance_no = v.instance_no AND a.external_id = v.account LEFT JOIN account_use u ON u.account_id = a.id
		WHERE v.instance_no = ? GROUP BY a.id, a.instance_no, u.used_at HAVING u.used_at IS NULL OR max(v.last_at) > u.used_at`, instanceNo)
	return err
}

// CountMatched returns how many live accounts of an instance are linked to a
// person, and how many are there. Robots, shared mailboxes and guests without a
// person are not counted: nobody expects one behind them.
func CountMatched(ctx context.Context, db bun.IDB, instanceNo int64) (linked, all int64, err error) {
	var row struct {
		Linked int64 `bun:"linked"`
		Total  int64 `bun:"total"`
	}
	err = db.NewRaw(`SELECT count(ap.account_id) AS linked, count(*) AS total FROM "account" AS a
		LEFT JOIN account_person ap ON ap.account_id = a.id LEFT JOIN account_kind ak ON ak.account_id = a.id
		WHERE a.instance_no = ? AND a.gone_gen = 0 AND (ap.account_id IS NOT NULL OR `+expectsPerson+`)`, instanceNo).Scan(ctx, &row)
	return row.Linked, row.Total, err
}
