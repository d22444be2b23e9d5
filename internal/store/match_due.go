package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// MarkMatch notes that somebody decides about an account: it is to be matched anew,
// with what rests on whose it is. It is called before and after the account changes.
func MarkMatch(ctx context.Context, tx bun.IDB, account int64, at purser.Micros) error {
	_, err := tx.NewRaw(`INSERT INTO match_due (person_id, account_id) SELECT COALESCE(l.person_id, 0), a.id FROM "account" AS a
		LEFT JOIN account_person l ON l.account_id = a.id WHERE a.id = ?`, account).Exec(ctx)
	if err != nil {
		return err
	}
	instanceNo, ok, err := AccountInstance(ctx, tx, account)
	if err != nil || !ok {
		return err
	}
	return MarkDerivation(ctx, tx, instanceNo, at, KindDecided)
}

// MarkPeople notes that somebody decided whether some people are the same human.
func MarkPeople(ctx context.Context, tx bun.IDB, at purser.Micros, people ...int64) error {
	if _, err := tx.NewRaw(`INSERT INTO match_due (person_id) SELECT id FROM "person" WHERE id IN (?)`, bun.List(people)).Exec(ctx); err != nil {
		return err
	}
	var instances []int64
	if err := tx.NewRaw(`SELECT DISTINCT instance_no FROM "person" WHERE id IN (?) ORDER BY 1`, bun.List(people)).Scan(ctx, &instances); err != nil {
		return err
	}
	return markEach(ctx, tx, instances, at, KindDecided)
}

// NoteMatches notes people and accounts to be matched anew.
func (db *DB) NoteMatches(ctx context.Context, people, accounts []int64) error {
	return db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return noteMatches(ctx, tx, people, accounts) })
}

