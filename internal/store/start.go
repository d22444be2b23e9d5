package store

import (
	"context"

	"github.com/uptrace/bun"
)

// CountAround returns how many people use Purser or are invited to, and how many
// addresses are told of everything.
func CountAround(ctx context.Context, db bun.IDB) (users, recipients int64, err error) {
	var row struct {
		Users      int64 `bun:"users"`
		Recipients int64 `bun:"recipients"`
	}
	err = db.NewRaw(`SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM invitation WHERE email <> '' AND purpose = 'invite') AS users,
		(SELECT count(*) FROM notice_recipient WHERE instance_id IS NULL) AS recipients`).Scan(ctx, &row)
	return row.Users, row.Recipients, err
}
