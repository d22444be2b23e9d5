package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// keepLinks keeps the links by hand of accounts or people that are about to be
// deleted, by what the vendors call both.
func keepLinks(ctx context.Context, tx bun.Tx, k purser.Kind, ids []int64) error {
	whose := "l.account_id"
	if k == purser.KindPerson {
		whose = "l.person_id"
	}
	_, err := tx.NewRaw(`INSERT INTO kept_link (account_connector, account_tenant, account_instance, account_external, person_connector,
		person_tenant, person_instance, person_external, how, linked_at)
		SELECT ia.connector, ia.tenant_id, ia.id, a.external_id, ip.connector, ip.tenant_id, ip.id, p.external_id, l.how, l.linked_at
		FROM account_person l JOIN "account" a ON a.id = l.account_id JOIN instance ia ON ia.no = a.instance_no
		JOIN "person" p ON p.id = l.person_id JOIN instance ip ON ip.no = p.instance_no
		WHERE l.manual = TRUE AND `+whose+` IN (?)
		ON CONFLICT (account_connector, account_tenant, account_instance, account_external) DO UPDATE SET
		person_connector = excluded.person_connector, person_tenant = excluded.person_tenant, person_instance = excluded.person_instance,
		person_external = excluded.person_external, how = excluded.how, linked_at = excluded.linked_at`, bun.List(ids)).Exec(ctx)
	return err
}

// keptSource is the SQL that an instance, called i, is the one of a kept link's
// side: the same one, or the same tenant at the same vendor.
func keptSource(i, side string) string {
	return "(" + i + ".id = k." + side + "_instance OR (k." + side + "_tenant <> '' AND " + i + ".tenant_id = k." + side + "_tenant AND " +
		i + ".connector = k." + side + "_connector))"
}

// bound are the kept links of which account and person are there again.
func bound() string {
	return ` FROM kept_link k JOIN instance ia ON ` + keptSource("ia", "account") + ` JOIN "account" a ON a.instance_no = ia.no AND a.external_id = k.account_external
		JOIN instance ip ON ` + keptSource("ip", "person") + ` JOIN "person" p ON p.instance_no = ip.no AND p.external_id = k.person_external `
}

// AnyKeptLink reports whether any link by hand waits for its account or person.
func AnyKeptLink(ctx context.Context, db bun.IDB) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 AS one FROM kept_link LIMIT 1) AS kept`).Scan(ctx, &n)
	return n > 0, err
}

// BindKeptLinks links the accounts by hand again that were linked by hand before
// a deletion, once both the account and the person were read again.
func BindKeptLinks(ctx context.Context, db bun.IDB) error {
	// Of several instances of a tenant, the one that the link was made in counts: it comes last.
	_, err := db.NewRaw(`INSERT INTO account_person (account_id, instance_no, person_id, chosen_id, how, rule, sure, manual, linked_at)
		SELECT a.id, min(a.instance_no), max(p.id), max(p.id), max(k.how), 'manual', 'certain', TRUE, max(k.linked_at)` + bound() + `GROUP BY a.id
		ON CONFLICT (account_id) DO UPDATE SET person_id = excluded.person_id, chosen_id = excluded.chosen_id, how = excluded.how,
		rule = excluded.rule, sure = excluded.sure, manual = TRUE, linked_at = excluded.linked_at
		WHERE account_person.manual = FALSE`).Exec(ctx)
	if err != nil {
		return err
	}
	// Somebody else may stand for the person.
	_, err = db.NewRaw(`UPDATE account_person SET person_id = (SELECT s.lead_id FROM person_same s WHERE s.person_id = account_person.chosen_id)
		WHERE chosen_id <> 0 AND person_id = chosen_id AND chosen_id IN (SELECT s.person_id FROM person_same s)`).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = db.NewRaw(`DELETE FROM kept_link WHERE no IN (SELECT k.no` + bound() + `)`).Exec(ctx)
	return err
}

// CountLinks returns how many links by hand the accounts and people of an instance have.
func CountLinks(ctx context.Context, db bun.IDB, instanceNo int64) (n int64, err error) {
	err = db.NewRaw(`SELECT count(*) FROM account_person l WHERE l.manual = TRUE AND (l.instance_no = ?
		OR EXISTS (SELECT 1 FROM "person" p WHERE p.id = l.person_id AND p.instance_no = ?))`, instanceNo, instanceNo).Scan(ctx, &n)
	return n, err
}
