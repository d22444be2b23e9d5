package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// ExpiringCredential is a credential in use whose end is known.
type ExpiringCredential struct {
	ID           string        `bun:"id"`
	InstanceID   string        `bun:"instance_id"`
	InstanceName string        `bun:"instance_name"`
	Connector    string        `bun:"connector"`
	ExpiresAt    purser.Micros `bun:"expires_at"`
}

// ExpiringCredentials returns the credentials of live instances that end between
// two moments. One that was granted anew and is not confirmed yet is none of them.
func ExpiringCredentials(ctx context.Context, db bun.IDB, from, until purser.Micros) (rows []ExpiringCredential, err error) {
	err = db.NewRaw(`SELECT c.id, c.instance_id, i.name AS instance_name, i.connector, `+credentialEnd+` AS expires_at FROM credential c
		JOIN instance i ON i.id = c.instance_id WHERE `+credentialEnd+` > ? AND `+credentialEnd+` <= ? AND i.status = 'live' AND c.id NOT LIKE '%-new'
		ORDER BY 5, c.id`, int64(from), int64(until)).Scan(ctx, &rows)
	return rows, err
}

// NoticeKnown reports whether there is a notice of this key.
func NoticeKnown(ctx context.Context, db bun.IDB, key string) (bool, error) {
	var n int64
	err := db.NewRaw("SELECT count(*) FROM notice WHERE key = ?", key).Scan(ctx, &n)
	return n > 0, err
}
