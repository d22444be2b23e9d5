package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// Setting returns a value kept by name; ok is false if there is none.
func Setting(ctx context.Context, db bun.IDB, name string) (value string, ok bool, err error) {
	err = db.NewRaw(`SELECT value FROM setting WHERE name = ?`, name).Scan(ctx, &value)
	return rowFound(value, err)
}

// PutSetting keeps a value by name.
func PutSetting(ctx context.Context, db bun.IDB, name, value string, at purser.Micros) error {
	_, err := db.NewRaw(`INSERT INTO setting (name, value, updated_at) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, name, value, int64(at)).Exec(ctx)
	return err
}

// DropSetting forgets a value.
func DropSetting(ctx context.Context, db bun.IDB, name string) error {
	_, err := db.NewRaw(`DELETE FROM setting WHERE name = ?`, name).Exec(ctx)
	return err
}
