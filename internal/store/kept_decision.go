package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

const keptDecision = `INSERT INTO kept_decision (what, one_connector, one_tenant, one_instance, one_external, other_connector, other_tenant,
	other_instance, other_external, value, how, decided_at) `

const keptLatest = ` ON CONFLICT (what, one_connector, one_tenant, one_instance, one_external, other_connector, other_tenant, other_instance, other_external)
	DO UPDATE SET value = excluded.value, how = excluded.how, decided_at = excluded.decided_at`

// keepDecisions keeps what people decided about accounts or people that are about
// to be deleted, by what the vendors call them.
func keepDecisions(ctx context.Context, tx bun.Tx, k purser.Kind, ids []int64) error {
	const refused = `SELECT 'not', ia.connector, ia.tenant_id, ia.id, a.external_id, COALESCE(ip.connector, ''), COALESCE(ip.tenant_id, ''), COALESCE(ip.id, ''),
		COALESCE(p.external_id, ''), '', n.decided_by, n.decided_at FROM account_not n JOIN "account" a ON a.id = n.account_id JOIN instance ia ON ia.no = a.instance_no
		LEFT JOIN "person" p ON p.id = n.person_id LEFT JOIN instance ip ON ip.no = p.instance_no WHERE (n.person_id = 0 OR ip.no IS NOT NULL) AND `
	stmts := []string{refused + `n.person_id IN (?)`,
		`SELECT 'verdict', ia.connector, ia.tenant_id, ia.id, p.external_id, ib.connector, ib.tenant_id, ib.id, o.external_id,
			CASE WHEN v.same THEN 'same' ELSE 'apart' END, v.decided_by, v.decided_at FROM person_verdict v JOIN "person" p ON p.id = v.person_id
			JOIN instance ia ON ia.no = p.instance_no JOIN "person" o ON o.id = v.other_id JOIN instance ib ON ib.no = o.instance_no WHERE v.person_id IN (?)`,
		`SELECT 'verdict', ia.connector, ia.tenant_id, ia.id, p.external_id, ib.connector, ib.tenant_id, ib.id, o.external_id,
			CASE WHEN v.same THEN 'same' ELSE 'apart' END, v.decided_by, v.decided_at FROM person_verdict v JOIN "person" p ON p.id = v.person_id
			JOIN instance ia ON ia.no = p.instance_no JOIN "person" o ON o.id = v.other_id JOIN instance ib ON ib.no = o.instance_no WHERE v.other_id IN (?)`}
	if k == purser.KindAccount {
		stmts = []string{refused + `n.account_id IN (?)`,
			`SELECT 'kind', ia.connector, ia.tenant_id, ia.id, a.external_id, '', '', '', '', x.kind, x.how, x.since
				FROM account_kind x JOIN "account" a ON a.id = x.account_id JOIN instance ia ON ia.no = a.instance_no WHERE x.manual = TRUE AND x.account_id IN (?)`}
	}
	for _, stmt := range stmts {
		if _, err := tx.NewRaw(keptDecision+stmt+keptLatest, bun.List(ids)).Exec(ctx); err != nil {
			return fmt.Errorf("keep what people decided: %w", err)
		}
	}
	return nil
}

// AnyKeptDecision reports whether anything that people decided waits for its
// account or person.
func AnyKeptDecision(ctx context.Context, db bun.IDB) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 AS one FROM kept_decision LIMIT 1) AS kept`).Scan(ctx, &n)
	return n > 0, err
}

// BindKeptDecisions lets decisions hold again whose account or person was deleted,
// once what they are about was read again. It comes before the matching that rests
// on them. What was decided since stays.
func BindKeptDecisions(ctx context.Context, db bun.IDB) error {
	account := ` FROM kept_decision k JOIN instance ia ON ` + keptSource("ia", "one") + ` JOIN "account" a ON a.instance_no = ia.no AND a.external_id = k.one_external `
	person := `JOIN instance ip ON ` + keptSource("ip", "other") + ` JOIN "person" p ON p.instance_no = ip.no AND p.external_id = k.other_external `
	rows := ` FROM kept_decision k JOIN instance ia ON ` + keptSource("ia", "one") + ` JOIN "person" o ON o.instance_no = ia.no AND o.external_id = k.one_external ` + person
	for _, b := range []struct{ into, bound string }{
		{`INSERT INTO account_not (account_id, person_id, instance_no, decided_by, decided_at) SELECT a.id, p.id, min(a.instance_no), max(k.how), max(k.decided_at)%s
			GROUP BY a.id, p.id ON CONFLICT (account_id, person_id) DO NOTHING`, account + person + `WHERE k.what = 'not' AND k.other_external <> ''`},
		{`INSERT INTO account_not (account_id, person_id, instance_no, decided_by, decided_at) SELECT a.id, 0, min(a.instance_no), max(k.how), max(k.decided_at)%s
			GROUP BY a.id ON CONFLICT (account_id, person_id) DO NOTHING`, account + `WHERE k.what = 'not' AND k.other_external = ''`},
		{`INSERT INTO account_kind (account_id, instance_no, kind, how, manual, since) SELECT a.id, min(a.instance_no), max(k.value), max(k.how), TRUE, max(k.decided_at)%s
			GROUP BY a.id ON CONFLICT (account_id) DO UPDATE SET kind = excluded.kind, how = excluded.how, manual = TRUE, since = excluded.since
			WHERE account_kind.manual = FALSE`, account + `WHERE k.what = 'kind'`},
		{`INSERT INTO person_verdict (person_id, other_id, same, decided_by, decided_at) SELECT CASE WHEN o.id < p.id THEN o.id ELSE p.id END,
			CASE WHEN o.id < p.id THEN p.id ELSE o.id END, max(k.value) = 'same', max(k.how), max(k.decided_at)%s
			GROUP BY 1, 2 ON CONFLICT (person_id, other_id) DO NOTHING`, rows + `WHERE k.what = 'verdict' AND o.id <> p.id`},
	} {
		if _, err := db.NewRaw(fmt.Sprintf(b.into, b.bound)).Exec(ctx); err != nil {
			return fmt.Errorf("let decisions hold again: %w", err)
		}
		if _, err := db.NewRaw(`DELETE FROM kept_decision WHERE no IN (SELECT k.no` + b.bound + `)`).Exec(ctx); err != nil {
			return fmt.Errorf("let decisions hold again: %w", err)
		}
	}
	return nil
}
