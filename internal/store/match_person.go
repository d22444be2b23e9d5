package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// RosterRow is what a person is found by.
type RosterRow struct {
	ID             int64         `bun:"id"`
	Email          string        `bun:"email"`
	EmployeeNumber string        `bun:"employee_number"`
	DisplayName    string        `bun:"display_name"`
	Former         []FormerEmail `bun:"-"`
}

// FormerEmail is an address that the roster named earlier.
type FormerEmail struct {
	Address string
	Until   purser.Micros
}

// RosterAfter returns up to limit people after a number, gone ones too, with
// their earlier addresses.
func RosterAfter(ctx context.Context, db bun.IDB, after int64, limit int) (rows []RosterRow, err error) {
	err = db.NewRaw(rosterRow+` WHERE p.id > ? ORDER BY p.id LIMIT ?`, after, limit).Scan(ctx, &rows)
	if err != nil {
		return rows, err
	}
	return rows, addFormer(ctx, db, rows)
}

// RosterOf returns people, gone ones too, with their earlier addresses.
func RosterOf(ctx context.Context, db bun.IDB, people []int64) (rows []RosterRow, err error) {
	if err = db.NewRaw(rosterRow+` WHERE p.id IN (?)`, bun.List(people)).Scan(ctx, &rows); err != nil {
		return rows, err
	}
	return rows, addFormer(ctx, db, rows)
}

const rosterRow = `SELECT p.id, COALESCE(p.email, '') AS email, COALESCE(p.employee_number, '') AS employee_number, COALESCE(p.display_name, '') AS display_name FROM "person" AS p`

func addFormer(ctx context.Context, db bun.IDB, rows []RosterRow) error {
	if len(rows) == 0 {
		return nil
	}
	ids, at := make([]int64, len(rows)), make(map[int64]int, len(rows))
	for i, r := range rows {
		ids[i], at[r.ID] = r.ID, i
	}
	var former []struct {
		RowID  int64         `bun:"row_id"`
		At     purser.Micros `bun:"at"`
		Before string        `bun:"before"`
	}
	err := db.NewRaw(`SELECT c.row_id, c.at, c.before FROM change c WHERE c.kind = 'person' AND c.row_id IN (?) AND c.field = 'email'
		AND c.before <> '' ORDER BY c.row_id, c.no`, bun.List(ids)).Scan(ctx, &former)
	for _, f := range former {
		i := at[f.RowID]
		rows[i].Former = append(rows[i].Former, FormerEmail{Address: f.Before, Until: f.At})
	}
	return err
}

// PersonKey is something that a person is found by.
type PersonKey struct {
	Key      string        `bun:"key"`
	PersonID int64         `bun:"person_id"`
	Until    purser.Micros `bun:"until"` // of an earlier address; 0 for what holds
}

// PutPersonKeys makes the keys of people those that are wanted, and says whether
// anything was written.
func (db *DB) PutPersonKeys(ctx context.Context, people []int64, want []PersonKey) (bool, error) {
	var have []PersonKey
	if err := db.reader.NewRaw(`SELECT key, person_id, until FROM person_key WHERE person_id IN (?)`, bun.List(people)).Scan(ctx, &have); err != nil {
		return false, err
	}
	type id struct {
		key    string
		person int64
	}
	present := make(map[id]purser.Micros, len(have))
	for _, k := range have {
		present[id{k.Key, k.PersonID}] = k.Until
	}
	var values []any
	for _, k := range want {
		until, ok := present[id{k.Key, k.PersonID}]
		delete(present, id{k.Key, k.PersonID})
		if !ok || until != k.Until {
			values = append(values, k.Key, k.PersonID, int64(k.Until))
		}
	}
	if len(values) == 0 && len(present) == 0 {
		return false, nil
	}
	return true, db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for k := range present {
			if _, err := tx.NewRaw(`DELETE FROM person_key WHERE key = ? AND person_id = ?`, k.key, k.person).Exec(ctx); err != nil {
				return err
			}
		}
		for part := range slices.Chunk(values, 3*derivationSlice) {
			_, err := tx.NewRaw(`INSERT INTO person_key (key, person_id, until) VALUES `+tuples("(?, ?, ?)", len(part)/3)+
				` ON CONFLICT (key, person_id) DO UPDATE SET until = excluded.until`, part...).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Candidate is a person who has a key.
type Candidate struct {
	Key         string        `bun:"key"`
	Until       purser.Micros `bun:"until"`
	ID          int64         `bun:"id"`
	LeadID      int64         `bun:"lead_id"` // who stands for the person
	InstanceNo  int64         `bun:"instance_no"`
	Email       string        `bun:"email"`
	DisplayName string        `bun:"display_name"`
	Department  string        `bun:"department"`
	Employment  string        `bun:"employment"` // as the roster says it, whether it may end one or not
	StartedOn   string        `bun:"started_on"`
	EndedOn     string        `bun:"ended_on"`
	RemovedAt   purser.Micros `bun:"removed_at"`
	Gone        bool          `bun:"gone"`
}

// Candidates returns who has one of the keys, by key.
func Candidates(ctx context.Context, db bun.IDB, keys []string) (map[string][]Candidate, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	var rows []Candidate
	err := db.NewRaw(`SELECT k.key, k.until, p.id, COALESCE(s.lead_id, p.id) AS lead_id, p.instance_no, COALESCE(p.email, '') AS email,
		COALESCE(p.display_name, '') AS display_name, COALESCE(p.department, '') AS department, COALESCE(p.employment, 'unknown') AS employment,
		COALESCE(p.started_on, '') AS started_on, COALESCE(p.ended_on, '') AS ended_on, p.removed_at, p.gone_gen <> 0 AS gone
		FROM person_key k JOIN "person" AS p ON p.id = k.person_id
		LEFT JOIN person_same s ON s.person_id = p.id WHERE k.key IN (?)`, bun.List(keys)).Scan(ctx, &rows)
	out := make(map[string][]Candidate, len(rows))
	for _, r := range rows {
		out[r.Key] = append(out[r.Key], r)
	}
	return out, err
}

// Privileged returns which of the people hold an administrator's account by a
// link that is certain.
func Privileged(ctx context.Context, db bun.IDB, people []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	if len(people) == 0 {
		return out, nil
	}
	var ids []int64
	err := db.NewRaw(`SELECT DISTINCT l.person_id FROM account_person l JOIN "account" AS a ON a.id = l.account_id
		WHERE l.person_id IN (?) AND l.sure = 'certain' AND a.admin = 1 AND a.gone_gen = 0`, bun.List(people)).Scan(ctx, &ids)
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// Leads returns people for proposals.
func Leads(ctx context.Context, db bun.IDB, people []int64) (map[int64]purser.Suggestion, error) {
	out := map[int64]purser.Suggestion{}
	if len(people) == 0 {
		return out, nil
	}
	var rows []struct {
		ID         int64  `bun:"id"`
		Name       string `bun:"name"`
		Email      string `bun:"email"`
		Department string `bun:"department"`
		Employment string `bun:"employment"`
	}
	err := db.NewRaw(`SELECT p.id, `+personName+` AS name, COALESCE(p.true_email, p.email, '') AS email, COALESCE(p.true_department, p.department, '') AS department, `+employment+` AS employment
		FROM "person" AS p LEFT JOIN instance i ON i.no = p.instance_no WHERE p.id IN (?)`, bun.List(people)).Scan(ctx, &rows)
	for _, r := range rows {
		out[r.ID] = purser.Suggestion{PersonID: RowID("per_", r.ID), PersonName: r.Name, Email: r.Email, Department: r.Department, Employment: r.Employment}
	}
	return out, err
}
