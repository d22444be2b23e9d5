package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// standing is what findings say of a person p of an instance pi: "left" with the last day,
// "away", or "" of most.
func standing() string {
	return ofPersonInstance(`CASE WHEN ` + left + ` THEN 'left ' || ` + endedOn + ` WHEN ` + away + ` THEN 'away' ELSE '' END`)
}

// standingRow is what is said of a person now.
type standingRow struct {
	PersonID int64  `bun:"person_id"`
	Said     string `bun:"said"`
}

// KeepStandings keeps of whom it is said that they left, or are away, and marks the
// instances of the accounts of those of whom something else is said than before: so
// findings follow from a reading of people without a look at everybody's accounts.
func (db *DB) KeepStandings(ctx context.Context, at purser.Micros) error {
	_, err := converge(ctx, db, func(ctx context.Context, tx bun.Tx, rows []standingRow) error {
		return putStandings(ctx, tx, rows, at)
	}, `SELECT x.person_id, x.said FROM (SELECT p.id AS person_id, `+standing()+` AS said, COALESCE(h.said, '') AS had FROM "person" AS p
			LEFT JOIN instance pi ON pi.no = p.instance_no LEFT JOIN person_standing h ON h.person_id = p.id) AS x WHERE x.said <> x.had
		UNION ALL SELECT h.person_id, '' FROM person_standing h WHERE NOT EXISTS (SELECT 1 FROM "person" AS p WHERE p.id = h.person_id)`)
	return err
}

func putStandings(ctx context.Context, tx bun.Tx, rows []standingRow, at purser.Micros) error {
	var usual, all []int64
	var values []any
	for _, r := range rows {
		if all = append(all, r.PersonID); r.Said == "" {
			usual = append(usual, r.PersonID)
		} else {
			values = append(values, r.PersonID, r.Said)
		}
	}
	if len(usual) > 0 {
		if _, err := tx.NewRaw(`DELETE FROM person_standing WHERE person_id IN (?)`, bun.List(usual)).Exec(ctx); err != nil {
			return err
		}
	}
	if len(values) > 0 {
		_, err := tx.NewRaw(`INSERT INTO person_standing (person_id, said) VALUES `+tuples("(?, ?)", len(values)/2)+
			` ON CONFLICT (person_id) DO UPDATE SET said = excluded.said`, values...).Exec(ctx)
		if err != nil {
			return err
		}
	}
	var instances []int64
	if err := tx.NewRaw(`SELECT DISTINCT instance_no FROM account_person WHERE person_id IN (?) ORDER BY 1`, bun.List(all)).Scan(ctx, &instances); err != nil {
		return err
	}
	return markEach(ctx, tx, instances, at, KindStanding)
}
