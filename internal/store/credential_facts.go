package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// UseCredential notes that the vendor accepted a credential.
func UseCredential(ctx context.Context, db bun.IDB, id string, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE credential SET used_at = ? WHERE id = ? AND used_at < ?`, int64(at), id, int64(at)).Exec(ctx)
	return err
}
