package store

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// KindTruth marks that what counts of everybody is to be decided anew; no stream
// emits it.
const KindTruth purser.Kind = "truth"

// KindLink marks that accounts of an instance were given to people, or taken from
// them; no stream emits it.
const KindLink purser.Kind = "link"

// KindDecided marks that this happened to a few accounts, after somebody decided about
// them: which are nobody's is noted with them, and only sums are left to be worked out.
const KindDecided purser.Kind = "decided"

// KindStanding marks that of people who have accounts of an instance it is said that they
// left, or are away, or no longer; no stream emits it.
const KindStanding purser.Kind = "standing"

// MarkTruth notes that what counts of everybody is to be decided anew.
func MarkTruth(ctx context.Context, tx bun.IDB) error {
	var no []int64
	if err := tx.NewRaw(`SELECT instance_no FROM "person" LIMIT 1`).Scan(ctx, &no); err != nil || len(no) == 0 {
		return err
	}
	return MarkDerivation(ctx, tx, no[0], 0, KindTruth)
}

// markTruthOf notes that what counts of the people of some accounts is to be
// decided anew. It is called before and after they change.
func markTruthOf(ctx context.Context, tx bun.IDB, accounts ...int64) error {
	if len(accounts) == 0 {
		return nil
	}
	_, err := tx.NewRaw(`INSERT INTO truth_due (person_id) SELECT person_id FROM account_person WHERE account_id IN (?)`, bun.List(accounts)).Exec(ctx)
	return err
}

// DueTruth is a person of whom it is to be decided anew what counts.
type DueTruth struct {
	No       int64 `bun:"no"`
	PersonID int64 `bun:"person_id"`
}

// DueTruths returns of whom something changed that rows themselves do not tell.
func DueTruths(ctx context.Context, db bun.IDB) (rows []DueTruth, err error) {
	err = db.NewRaw(`SELECT no, person_id FROM truth_due ORDER BY no`).Scan(ctx, &rows)
	return rows, err
}

