package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// AlikeRow is a row of a roster that shares a key with another one.
type AlikeRow struct {
	Key         string        `bun:"key"`
	ID          int64         `bun:"id"`
	InstanceNo  int64         `bun:"instance_no"`
	DisplayName string        `bun:"display_name"`
	Gone        bool          `bun:"gone"`
	RemovedAt   purser.Micros `bun:"removed_at"`
	HR          bool          `bun:"hr"`
}

const alikeColumns = `p.id, p.instance_no, COALESCE(p.display_name, '') AS display_name, p.gone_gen <> 0 AS gone, p.removed_at, ` + hrSource + ` AS hr`

// AlikePeople returns the rows that share an address or an employee number with
// rows of other rosters, ordered by what they share: all, or what some people have.
func AlikePeople(ctx context.Context, db bun.IDB, people ...int64) (rows []AlikeRow, err error) {
	of, args := "", []any(nil)
	if len(people) > 0 {
		of, args = " AND x.key IN (SELECT own.key FROM person_key own WHERE own.person_id IN (?) AND own.until = 0)", []any{bun.List(people)}
	}
	err = db.NewRaw(`SELECT k.key, `+alikeColumns+` FROM person_key k JOIN "person" AS p ON p.id = k.person_id LEFT JOIN instance i ON i.no = p.instance_no
		WHERE k.key IN (SELECT x.key FROM person_key x JOIN "person" AS o ON o.id = x.person_id WHERE x.until = 0 AND substr(x.key, 1, 2) IN ('a:', 'n:')`+of+`
			GROUP BY x.key HAVING min(o.instance_no) <> max(o.instance_no)) AND k.until = 0 ORDER BY k.key, p.instance_no, p.id`, args...).Scan(ctx, &rows)
	return rows, err
}

// PersonVerdict is what somebody decided about two rows of rosters.
type PersonVerdict struct {
	PersonID  int64         `bun:"person_id"`
	OtherID   int64         `bun:"other_id"` // greater than PersonID
	Same      bool          `bun:"same"`
	DecidedBy string        `bun:"decided_by"`
	DecidedAt purser.Micros `bun:"decided_at"`
}

// PersonVerdicts returns all of them, or those about some people, and the rows that
// they are about.
func PersonVerdicts(ctx context.Context, db bun.IDB, people ...int64) (all []PersonVerdict, rows []AlikeRow, err error) {
	of, args := "", []any(nil)
	if len(people) > 0 {
		of, args = " WHERE person_id IN (?)", []any{bun.List(people)}
	}
	err = db.NewRaw(`SELECT person_id, other_id, same, decided_by, decided_at FROM person_verdict`+of+` ORDER BY person_id, other_id`, args...).Scan(ctx, &all)
	if err != nil || len(all) == 0 {
		return all, nil, err
	}
	err = db.NewRaw(`SELECT '' AS key, `+alikeColumns+` FROM "person" AS p LEFT JOIN instance i ON i.no = p.instance_no
		WHERE p.id IN (SELECT person_id FROM person_verdict`+of+` UNION SELECT other_id FROM person_verdict`+of+`) ORDER BY p.id`, append(args, args...)...).Scan(ctx, &rows)
	return all, rows, err
}

