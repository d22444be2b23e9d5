package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// MatchAccount is what an account is matched by, with what is known of its link.
type MatchAccount struct {
	ID          int64         `bun:"id"`
	InstanceNo  int64         `bun:"instance_no"`
	ExternalID  string        `bun:"external_id"`
	Email       string        `bun:"email"`
	UserName    string        `bun:"user_name"`
	DisplayName string        `bun:"display_name"`
	EmployeeID  string        `bun:"employee_id"`
	Aliases     string        `bun:"aliases"`
	Kind        string        `bun:"kind"` // as the vendor says it
	CreatedAt   purser.Micros `bun:"created_at"`
	Admin       bool          `bun:"admin"`
	Linked      int64         `bun:"linked"` // to whom, 0 for nobody
	Rule        string        `bun:"rule"`
	Sure        string        `bun:"sure"`
	How         string        `bun:"how"`
	Manual      bool          `bun:"manual"`
	Said        string        `bun:"said"` // kind by hand or by rule, "" if there is none
	SaidHow     string        `bun:"said_how"`
	SaidManual  bool          `bun:"said_manual"`
}

// AliasList takes the aliases apart.
func (a MatchAccount) AliasList() []string { return textList(a.Aliases) }

const matchColumns = `a.id, a.instance_no, a.external_id, COALESCE(a.email, '') AS email, COALESCE(a.user_name, '') AS user_name,
	COALESCE(a.display_name, '') AS display_name, COALESCE(a.employee_id, '') AS employee_id, COALESCE(a.aliases, '') AS aliases,
	COALESCE(a.kind, 'unknown') AS kind, COALESCE(a.created_at, 0) AS created_at, COALESCE(a.admin, 0) = 1 AS admin,
	COALESCE(l.person_id, 0) AS linked, COALESCE(l.rule, '') AS rule, COALESCE(l.sure, '') AS sure, COALESCE(l.how, '') AS how,
	COALESCE(l.manual, FALSE) AS manual, COALESCE(k.kind, '') AS said, COALESCE(k.how, '') AS said_how, COALESCE(k.manual, FALSE) AS said_manual
	FROM "account" AS a LEFT JOIN account_person l ON l.account_id = a.id LEFT JOIN account_kind k ON k.account_id = a.id`

// AccountPlace is how far a walk over accounts is.
type AccountPlace struct {
	id       int64
	external string
}

// After returns the place behind an account.
func (a MatchAccount) After() AccountPlace { return AccountPlace{id: a.ID, external: a.ExternalID} }

// AccountsToMatch returns up to limit live accounts of the scope after a place.
// Without open ones alone it returns every one; with it only those that are not
// linked for certain or by hand. The walk follows the table, or an instance's own
// index, so that all of it together reads each row once.
func AccountsToMatch(ctx context.Context, db bun.IDB, s MatchScope, open bool, after AccountPlace, limit int) (rows []MatchAccount, err error) {
	where := ` WHERE a.gone_gen = 0`
	if open {
		where += ` AND (l.account_id IS NULL OR (l.manual = FALSE AND l.sure <> 'certain'))`
	}
	switch {
	case s.Accounts != nil && len(s.Accounts) == 0: // none
	case s.Accounts != nil:
		where += ` AND a.id IN (?) AND a.id > ? ORDER BY a.id LIMIT ?`
		err = db.NewRaw(`SELECT `+matchColumns+where, bun.List(s.Accounts), after.id, limit).Scan(ctx, &rows)
	case s.InstanceNo != 0:
		where += ` AND a.instance_no = ? AND a.external_id > ? AND a.changed_at >= ? ORDER BY a.external_id LIMIT ?`
		err = db.NewRaw(`SELECT `+matchColumns+where, s.InstanceNo, after.external, int64(s.Since), limit).Scan(ctx, &rows)
	default:
		where += ` AND a.id > ? AND a.changed_at >= ? ORDER BY a.id LIMIT ?`
		err = db.NewRaw(`SELECT `+matchColumns+where, after.id, int64(s.Since), limit).Scan(ctx, &rows)
	}
	return rows, err
}

// AccountsNot returns whose the accounts are not, as somebody decided: the people
// who stand for them; 0 for nobody's.
func AccountsNot(ctx context.Context, db bun.IDB, accounts []int64) (map[int64][]int64, error) {
	var rows []struct {
		AccountID int64 `bun:"account_id"`
		PersonID  int64 `bun:"person_id"`
	}
	err := db.NewRaw(`SELECT n.account_id, COALESCE(s.lead_id, n.person_id) AS person_id FROM account_not n
		LEFT JOIN person_same s ON s.person_id = n.person_id WHERE n.account_id IN (?)`, bun.List(accounts)).Scan(ctx, &rows)
	out := map[int64][]int64{}
	for _, r := range rows {
		out[r.AccountID] = append(out[r.AccountID], r.PersonID)
	}
	return out, err
}

