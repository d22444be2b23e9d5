package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// EndpointRow is a row of notice_endpoint: a webhook or a chat.
type EndpointRow struct {
	ID        string        `bun:"id"`
	Way       string        `bun:"way"`
	Format    string        `bun:"format"`
	Name      string        `bun:"name"`
	Host      string        `bun:"host"`
	Sealed    string        `bun:"sealed"` // JSON object of field to base64 of its ciphertext
	Kinds     string        `bun:"kinds"`  // JSON array, [] for every kind
	CreatedAt purser.Micros `bun:"created_at"`
	CreatedBy string        `bun:"created_by"`
}

const endpointColumns = `id, way, format, name, host, sealed, kinds, created_at, created_by`

// KindList returns the kinds of events that it is told, none for every one.
func (r EndpointRow) KindList() (kinds []purser.EventKind, err error) {
	if err := json.Unmarshal([]byte(r.Kinds), &kinds); err != nil {
		return nil, fmt.Errorf("read the kinds of events of %s: %w", r.ID, err)
	}
	return kinds, nil
}

// Endpoints returns all webhooks and chats by name.
func Endpoints(ctx context.Context, db bun.IDB) (rows []EndpointRow, err error) {
	err = db.NewRaw("SELECT "+endpointColumns+" FROM notice_endpoint ORDER BY name_key").Scan(ctx, &rows)
	return rows, err
}

// EndpointByID returns one by its id or name; ok is false if there is none.
func EndpointByID(ctx context.Context, db bun.IDB, idOrName string) (r EndpointRow, ok bool, err error) {
	err = db.NewRaw("SELECT "+endpointColumns+" FROM notice_endpoint WHERE id = ? OR name_key = ?", idOrName, nameKey(idOrName)).Scan(ctx, &r)
	return found(r, err)
}

// InsertEndpoint adds a webhook or chat; ok is false if the name is taken.
func InsertEndpoint(ctx context.Context, tx bun.IDB, r EndpointRow) (ok bool, err error) {
	res, err := tx.NewRaw(`INSERT INTO notice_endpoint (id, way, format, name, name_key, host, sealed, kinds, created_at, created_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name_key) DO NOTHING`, r.ID, r.Way, r.Format, r.Name, nameKey(r.Name), r.Host, r.Sealed,
		r.Kinds, int64(r.CreatedAt), r.CreatedBy).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// DeleteEndpoint removes a webhook or chat and what waits for it; what was sent stays in the log.
func DeleteEndpoint(ctx context.Context, tx bun.IDB, id string, at purser.Micros) error {
	_, err := tx.NewRaw(`UPDATE notice_delivery SET state = 'dropped', done_at = ?, error = 'the endpoint was removed', hint = ''
		WHERE target = ? AND way <> 'mail' AND state NOT IN ('sent', 'dropped')`, int64(at), id).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`DELETE FROM notice_endpoint WHERE id = ?`, id).Exec(ctx)
	return err
}
