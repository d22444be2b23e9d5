package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// DelegateLink is a row of delegate_link.
type DelegateLink struct {
	ID         string        `bun:"id"`
	Hash       string        `bun:"hash"`
	InstanceID string        `bun:"instance_id"`
	MadeBy     string        `bun:"made_by"`
	Note       string        `bun:"note"`
	CreatedAt  purser.Micros `bun:"created_at"`
	ExpiresAt  purser.Micros `bun:"expires_at"`
	Browser    string        `bun:"browser"`
	BoundAt    purser.Micros `bun:"bound_at"`
	Origin     string        `bun:"origin"`
	DoneAt     purser.Micros `bun:"done_at"`
	RevokedAt  purser.Micros `bun:"revoked_at"`
}

const delegateColumns = `id, hash, instance_id, made_by, note, created_at, expires_at, browser, bound_at, origin, done_at, revoked_at`

// InsertDelegateLink adds a link.
func InsertDelegateLink(ctx context.Context, db bun.IDB, l DelegateLink) error {
	_, err := db.NewRaw(`INSERT INTO delegate_link (id, hash, instance_id, made_by, note, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		l.ID, l.Hash, l.InstanceID, l.MadeBy, l.Note, int64(l.CreatedAt), int64(l.ExpiresAt)).Exec(ctx)
	return err
}

// DelegateLinkBy returns the link of a token's digest, or of a browser's; ok is
// false if there is none.
func DelegateLinkBy(ctx context.Context, db bun.IDB, hash, browser string) (l DelegateLink, ok bool, err error) {
	if browser != "" {
		err = db.NewRaw(`SELECT `+delegateColumns+` FROM delegate_link WHERE browser = ?`, browser).Scan(ctx, &l)
	} else {
		err = db.NewRaw(`SELECT `+delegateColumns+` FROM delegate_link WHERE hash = ?`, hash).Scan(ctx, &l)
	}
	return rowFound(l, err)
}

// DelegateLinks returns the links of an instance, the newest first.
func DelegateLinks(ctx context.Context, db bun.IDB, instanceID string) (all []DelegateLink, err error) {
	err = db.NewRaw(`SELECT `+delegateColumns+` FROM delegate_link WHERE instance_id = ? ORDER BY created_at DESC, id DESC LIMIT 50`, instanceID).Scan(ctx, &all)
	return all, err
}

// BindDelegateLink gives a link that is good and nobody's yet to one browser; ok
// is false if it is not: of two browsers one gets it.
func BindDelegateLink(ctx context.Context, db bun.IDB, id, browser, origin string, at purser.Micros) (ok bool, err error) {
	return changed(db.NewRaw(`UPDATE delegate_link SET browser = ?, bound_at = ?, origin = ?
		WHERE id = ? AND browser = '' AND revoked_at = 0 AND done_at = 0 AND expires_at > ?`, browser, int64(at), origin, id, int64(at)).Exec(ctx))
}

// FinishDelegateLink uses a link up; ok is false if it was not good any more.
func FinishDelegateLink(ctx context.Context, db bun.IDB, id string, at purser.Micros) (ok bool, err error) {
	return changed(db.NewRaw(`UPDATE delegate_link SET done_at = ? WHERE id = ? AND browser <> '' AND revoked_at = 0 AND done_at = 0 AND expires_at > ?`,
		int64(at), id, int64(at)).Exec(ctx))
}

// RevokeDelegateLink ends a link and returns whose it was; ok is false if it was over.
func RevokeDelegateLink(ctx context.Context, db bun.IDB, id string, at purser.Micros) (instanceID string, ok bool, err error) {
	err = db.NewRaw(`UPDATE delegate_link SET revoked_at = ? WHERE id = ? AND revoked_at = 0 AND done_at = 0 RETURNING instance_id`, int64(at), id).Scan(ctx, &instanceID)
	return rowFound(instanceID, err)
}

// HandedOver returns the instances whose connection a vendor's administrator has
// completed and that nobody has confirmed yet.
func HandedOver(ctx context.Context, db bun.IDB) (rows []HoldCount, err error) {
	err = db.NewRaw(`SELECT i.id AS instance_id, i.name, count(*) AS n FROM delegate_link d JOIN instance i ON i.id = d.instance_id
		WHERE d.done_at > 0 AND i.status <> 'deleting' AND EXISTS (SELECT 1 FROM credential c WHERE c.instance_id = i.id AND c.entered_at <= d.done_at
			AND (c.entered_at >= d.bound_at OR c.used_at >= d.bound_at) AND (c.id LIKE '%-new' OR i.confirmed = FALSE)) GROUP BY i.id, i.name ORDER BY i.name`).Scan(ctx, &rows)
	return rows, err
}