func noteMatches(ctx context.Context, tx bun.Tx, people, accounts []int64) error {
	for _, of := range []struct {
		column string
		ids    []int64
	}{{"person_id", people}, {"account_id", accounts}} {
		for part := range slices.Chunk(of.ids, derivationSlice) {
			values := make([]any, len(part))
			for i, id := range part {
				values[i] = id
			}
			if _, err := tx.NewRaw(`INSERT INTO match_due (`+of.column+`) VALUES `+tuples("(?)", len(part)), values...).Exec(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// DueMatches are the people and accounts about whom somebody decided, and up to
// which mark.
type DueMatches struct {
	People, Accounts []int64
	upTo             int64
}

// Any reports whether there are some.
func (m DueMatches) Any() bool { return m.upTo > 0 }

// Decided returns about whom and what somebody decided since that was matched last.
func Decided(ctx context.Context, db bun.IDB) (out DueMatches, err error) {
	var rows []struct {
		No        int64 `bun:"no"`
		PersonID  int64 `bun:"person_id"`
		AccountID int64 `bun:"account_id"`
	}
	err = db.NewRaw(`SELECT no, person_id, account_id FROM match_due ORDER BY no`).Scan(ctx, &rows)
	for _, r := range rows {
		out.upTo = r.No
		if r.PersonID != 0 {
			out.People = append(out.People, r.PersonID)
		}
		if r.AccountID != 0 {
			out.Accounts = append(out.Accounts, r.AccountID)
		}
	}
	for _, ids := range []*[]int64{&out.People, &out.Accounts} {
		slices.Sort(*ids)
		*ids = slices.Compact(*ids)
	}
	return out, err
}

// MatchesDone forgets what was matched. What was noted meanwhile stays.
func (db *DB) MatchesDone(ctx context.Context, m DueMatches) error {
	if !m.Any() {
		return nil
	}
	return db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`DELETE FROM match_due WHERE no <= ?`, m.upTo).Exec(ctx)
		return err
	})
}

// Kin returns people, and everybody who may be the same human as one of them: who
// shares a key, was judged together with one, or is taken for the same now; nil if
// these are more than most.
func Kin(ctx context.Context, db bun.IDB, people []int64, most int) ([]int64, error) {
	known := slices.Clone(people)
	for fresh := people; len(fresh) > 0; {
		var found []int64
		list := bun.List(fresh)
		err := db.NewRaw(`SELECT o.person_id FROM person_key k JOIN person_key o ON o.key = k.key AND o.until = 0
				WHERE k.person_id IN (?) AND k.until = 0 AND substr(k.key, 1, 2) IN ('a:', 'n:')
			UNION SELECT other_id FROM person_verdict WHERE person_id IN (?) UNION SELECT person_id FROM person_verdict WHERE other_id IN (?)
			UNION SELECT lead_id FROM person_same WHERE person_id IN (?) UNION SELECT person_id FROM person_same WHERE lead_id IN (?)`, list, list, list, list, list).Scan(ctx, &found)
		if err != nil {
			return nil, err
		}
		fresh = slices.DeleteFunc(found, func(id int64) bool { return slices.Contains(known, id) })
		if known = append(known, fresh...); len(known) > most {
			return nil, nil
		}
	}
	slices.Sort(known)
	return known, nil
}

// KeysOf returns what people are found by.
func KeysOf(ctx context.Context, db bun.IDB, people []int64) (keys []string, err error) {
	err = db.NewRaw(`SELECT DISTINCT key FROM person_key WHERE person_id IN (?) AND substr(key, 1, 2) <> 'l:'`, bun.List(people)).Scan(ctx, &keys)
	return keys, err
}

// LeadsOfKeys returns who stands for those that have one of the keys.
func LeadsOfKeys(ctx context.Context, db bun.IDB, keys []string) (leads []int64, err error) {
	err = db.NewRaw(`SELECT DISTINCT COALESCE(s.lead_id, k.person_id) FROM person_key k LEFT JOIN person_same s ON s.person_id = k.person_id WHERE k.key IN (?)`, bun.List(keys)).Scan(ctx, &leads)
	return leads, err
}

// RowsOfLeads returns some people, and the rows for which they stand.
func RowsOfLeads(ctx context.Context, db bun.IDB, leads []int64) (rows []int64, err error) {
	err = db.NewRaw(`SELECT id FROM "person" WHERE id IN (?) UNION SELECT person_id FROM person_same WHERE lead_id IN (?)`, bun.List(leads), bun.List(leads)).Scan(ctx, &rows)
	return rows, err
}

// AccountsOf returns the accounts that are linked to people.
func AccountsOf(ctx context.Context, db bun.IDB, people []int64) (accounts []int64, err error) {
	err = db.NewRaw(`SELECT account_id FROM account_person WHERE person_id IN (?)`, bun.List(people)).Scan(ctx, &accounts)
	return accounts, err
}

// GuessedOf returns the accounts that are some people's in all likelihood, and no more.
func GuessedOf(ctx context.Context, db bun.IDB, people []int64) (accounts []int64, err error) {
	for part := range slices.Chunk(people, derivationSlice) {
		var some []int64
		if err = db.NewRaw(`SELECT account_id FROM account_person WHERE person_id IN (?) AND sure = 'likely'`, bun.List(part)).Scan(ctx, &some); err != nil {
			return nil, err
		}
		accounts = append(accounts, some...)
	}
	return accounts, nil
}

// openAccounts are the accounts that are not linked for certain or by hand: those that are
// noted as nobody's, those that are linked in all likelihood, and those of instances of
// which nobody noted anything yet. An account that is linked by an alias is open as well:
// it is that of whoever comes and has its address.
const openAccounts = `SELECT account_id FROM account_nobody UNION SELECT account_id FROM account_person WHERE sure = 'likely' UNION SELECT account_id FROM account_person WHERE rule = 'alias'
	UNION SELECT a.id FROM "account" AS a LEFT JOIN account_person l ON l.account_id = a.id WHERE l.account_id IS NULL AND a.instance_no NOT IN (SELECT instance_no FROM class_decided)`

// EachOpen hands the live ones to fn, in any order.
func (db *DB) EachOpen(ctx context.Context, fn func(a MatchAccount)) error {
	rows, err := db.reader.QueryContext(ctx, `SELECT id, COALESCE(email, ''), COALESCE(user_name, ''), COALESCE(display_name, ''), COALESCE(employee_id, ''), COALESCE(aliases, '')
		FROM "account" WHERE gone_gen = 0 AND id IN (`+openAccounts+`)`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var a MatchAccount
		if err := rows.Scan(&a.ID, &a.Email, &a.UserName, &a.DisplayName, &a.EmployeeID, &a.Aliases); err != nil {
			return err
		}
		fn(a)
	}
	return rows.Err()
}

// EachNumbered hands the accounts that have an employee number to fn, with the
// number and the address as far as they are plain.
func (db *DB) EachNumbered(ctx context.Context, fn func(account int64, number, email string)) error {
	rows, err := db.reader.QueryContext(ctx, `SELECT id, lower(employee_id), COALESCE(lower(email), '') FROM "account" WHERE employee_id <> ''`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id int64
		var number, email string
		if err := rows.Scan(&id, &number, &email); err != nil {
			return err
		}
		fn(id, number, email)
	}
	return rows.Err()
}

// SomebodysAre forgets of accounts that are linked that they were noted as nobody's.
func (db *DB) SomebodysAre(ctx context.Context, accounts []int64) error {
	return db.inSlices(ctx, accounts, func(ctx context.Context, tx bun.Tx, ids []int64) error {
		_, err := tx.NewRaw(`DELETE FROM account_nobody WHERE account_id IN (SELECT account_id FROM account_person WHERE account_id IN (?))`, bun.List(ids)).Exec(ctx)
		return err
	})
}