// AnyAccountNot reports whether anybody ever decided whose an account is not.
func AnyAccountNot(ctx context.Context, db bun.IDB) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 AS one FROM account_not LIMIT 1) AS decided`).Scan(ctx, &n)
	return n > 0, err
}

// MatchLink says whose an account is, by which rule, and what it is; nobody's if
// PersonID is 0, what the vendor says if Kind is "".
type MatchLink struct {
	AccountID, InstanceNo, PersonID int64
	Rule, How                       string
	Sure                            purser.Sureness
}

// MatchKind says what an account is, and why; as the vendor says if Kind is "".
type MatchKind struct {
	AccountID, InstanceNo int64
	Kind, How             string
}

// PutMatches writes links and kinds in one transaction. Those by hand stay, also
// ones that were made meanwhile. Whose instances' links changed is noted with mark.
func (db *DB) PutMatches(ctx context.Context, links []MatchLink, kinds []MatchKind, at purser.Micros, mark purser.Kind) error {
	if len(links)+len(kinds) == 0 {
		return nil
	}
	return db.writeYielding(ctx, func(ctx context.Context, tx bun.Tx) error {
		var loose, linked, both []int64
		var values []any
		instances := map[int64]bool{}
		for _, k := range kinds {
			both = append(both, k.AccountID)
		}
		for _, l := range links {
			linked, instances[l.InstanceNo] = append(linked, l.AccountID), true
			if l.PersonID == 0 {
				loose = append(loose, l.AccountID)
			} else {
				values = append(values, l.AccountID, l.InstanceNo, l.PersonID, l.How, l.Rule, string(l.Sure), int64(at))
			}
		}
		if err := markTruthOf(ctx, tx, append(both, linked...)...); err != nil {
			return err
		}
		if len(loose) > 0 {
			if err := noteNobodys(ctx, tx, loose...); err != nil {
				return err
			}
			if _, err := tx.NewRaw(`DELETE FROM account_person WHERE manual = FALSE AND account_id IN (?)`, bun.List(loose)).Exec(ctx); err != nil {
				return err
			}
		}
		if len(values) > 0 {
			_, err := tx.NewRaw(`INSERT INTO account_person (account_id, instance_no, person_id, how, rule, sure, manual, linked_at) VALUES `+
				tuples("(?, ?, ?, ?, ?, ?, FALSE, ?)", len(values)/7)+` ON CONFLICT (account_id) DO UPDATE SET
				linked_at = CASE WHEN account_person.person_id = excluded.person_id THEN account_person.linked_at ELSE excluded.linked_at END,
				person_id = excluded.person_id, how = excluded.how, rule = excluded.rule, sure = excluded.sure WHERE account_person.manual = FALSE`, values...).Exec(ctx)
			if err != nil {
				return err
			}
		}
		if err := markTruthOf(ctx, tx, linked...); err != nil {
			return err
		}
		for no := range instances {
			if err := MarkDerivation(ctx, tx, no, at, mark); err != nil {
				return err
			}
		}
		return putKinds(ctx, tx, kinds, at)
	})
}

func putKinds(ctx context.Context, tx bun.Tx, kinds []MatchKind, at purser.Micros) error {
	var loose []int64
	var values []any
	for _, k := range kinds {
		if k.Kind == "" {
			loose = append(loose, k.AccountID)
		} else {
			values = append(values, k.AccountID, k.InstanceNo, k.Kind, k.How, int64(at))
		}
	}
	if len(loose) > 0 {
		if _, err := tx.NewRaw(`DELETE FROM account_kind WHERE manual = FALSE AND account_id IN (?)`, bun.List(loose)).Exec(ctx); err != nil {
			return err
		}
	}
	if len(values) == 0 {
		return nil
	}
	_, err := tx.NewRaw(`INSERT INTO account_kind (account_id, instance_no, kind, how, manual, since) VALUES `+
		tuples("(?, ?, ?, ?, FALSE, ?)", len(values)/5)+` ON CONFLICT (account_id) DO UPDATE SET kind = excluded.kind, how = excluded.how,
		since = excluded.since WHERE account_kind.manual = FALSE`, values...).Exec(ctx)
	return err
}
