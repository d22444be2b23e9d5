package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// textSlice is of how many people one transaction looks at all accounts.
const textSlice = 50

// ForgetTexts removes what stands in no account of a person any more, and is still kept
// as theirs for searches. Triggers note of whom that may be so, and add what is new.
func (db *DB) ForgetTexts(ctx context.Context) error {
	for {
		var people []int64
		if err := db.reader.NewRaw(`SELECT person_id FROM person_text_stale ORDER BY person_id LIMIT ?`, textSlice).Scan(ctx, &people); err != nil {
			return fmt.Errorf("look for people whose accounts changed: %w", err)
		}
		if len(people) == 0 {
			return nil
		}
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`DELETE FROM person_text WHERE person_id IN (?) AND NOT EXISTS (SELECT 1 FROM account_person ap CROSS JOIN "account" AS a
				WHERE ap.person_id = person_text.person_id AND a.id = ap.account_id AND person_text.text IN (a.email, a.display_name, a.user_name))`, bun.List(people)).Exec(ctx)
			if err != nil {
				return err
			}
			_, err = tx.NewRaw(`DELETE FROM person_text_stale WHERE person_id IN (?)`, bun.List(people)).Exec(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("forget what stands in no account of people any more: %w", err)
		}
	}
}
