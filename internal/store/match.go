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

// matched yields account_id, instance_no, person_id and how for every live
// account that one address leads to one person.
//
// people: one person for each address. Live people come before those who are
// gone, the roster that was connected first before others; an address that two
// people of one roster share leads to nobody.
//
// found: the account's own e-mail (weight 1) before its aliases (weight 2).
// Robots and shared mailboxes are matched by their own address only: an alias of
// a mailbox is no proof that it is a person's. Several aliases that lead to
// several people lead to nobody. Names are never compared.
func matched(db bun.IDB) string {
	alias := `json_each(a.aliases) AS alias`
	if isPostgres(db) {
		alias = `jsonb_array_elements_text(a.aliases::jsonb) AS alias(value)`
	}
	return `WITH ranked AS (
		SELECT lower(p.email) AS address, p.id AS person_id,
			row_number() OVER (PARTITION BY lower(p.email) ORDER BY CASE WHEN p.gone_gen = 0 THEN 0 ELSE 1 END, p.instance_no, p.id) AS place,
			count(*) OVER (PARTITION BY lower(p.email), p.instance_no, CASE WHEN p.gone_gen = 0 THEN 0 ELSE 1 END) AS same
		FROM "person" AS p WHERE p.email <> ''),
	people AS (SELECT address, person_id FROM ranked WHERE place = 1 AND same = 1),
	looked AS (SELECT a.id, a.instance_no, a.email, a.aliases, COALESCE(a.kind, 'unknown') AS kind FROM "account" AS a
		WHERE a.gone_gen = 0 AND (? = 0 OR a.instance_no = ?) AND a.changed_at >= ?),
	found AS (
		SELECT a.id AS account_id, a.instance_no, p.person_id, 1 AS weight, '' AS address
		FROM looked a JOIN people p ON p.address = lower(a.email)
		UNION ALL
		SELECT a.id, a.instance_no, p.person_id, 2, p.address
		FROM looked a JOIN ` + alias + ` ON a.kind NOT IN ('robot', 'shared') JOIN people p ON p.address = lower(alias.value)
		WHERE a.aliases IS NOT NULL),
	agreed AS (SELECT account_id, instance_no, weight, min(person_id) AS person_id, min(address) AS address FROM found
		GROUP BY account_id, instance_no, weight HAVING min(person_id) = max(person_id)),
	best AS (SELECT account_id, min(weight) AS weight FROM agreed GROUP BY account_id),
	matched AS (SELECT g.account_id, g.instance_no, g.person_id,
			CASE WHEN g.weight = 1 THEN 'same e-mail address' ELSE 'alias ' || g.address || ' is the person''s e-mail address' END AS how
		FROM agreed g JOIN best b ON b.account_id = g.account_id AND b.weight = g.weight)`
}

// MatchAccounts links accounts to people by e-mail address, then by alias,
// without regard to case: one statement for the links that hold, one for those
// that hold no more. Links by hand are never touched.
func MatchAccounts(ctx context.Context, db bun.IDB, s MatchScope, at purser.Micros) error {
	with := matched(db)
	scope := []any{s.InstanceNo, s.InstanceNo, int64(s.Since)}
	_, err := db.NewRaw(with+` DELETE FROM account_person WHERE manual = FALSE
		AND account_id IN (SELECT id FROM looked) AND account_id NOT IN (SELECT account_id FROM matched)`, scope...).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = db.NewRaw(with+` INSERT INTO account_person (account_id, instance_no, person_id, how, manual, linked_at)
		SELECT account_id, instance_no, person_id, how, FALSE, ? FROM matched WHERE TRUE
		ON CONFLICT (account_id) DO UPDATE SET person_id = excluded.person_id, how = excluded.how, linked_at = excluded.linked_at
		WHERE account_person.manual = FALSE AND (account_person.person_id <> excluded.person_id OR account_person.how <> excluded.how)`,
		append(scope, int64(at))...).Exec(ctx)
	return err
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
