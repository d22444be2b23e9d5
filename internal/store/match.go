package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// MatchScope says which accounts are looked at.
type MatchScope struct {
	InstanceNo int64         // whose accounts; 0 for everybody's, which is needed after people have changed
	Since      purser.Micros // only accounts that were written since; 0 for all
}

// LockMatching lets one matching happen at a time: two that end at once would
// write the same working rows. On SQLite there is one writer anyway.
func LockMatching(ctx context.Context, tx bun.IDB) error {
	if !isPostgres(tx) {
		return nil
	}
	_, err := tx.NewRaw(`LOCK TABLE person_address, account_match, person_alias IN EXCLUSIVE MODE`).Exec(ctx)
	return err
}

// IndexPeople keeps one person for each address, which is what accounts are held
// against. Live people come before those who are gone, the roster that was
// connected first before others; an address that two people of one roster share
// leads to nobody.
func IndexPeople(ctx context.Context, db bun.IDB) error {
	if _, err := db.NewRaw(`DELETE FROM person_address`).Exec(ctx); err != nil {
		return err
	}
	_, err := db.NewRaw(`INSERT INTO person_address (address, person_id) SELECT address, person_id FROM (
		SELECT lower(p.email) AS address, p.id AS person_id,
			row_number() OVER (PARTITION BY lower(p.email) ORDER BY CASE WHEN p.gone_gen = 0 THEN 0 ELSE 1 END, p.instance_no, p.id) AS place,
			count(*) OVER (PARTITION BY lower(p.email), CASE WHEN p.gone_gen = 0 THEN 0 ELSE 1 END, p.instance_no) AS same
		FROM "person" AS p WHERE p.email <> '') AS ranked WHERE place = 1 AND same = 1`).Exec(ctx)
	return err
}

// otherAlias is the reason of links that rest on another account of the person.
const otherAlias = "the address is an alias of another account of the person"

