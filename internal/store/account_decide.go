package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// UnlinkAccount takes an account from whoever it is linked to.
func UnlinkAccount(ctx context.Context, db bun.IDB, accountID int64) error {
	if err := markTruthOf(ctx, db, accountID); err != nil {
		return err
	}
	if err := noteNobodys(ctx, db, accountID); err != nil {
		return err
	}
	_, err := db.NewRaw(`DELETE FROM account_person WHERE account_id = ?`, accountID).Exec(ctx)
	return err
}

// LinkByRule lets rules decide again about an account that was linked by hand.
func LinkByRule(ctx context.Context, db bun.IDB, accountID int64) error {
	if err := markTruthOf(ctx, db, accountID); err != nil {
		return err
	}
	if err := noteNobodys(ctx, db, accountID); err != nil {
		return err
	}
	_, err := db.NewRaw(`DELETE FROM account_person WHERE account_id = ? AND manual = TRUE`, accountID).Exec(ctx)
	return err
}

// RefuseAccount notes that an account is not a person's; personID 0: nobody's.
func RefuseAccount(ctx context.Context, db bun.IDB, accountID, personID int64, by string, at purser.Micros) error {
	_, err := db.NewRaw(`INSERT INTO account_not (account_id, person_id, instance_no, decided_by, decided_at)
		SELECT a.id, ?, a.instance_no, ?, ? FROM "account" AS a WHERE a.id = ?
		ON CONFLICT (account_id, person_id) DO UPDATE SET decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
		personID, by, int64(at), accountID).Exec(ctx)
	return err
}

// ForgetRefusals forgets whose an account is not: personID 0 and who stands for it, or all if every is set.
func ForgetRefusals(ctx context.Context, db bun.IDB, accountID, personID int64, every bool) error {
	_, err := db.NewRaw(`DELETE FROM account_not WHERE account_id = ? AND (? = TRUE OR person_id = 0 OR person_id = ?)`, accountID, every, personID).Exec(ctx)
	return err
}

// SetAccountKind says by hand what an account is; "" lets vendor and rules say it.
func SetAccountKind(ctx context.Context, db bun.IDB, accountID int64, kind, by string, at purser.Micros) error {
	if err := markTruthOf(ctx, db, accountID); err != nil {
		return err
	}
	if kind == "" {
		_, err := db.NewRaw(`DELETE FROM account_kind WHERE account_id = ?`, accountID).Exec(ctx)
		return err
	}
	_, err := db.NewRaw(`INSERT INTO account_kind (account_id, instance_no, kind, how, manual, since)
		SELECT a.id, a.instance_no, ?, ?, TRUE, ? FROM "account" AS a WHERE a.id = ?
		ON CONFLICT (account_id) DO UPDATE SET kind = excluded.kind, how = excluded.how, manual = TRUE, since = excluded.since`,
		kind, "said by "+by, int64(at), accountID).Exec(ctx)
	return err
}

// Refusal is a decision whose an account is not.
type Refusal struct {
	PersonID   int64         `bun:"person_id"`
	PersonName string        `bun:"person_name"`
	By         string        `bun:"decided_by"`
	At         purser.Micros `bun:"decided_at"`
}

// Refusals returns whose an account is not, as people decided.
func Refusals(ctx context.Context, db bun.IDB, accountID int64) (all []Refusal, err error) {
	err = db.NewRaw(`SELECT n.person_id, COALESCE(p.true_display_name, p.display_name, p.true_email, p.email, p.external_id, '') AS person_name, n.decided_by, n.decided_at
		FROM account_not n LEFT JOIN "person" AS p ON p.id = n.person_id WHERE n.account_id = ? ORDER BY n.decided_at, n.person_id`, accountID).Scan(ctx, &all)
	return all, err
}

// AccountInstance returns whose account it is: the number of its instance.
func AccountInstance(ctx context.Context, db bun.IDB, accountID int64) (no int64, ok bool, err error) {
	err = db.NewRaw(`SELECT instance_no FROM "account" WHERE id = ?`, accountID).Scan(ctx, &no)
	return rowFound(no, err)
}