// TruthsDone forgets of whom it was decided. What was noted meanwhile stays.
func (db *DB) TruthsDone(ctx context.Context, rows []DueTruth) error {
	for part := range slices.Chunk(rows, derivationSlice) {
		nos := make([]int64, len(part))
		for i, r := range part {
			nos[i] = r.No
		}
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`DELETE FROM truth_due WHERE no IN (?)`, bun.List(nos)).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// WrittenPeople returns the rows of a roster that were written, and who stands for them.
func WrittenPeople(ctx context.Context, db bun.IDB, d DueDerivation) (people []int64, err error) {
	err = db.NewRaw(`SELECT p.id FROM "person" AS p WHERE p.instance_no = ? AND p.changed_at >= ?
		UNION SELECT s.lead_id FROM "person" AS p JOIN person_same s ON s.person_id = p.id WHERE p.instance_no = ? AND p.changed_at >= ?`,
		d.InstanceNo, int64(d.Since), d.InstanceNo, int64(d.Since)).Scan(ctx, &people)
	return people, err
}

// PeopleOfWritten returns the people of whose accounts something was written.
func PeopleOfWritten(ctx context.Context, db bun.IDB, d DueDerivation) (people []int64, err error) {
	err = db.NewRaw(`SELECT DISTINCT ap.person_id FROM "account" AS a JOIN account_person ap ON ap.account_id = a.id
		WHERE a.instance_no = ? AND a.changed_at >= ? ORDER BY ap.person_id`, d.InstanceNo, int64(d.Since)).Scan(ctx, &people)
	return people, err
}

// NamingManagers returns of whom sources may now mean another manager, as
// something is known of some people that was not: theirs, those of their namesakes,
// and everybody whose manager nobody could tell.
func NamingManagers(ctx context.Context, db bun.IDB, people []int64) (out []int64, err error) {
	if len(people) == 0 {
		return nil, nil
	}
	for part := range slices.Chunk(people, derivationSlice) {
		var named []int64
		err := db.NewRaw(`SELECT p.id FROM "person" AS p WHERE p.manager_no <> 0 AND p.manager_no IN (SELECT x.id FROM "person" AS x WHERE x.id IN (?)
			UNION SELECT COALESCE(s.lead_id, k.person_id) FROM person_key k LEFT JOIN person_same s ON s.person_id = k.person_id
			WHERE k.key IN (SELECT own.key FROM person_key own WHERE own.person_id IN (?) AND substr(own.key, 1, 2) <> 'l:'))`, bun.List(part), bun.List(part)).Scan(ctx, &named)
		if err != nil {
			return nil, err
		}
		out = append(out, named...)
	}
	var open []int64
	err = db.NewRaw(`SELECT p.id FROM "person" AS p WHERE (p.manager_no = 0 AND COALESCE(p.true_manager, p.manager, '') <> '') OR p.disputed LIKE '%,manager,%'`).Scan(ctx, &open)
	return append(out, open...), err
}

// Spoken is a row of a roster with all that is looked at of most: where the words
// of others are its own, only whom it means by the manager is to be found out.
type Spoken struct {
	ID         int64  `bun:"id"`
	InstanceNo int64  `bun:"instance_no"`
	Manager    string `bun:"manager"`
	ManagerNo  int64  `bun:"manager_no"`
	Plain      bool   `bun:"plain"` // nobody says anything else, and nothing else is kept
}

// SpokenOf returns some rows of rosters, or, if people is nil, up to limit rows
// after a number.
func SpokenOf(ctx context.Context, db bun.IDB, people []int64, after int64, limit int) (rows []Spoken, err error) {
	odd := []string{"p.disputed <> ''"} // what makes a row other than plain
	var other []string                  // words of an account a that are not those of p
	for _, f := range purser.TruthFields() {
		odd = append(odd, "p.true_"+f+" IS NOT NULL")
		w := purser.AccountWord(f)
		if w == "" {
			continue
		}
		said := "COALESCE(a." + column(w) + ", '') NOT IN ('', COALESCE(p." + column(f) + ", ''))"
		if f == "manager" { // two sources may mean two people by one word
			said += " OR (a.manager <> '' AND a.instance_no <> p.instance_no)"
		}
		other = append(other, said)
	}
	odd = append(odd, "(p.employment = 'ended' OR COALESCE(p.ended_on, '') <> '') AND NOT "+hrSource, "i.no IS NULL", "EXISTS (SELECT 1 FROM person_same s WHERE s.person_id = p.id OR s.lead_id = p.id)",
		`EXISTS (SELECT 1 FROM account_person ap JOIN "account" AS a ON a.id = ap.account_id WHERE ap.person_id = p.id AND ap.sure = 'certain' AND a.gone_gen = 0 AND (`+strings.Join(other, " OR ")+`))`)
	query := `SELECT p.id, p.instance_no, COALESCE(p.manager, '') AS manager, p.manager_no, CASE WHEN ` + strings.Join(odd, " OR ") + ` THEN FALSE ELSE TRUE END AS plain
		FROM "person" AS p LEFT JOIN instance i ON i.no = p.instance_no `
	if people != nil {
		err = db.NewRaw(query+`WHERE p.id IN (?) ORDER BY p.id`, bun.List(people)).Scan(ctx, &rows)
	} else {
		err = db.NewRaw(query+`WHERE p.id > ? ORDER BY p.id LIMIT ?`, after, limit).Scan(ctx, &rows)
	}
	return rows, err
}

// PutManagers keeps whom some people's own rows mean by their manager.
func (db *DB) PutManagers(ctx context.Context, rows []Spoken) error {
	for part := range slices.Chunk(rows, derivationSlice) {
		values := make([]any, 0, 2*len(part))
		for _, r := range part {
			values = append(values, r.ID, r.ManagerNo)
		}
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`UPDATE "person" AS p SET manager_no = v.column2 FROM (VALUES `+tuples("(?, ?)", len(part))+`) AS v WHERE p.id = v.column1`, values...).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