// MatchAccounts links accounts to people by e-mail address, then by alias, then
// by the aliases of other accounts of the person, without regard to case: what fits is gathered first, then the links that hold
// no more go and the others come. Each step looks rows up by their keys, so that
// the work grows with the number of accounts only.
//
// Robots and shared mailboxes are matched by their own address only: an alias of
// a mailbox is no proof that it is a person's. Several aliases that lead to
// several people lead to nobody. Names are never compared, and links by hand are
// never touched.
func MatchAccounts(ctx context.Context, db bun.IDB, s MatchScope, at purser.Micros) error {
	alias := `json_each(a.aliases) AS alias`
	if isPostgres(db) {
		alias = `jsonb_array_elements_text(a.aliases::jsonb) AS alias(value)`
	}
	const looked = `a.gone_gen = 0 AND (? = 0 OR a.instance_no = ?) AND a.changed_at >= ?`
	scope := []any{s.InstanceNo, s.InstanceNo, int64(s.Since)}
	for _, step := range []struct {
		stmt string
		args []any
	}{
		{`DELETE FROM account_match`, nil},
		{`INSERT INTO account_match (account_id, instance_no, person_id, how)
			SELECT a.id, a.instance_no, p.person_id, 'same e-mail address' FROM "account" AS a JOIN person_address p ON p.address = lower(a.email)
			WHERE ` + looked, scope},
		{`INSERT INTO account_match (account_id, instance_no, person_id, how)
			SELECT a.id, a.instance_no, min(p.person_id), 'alias ' || min(p.address) || ' is the person''s e-mail address'
			FROM "account" AS a JOIN ` + alias + ` ON a.aliases IS NOT NULL JOIN person_address p ON p.address = lower(alias.value)
			WHERE ` + looked + ` AND a.aliases IS NOT NULL AND a.aliases <> '[]' AND COALESCE(a.kind, 'unknown') NOT IN ('robot', 'shared')
			GROUP BY a.id, a.instance_no HAVING min(p.person_id) = max(p.person_id)
			ON CONFLICT (account_id) DO NOTHING`, scope},
		{`DELETE FROM account_person WHERE manual = FALSE AND how <> '` + otherAlias + `'
			AND NOT EXISTS (SELECT 1 FROM account_match m WHERE m.account_id = account_person.account_id)
			AND EXISTS (SELECT 1 FROM "account" AS a WHERE a.id = account_person.account_id AND ` + looked + `)`, scope},
		{`INSERT INTO account_person (account_id, instance_no, person_id, how, manual, linked_at)
			SELECT m.account_id, m.instance_no, m.person_id, m.how, FALSE, ? FROM account_match m
			LEFT JOIN account_person l ON l.account_id = m.account_id
			WHERE l.account_id IS NULL OR (l.manual = FALSE AND (l.person_id <> m.person_id OR l.how <> m.how))
			ON CONFLICT (account_id) DO UPDATE SET person_id = excluded.person_id, how = excluded.how, linked_at = excluded.linked_at`, []any{int64(at)}},
		{`DELETE FROM account_match`, nil},

		// An address that is an alias of an account that is known to be the person's is the person's everywhere.
		{`DELETE FROM person_alias`, nil},
		{`INSERT INTO person_alias (address, person_id) SELECT lower(alias.value), min(l.person_id)
			FROM "account" AS a JOIN ` + alias + ` ON a.aliases IS NOT NULL JOIN account_person l ON l.account_id = a.id
			LEFT JOIN person_address p ON p.address = lower(alias.value)
			WHERE a.gone_gen = 0 AND a.aliases IS NOT NULL AND a.aliases <> '[]' AND p.address IS NULL AND l.how <> '` + otherAlias + `'
			AND COALESCE(a.kind, 'unknown') NOT IN ('robot', 'shared')
			GROUP BY lower(alias.value) HAVING min(l.person_id) = max(l.person_id)`, nil},
		{`DELETE FROM account_person WHERE manual = FALSE AND how = '` + otherAlias + `' AND NOT EXISTS (SELECT 1 FROM "account" AS a
			JOIN person_alias p ON p.address = lower(a.email) WHERE a.id = account_person.account_id AND p.person_id = account_person.person_id)`, nil},
		{`INSERT INTO account_person (account_id, instance_no, person_id, how, manual, linked_at)
			SELECT a.id, a.instance_no, p.person_id, '` + otherAlias + `', FALSE, ? FROM "account" AS a
			JOIN person_alias p ON p.address = lower(a.email) LEFT JOIN account_person l ON l.account_id = a.id
			WHERE l.account_id IS NULL AND a.gone_gen = 0 AND COALESCE(a.kind, 'unknown') NOT IN ('robot', 'shared')`, []any{int64(at)}},
	} {
		if _, err := db.NewRaw(step.stmt, step.args...).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// LinkAccount links an account to a person by hand; such a link wins over any other.
func LinkAccount(ctx context.Context, db bun.IDB, accountID, personID int64, by string, at purser.Micros) error {
	_, err := db.NewRaw(`INSERT INTO account_person (account_id, instance_no, person_id, how, manual, linked_at)
		SELECT a.id, a.instance_no, ?, ?, TRUE, ? FROM "account" AS a WHERE a.id = ?
		ON CONFLICT (account_id) DO UPDATE SET person_id = excluded.person_id, how = excluded.how, manual = TRUE, linked_at = excluded.linked_at`,
		personID, "linked by "+by, int64(at), accountID).Exec(ctx)
	return err
}

// AnyPerson reports whether anybody is known to whom accounts could belong.
func AnyPerson(ctx context.Context, db bun.IDB) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 AS one FROM "person" LIMIT 1) AS known`).Scan(ctx, &n)
	return n > 0, err
}

// UseFromActivity notes the last use of accounts as the dated activity of their
// own instance says it. It only moves forward.
func UseFromActivity(ctx context.Context, db bun.IDB, instanceNo int64) error {
	_, err := db.NewRaw(`INSERT INTO account_use (account_id, instance_no, used_at)
		SELECT a.id, a.instance_no, max(v.last_at) FROM activity v
		JOIN "account" AS a ON a.instance_no = v.instance_no AND a.external_id = v.account
		WHERE v.instance_no = ? GROUP BY a.id, a.instance_no
		ON CONFLICT (account_id) DO UPDATE SET used_at = excluded.used_at WHERE excluded.used_at > account_use.used_at`, instanceNo).Exec(ctx)
	return err
}

// DiscoverApplications makes an application, in status new, for each live
// application that an instance of an identity provider reports, and notes where
// it was seen. One of the same name is the same application.
func DiscoverApplications(ctx context.Context, db bun.IDB, instanceNo int64, at purser.Micros) error {
	_, err := db.NewRaw(`INSERT INTO saas_application (name, name_key, connector, status, first_seen_at, updated_at)
		SELECT min(trim(k.name)), lower(trim(k.name)), '', 'new', ?, ? FROM "application" AS k
		LEFT JOIN application_source s ON s.instance_no = k.instance_no AND s.external_id = k.external_id
		WHERE k.instance_no = ? AND k.gone_gen = 0 AND trim(k.name) <> '' AND s.application_id IS NULL
		GROUP BY lower(trim(k.name)) ON CONFLICT (name_key) DO NOTHING`, int64(at), int64(at), instanceNo).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = db.NewRaw(`INSERT INTO application_source (application_id, instance_no, external_id)
		SELECT a.id, k.instance_no, k.external_id FROM "application" AS k JOIN saas_application a ON a.name_key = lower(trim(k.name))
		WHERE k.instance_no = ? AND k.gone_gen = 0 ON CONFLICT (instance_no, external_id) DO NOTHING`, instanceNo).Exec(ctx)
	return err
}

// CountMatched returns how many live accounts of an instance are linked to a
// person, and how many are there. Robots and shared mailboxes are not counted:
// nobody expects a person behind them.
func CountMatched(ctx context.Context, db bun.IDB, instanceNo int64) (linked, all int64, err error) {
	var row struct {
		Linked int64 `bun:"linked"`
		Total  int64 `bun:"total"`
	}
	err = db.NewRaw(`SELECT count(ap.account_id) AS linked, count(*) AS total FROM "account" AS a
		LEFT JOIN account_person ap ON ap.account_id = a.id
		WHERE a.instance_no = ? AND a.gone_gen = 0 AND COALESCE(a.kind, 'unknown') NOT IN ('robot', 'shared')`, instanceNo).Scan(ctx, &row)
	return row.Linked, row.Total, err
}
