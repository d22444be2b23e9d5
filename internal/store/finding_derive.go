package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// Found says what follows from the rows now, and of which kinds it is complete.
type Found struct {
	Kinds        []string
	Applications []int64 // it is complete for these alone; none means all
}

// foundRow is a finding as it should be, beside what is kept of it.
type foundRow struct {
	FoundRow
	No      int64  `bun:"no"`
	GoneAt  int64  `bun:"gone_at"`
	Account int64  `bun:"kept_account"`
	Person  int64  `bun:"kept_person"`
	Plan    int64  `bun:"kept_plan"`
	Saas    int64  `bun:"kept_saas"`
	Value   *int64 `bun:"kept_value"`
	Annual  *int64 `bun:"kept_annual"`
	Cur     string `bun:"kept_currency"`
	On      string `bun:"kept_on"`
	About   string `bun:"kept_about"`
}

func (r foundRow) same() bool {
	w := r.FoundRow
	return r.No != 0 && r.GoneAt == 0 && r.Account == w.Account && r.Person == w.Person && r.Plan == w.Plan && r.Saas == w.Application && r.About == w.About &&
		equal(r.Value, w.Value) && equal(r.Annual, w.Annual) && r.Cur == w.Currency && r.On == w.RealizableOn
}

func equal(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// foundAtOnce is of how many applications findings are held in memory together.
const foundAtOnce = 10

// ApplicationFindings keeps what the rows say of the accounts, seats and plans of
// applications; none means all of them. Settle gives each row its last word, such as
// the date of a contract.
func (db *DB) ApplicationFindings(ctx context.Context, at UseAt, applications []int64, now purser.Micros, settle func(*FoundRow)) error {
	kinds := []string{"leaver_access", "used_after_leaving", "used_while_away", "unknown_account", "used_not_in_hr"}
	everywhere := len(applications) == 0
	if everywhere {
		if err := db.reader.NewRaw(`SELECT id FROM saas_application ORDER BY id`).Scan(ctx, &applications); err != nil {
			return fmt.Errorf("list the applications: %w", err)
		}
	}
	// People are read and matched soon: until then what rests on an account being
	// nobody's stays as it is, neither found nor over, and is looked at again then. All
	// applications are looked at when everybody who was read is matched.
	count := peopleDue
	if everywhere {
		count = unreadHR
	}
	waiting, err := anyOf(ctx, db.reader, count)
	if err != nil {
		return fmt.Errorf("look for people who are not matched yet: %w", err)
	}
	if waiting && len(applications) > 0 {
		kinds = kinds[:3]
		if err := db.lookAgain(ctx, applications, now); err != nil {
			return err
		}
	}
	all := []struct {
		kinds  []string
		wanted func(applications []int64) string
	}{
		{kinds, func(some []int64) string { return db.accountFindings(at, kinds, some) }},
		{[]string{"undeprovisioned_seat", "duplicate_seat", "unused_seat", "downgrade_seat", "overlap_seat"}, func(some []int64) string { return seatFindings(at, some) }},
		{[]string{"overbought_plan"}, planFindings},
	}
	if everywhere {
		for _, of := range all {
			if err := db.endFindings(ctx, of.kinds, ` AND saas_no NOT IN (SELECT id FROM saas_application)`, nil, now); err != nil {
				return err
			}
		}
	}
	for some := range slices.Chunk(applications, foundAtOnce) {
		for _, of := range all {
			if err := db.keepFindings(ctx, of.wanted(some), Found{Applications: some, Kinds: of.kinds}, now, settle); err != nil {
				return err
			}
		}
	}
	return nil
}

// ShadowFindings keeps which applications nobody has looked at; see ApplicationFindings.
func (db *DB) ShadowFindings(ctx context.Context, now purser.Micros) error {
	return db.keepFindings(ctx, shadowFindings, Found{Kinds: []string{"new_application"}}, now, func(*FoundRow) {})
}

// keepFindings compares what should be there with what is, through the readers,
// and writes what differs in slices.
func (db *DB) keepFindings(ctx context.Context, wanted string, f Found, now purser.Micros, settle func(*FoundRow)) error {
	marks := map[findingKey]bool{}
	rows, err := db.reader.QueryContext(ctx, `SELECT w.*, COALESCE(f.no, 0) AS no, COALESCE(f.gone_at, 0) AS gone_at, COALESCE(f.account_id, 0) AS kept_account,
		COALESCE(f.person_id, 0) AS kept_person, COALESCE(f.plan_id, 0) AS kept_plan, COALESCE(f.saas_no, 0) AS kept_saas, f.term_value AS kept_value, f.annual AS kept_annual,
		COALESCE(f.currency, '') AS kept_currency, COALESCE(f.realizable_on, '') AS kept_on, COALESCE(f.about, '') AS kept_about
		FROM (`+wanted+`) AS w LEFT JOIN finding f ON f.kind = w.kind AND f.source = w.source AND f.external_id = w.external_id`)
	if err != nil {
		return fmt.Errorf("look for findings: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := sliced[FoundRow]{db: db, most: findingSlice, write: func(ctx context.Context, tx bun.Tx, part []FoundRow) error { return putFindings(ctx, tx, part, now) }}
	for rows.Next() {
		var r foundRow
		if err := db.reader.ScanRow(ctx, rows, &r); err != nil {
			return err
		}
		settle(&r.FoundRow)
		marks[findingKey{r.Kind, r.Source, r.ExternalID}] = true
		if r.same() {
			continue
		}
		if err := out.add(ctx, r.FoundRow); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := out.flush(ctx); err != nil {
		return err
	}
	return db.endFindings(ctx, f.Kinds, f.where(), marks, now)
}

type findingKey struct{ kind, source, external string }

// findingSlice is how many findings one transaction writes.
const findingSlice = 500

func putFindings(ctx context.Context, tx bun.Tx, rows []FoundRow, now purser.Micros) error {
	if len(rows) == 0 {
		return nil
	}
	values := make([]any, 0, 17*len(rows))
	for _, r := range rows {
		values = append(values, r.Kind, r.Source, r.ExternalID, r.InstanceNo, r.Application, r.Account, r.Person, r.Plan, r.Value, r.Annual,
			r.Currency, r.RealizableOn, r.RealizableBy, r.About, int64(now))
	}
	// One that comes again is as new as it is decided: what was accepted stays so.
	_, err := tx.NewRaw(`INSERT INTO finding (kind, source, external_id, instance_no, saas_no, account_id, person_id, plan_id, term_value, annual,
		currency, realizable_on, realizable_by, about, found_at, state) VALUES `+tuples("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'new')", len(rows))+`
		ON CONFLICT (kind, source, external_id) DO UPDATE SET instance_no = excluded.instance_no, saas_no = excluded.saas_no, account_id = excluded.account_id,
		person_id = excluded.person_id, plan_id = excluded.plan_id, term_value = excluded.term_value, annual = excluded.annual, currency = excluded.currency,
		realizable_on = excluded.realizable_on, realizable_by = excluded.realizable_by, about = excluded.about,
		found_at = CASE WHEN finding.gone_at <> 0 THEN excluded.found_at ELSE finding.found_at END,
		state = CASE WHEN finding.gone_at <> 0 THEN 'new' ELSE finding.state END, ended = '', gone_at = 0`, values...).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note findings: %w", err)
	}
	_, err = tx.NewRaw(`UPDATE finding SET
		until = COALESCE((SELECT d.until FROM finding_decision d WHERE d.kind = finding.kind AND d.source = finding.source AND d.external_id = finding.external_id), ''),
		decided_at = COALESCE((SELECT d.decided_at FROM finding_decision d WHERE d.kind = finding.kind AND d.source = finding.source AND d.external_id = finding.external_id), 0),
		state = COALESCE((SELECT d.state FROM finding_decision d WHERE d.kind = finding.kind AND d.source = finding.source AND d.external_id = finding.external_id), 'open')
		WHERE state = 'new'`).Exec(ctx)
	return err
}

// where is the condition for the findings of which it is complete, beside their kinds.
func (f Found) where() string {
	if len(f.Applications) == 0 {
		return ""
	}
	return ` AND saas_no IN (` + quotedNumbers(f.Applications) + `)`
}

// endFindings notes which findings of kinds, and where, are no longer so: those
// without a mark. A seat counts as given up only where the vendor's list does not
// have it any more.
func (db *DB) endFindings(ctx context.Context, kinds []string, where string, marks map[findingKey]bool, now purser.Micros) error {
	var kept []struct {
		No         int64  `bun:"no"`
		Kind       string `bun:"kind"`
		Source     string `bun:"source"`
		ExternalID string `bun:"external_id"`
	}
	err := db.reader.NewRaw(`SELECT no, kind, source, external_id FROM finding WHERE gone_at = 0 AND kind IN (?)`+where, bun.List(kinds)).Scan(ctx, &kept)
	if err != nil {
		return err
	}
	var ended []int64
	for _, k := range kept {
		if !marks[findingKey{k.Kind, k.Source, k.ExternalID}] {
			ended = append(ended, k.No)
		}
	}
	for part := range slices.Chunk(ended, findingSlice) {
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`DELETE FROM finding_decision WHERE state <> 'accepted' AND EXISTS (SELECT 1 FROM finding f WHERE f.no IN (?) AND f.kind = finding_decision.kind
				AND f.source = finding_decision.source AND f.external_id = finding_decision.external_id)`, bun.List(part)).Exec(ctx)
			if err != nil {
				return err
			}
			_, err = tx.NewRaw(`UPDATE finding SET gone_at = ?, state = 'verified', ended = CASE
				WHEN kind LIKE '%\_seat' ESCAPE '\' AND EXISTS (SELECT 1 FROM "seat" AS s WHERE s.instance_no = finding.instance_no AND s.external_id = finding.external_id AND s.gone_gen <> 0) THEN 'removed'
				WHEN account_id <> 0 AND kind NOT LIKE '%\_seat' ESCAPE '\' AND EXISTS (SELECT 1 FROM "account" AS a WHERE a.id = finding.account_id AND (a.gone_gen <> 0 OR a.status IN ('deactivated', 'suspended'))) THEN 'removed'
				ELSE 'changed' END WHERE no IN (?)`, int64(now), bun.List(part)).Exec(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("note which findings are no longer so: %w", err)
		}
	}
	return nil
}

func quotedNumbers(all []int64) string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(texts, ", ")
}

// WakeFindings opens again what was put off or accepted until a day that has come, and what
// was called done although a reading more than a day later still shows it.
func (db *DB) WakeFindings(ctx context.Context, today string) error {
	const stillThere = `gone_at = 0 AND state = 'done' AND instance_no <> 0 AND decided_at + 86400000000 < (SELECT min(s.complete_at) FROM stream s
		WHERE s.instance_no = finding.instance_no AND s.complete_at > 0 AND s.kind = CASE WHEN finding.kind LIKE '%\_seat' ESCAPE '\' THEN 'seat' ELSE 'account' END)`
	for {
		var n int64
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			var rows []int64
			err := tx.NewRaw(`SELECT no FROM finding WHERE (state IN ('snoozed', 'accepted') AND until <> '' AND until <= ?) OR (`+stillThere+`) LIMIT ?`, today, findingSlice).Scan(ctx, &rows)
			if n = int64(len(rows)); err != nil || n == 0 {
				return err
			}
			_, err = tx.NewRaw(`DELETE FROM finding_decision WHERE EXISTS (SELECT 1 FROM finding f WHERE f.no IN (?) AND f.kind = finding_decision.kind
				AND f.source = finding_decision.source AND f.external_id = finding_decision.external_id)`, bun.List(rows)).Exec(ctx)
			if err != nil {
				return err
			}
			_, err = tx.NewRaw(`UPDATE finding SET state = 'open', until = '', decided_at = 0 WHERE no IN (?)`, bun.List(rows)).Exec(ctx)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// KeepFindings keeps findings that do not follow from rows alone: owners who left,
// contracts that renew. They are complete for their kinds.
func (db *DB) KeepFindings(ctx context.Context, kinds []string, rows []FoundRow, now purser.Micros) error {
	marks := map[findingKey]bool{}
	for _, r := range rows {
		marks[findingKey{r.Kind, r.Source, r.ExternalID}] = true
	}
	for part := range slices.Chunk(rows, findingSlice) {
		if err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return putFindings(ctx, tx, part, now) }); err != nil {
			return err
		}
	}
	return db.endFindings(ctx, kinds, "", marks, now)
}