// PutPersonVerdict keeps what somebody decided about two rows; the last word counts.
func PutPersonVerdict(ctx context.Context, tx bun.IDB, v PersonVerdict) error {
	if v.PersonID > v.OtherID {
		v.PersonID, v.OtherID = v.OtherID, v.PersonID
	}
	_, err := tx.NewRaw(`INSERT INTO person_verdict (person_id, other_id, same, decided_by, decided_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (person_id, other_id) DO UPDATE SET same = excluded.same, decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
		v.PersonID, v.OtherID, v.Same, v.DecidedBy, int64(v.DecidedAt)).Exec(ctx)
	return err
}

// SameRow says which row stands for a row of a roster.
type SameRow struct {
	PersonID int64  `bun:"person_id"`
	LeadID   int64  `bun:"lead_id"`
	How      string `bun:"how"`
	Manual   bool   `bun:"manual"`
}

// PutSame makes the rows that others stand for those that are wanted, in slices,
// and lets accounts that were linked by hand follow: all of them, or some people's
// alone. It returns how many rows changed.
func (db *DB) PutSame(ctx context.Context, want []SameRow, at purser.Micros, people ...int64) (int, error) {
	var have []SameRow
	of, args := "", []any(nil)
	if len(people) > 0 {
		of, args = " WHERE person_id IN (?)", []any{bun.List(people)}
	}
	if err := db.reader.NewRaw(`SELECT person_id, lead_id, how, manual FROM person_same`+of, args...).Scan(ctx, &have); err != nil {
		return 0, err
	}
	stale := make(map[int64]SameRow, len(have))
	for _, r := range have {
		stale[r.PersonID] = r
	}
	var changed []SameRow
	for _, r := range want {
		if old, ok := stale[r.PersonID]; !ok || old != r {
			changed = append(changed, r)
		}
		delete(stale, r.PersonID)
	}
	for id := range stale {
		changed = append(changed, SameRow{PersonID: id})
	}
	mark := KindLink
	if len(people) > 0 {
		mark = KindDecided
	}
	for from := 0; from < len(changed); from += derivationSlice {
		part := changed[from:min(from+derivationSlice, len(changed))]
		if err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return putSame(ctx, tx, part, at, mark) }); err != nil {
			return len(changed), err
		}
	}
	return len(changed), nil
}

func putSame(ctx context.Context, tx bun.Tx, rows []SameRow, at purser.Micros, mark purser.Kind) error {
	ids := make([]int64, len(rows))
	var loose []int64
	var values []any
	for i, r := range rows {
		if ids[i] = r.PersonID; r.LeadID == 0 {
			loose = append(loose, r.PersonID)
		} else {
			values = append(values, r.PersonID, r.LeadID, r.How, r.Manual, int64(at))
		}
	}
	if err := markTruthOfSame(ctx, tx, ids); err != nil {
		return err
	}
	if len(loose) > 0 {
		if _, err := tx.NewRaw(`DELETE FROM person_same WHERE person_id IN (?)`, bun.List(loose)).Exec(ctx); err != nil {
			return err
		}
	}
	if len(values) > 0 {
		_, err := tx.NewRaw(`INSERT INTO person_same (person_id, lead_id, how, manual, since) VALUES `+tuples("(?, ?, ?, ?, ?)", len(values)/5)+`
			ON CONFLICT (person_id) DO UPDATE SET lead_id = excluded.lead_id, how = excluded.how, manual = excluded.manual, since = excluded.since`, values...).Exec(ctx)
		if err != nil {
			return err
		}
	}
	if err := markTruthOfSame(ctx, tx, ids); err != nil {
		return err
	}
	// A link by hand stays with whom it was made to, whoever stands for that person now.
	_, err := tx.NewRaw(`UPDATE account_person SET person_id = COALESCE((SELECT s.lead_id FROM person_same s WHERE s.person_id = account_person.chosen_id), chosen_id)
		WHERE chosen_id IN (?)`, bun.List(ids)).Exec(ctx)
	if err != nil {
		return err
	}
	var instances []int64
	if err := tx.NewRaw(`SELECT DISTINCT instance_no FROM account_person WHERE chosen_id IN (?)`, bun.List(ids)).Scan(ctx, &instances); err != nil {
		return err
	}
	return markEach(ctx, tx, instances, at, mark)
}

// markTruthOfSame notes that what counts of some rows, and of who stands for them, is to be
// decided anew. It is called before and after they change.
func markTruthOfSame(ctx context.Context, tx bun.Tx, rows []int64) error {
	_, err := tx.NewRaw(`INSERT INTO truth_due (person_id) SELECT person_id FROM person_same WHERE person_id IN (?)
		UNION SELECT lead_id FROM person_same WHERE person_id IN (?)`, bun.List(rows), bun.List(rows)).Exec(ctx)
	return err
}

// PersonRowsOf returns the rows of rosters for which a row stands, itself first.
func PersonRowsOf(ctx context.Context, db bun.IDB, leadID int64) (out []purser.PersonRow, err error) {
	var rows []struct {
		ID           int64         `bun:"id"`
		InstanceID   string        `bun:"instance_id"`
		InstanceName string        `bun:"instance_name"`
		ExternalID   string        `bun:"external_id"`
		DisplayName  string        `bun:"display_name"`
		Email        string        `bun:"email"`
		How          string        `bun:"how"`
		Manual       bool          `bun:"manual"`
		Since        purser.Micros `bun:"since"`
		Gone         bool          `bun:"gone"`
	}
	err = db.NewRaw(`SELECT p.id, COALESCE(i.id, '') AS instance_id, COALESCE(i.name, '') AS instance_name, p.external_id, COALESCE(p.display_name, '') AS display_name,
		COALESCE(p.email, '') AS email, COALESCE(s.how, '') AS how, COALESCE(s.manual, FALSE) AS manual, COALESCE(s.since, 0) AS since, p.gone_gen <> 0 AS gone
		FROM "person" AS p LEFT JOIN instance i ON i.no = p.instance_no LEFT JOIN person_same s ON s.person_id = p.id
		WHERE p.id = ? OR p.id IN (SELECT x.person_id FROM person_same x WHERE x.lead_id = ?)
		ORDER BY CASE WHEN p.id = ? THEN 0 ELSE 1 END, p.instance_no, p.id`, leadID, leadID, leadID).Scan(ctx, &rows)
	for _, r := range rows {
		out = append(out, purser.PersonRow{ID: RowID("per_", r.ID), InstanceID: r.InstanceID, InstanceName: r.InstanceName, ExternalID: r.ExternalID,
			DisplayName: r.DisplayName, Email: r.Email, Why: r.How, Manual: r.Manual, Since: r.Since.Time(), Removed: r.Gone})
	}
	return out, err
}

// LeadOf returns which row stands for a row of a roster: itself if none other does.
func LeadOf(ctx context.Context, db bun.IDB, personID int64) (lead int64, err error) {
	var ids []int64
	if err := db.NewRaw(`SELECT lead_id FROM person_same WHERE person_id = ?`, personID).Scan(ctx, &ids); err != nil || len(ids) == 0 {
		return personID, err
	}
	return ids[0], nil
}

// MarkEverybody notes that everybody is to be matched anew, if anybody is known.
func MarkEverybody(ctx context.Context, tx bun.IDB) error {
	var no []int64
	if err := tx.NewRaw(`SELECT instance_no FROM "person" LIMIT 1`).Scan(ctx, &no); err != nil || len(no) == 0 {
		return err
	}
	return MarkDerivation(ctx, tx, no[0], 0, purser.KindPerson)
}
