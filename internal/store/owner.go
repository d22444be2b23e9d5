package store

import (
	"context"

	"github.com/uptrace/bun"
)

// gonePerson selects lower-case addresses with which nobody works here any more:
// an HR source says of somebody that they left, and of nobody that they are here.
const gonePerson = `EXISTS (SELECT 1 FROM "person" AS p JOIN instance i ON i.no = p.instance_no WHERE lower(p.email) = ? AND ` + left + `)
	AND NOT EXISTS (SELECT 1 FROM "person" AS p JOIN instance i ON i.no = p.instance_no WHERE lower(p.email) = ? AND ` + hrSource + `
		AND p.gone_gen = 0 AND COALESCE(p.employment, 'unknown') <> 'ended')`

// HasLeft reports whether the person of an address, in lower case, has left.
func HasLeft(ctx context.Context, db bun.IDB, email string) (gone bool, err error) {
	var n int
	err = db.NewRaw(`SELECT CASE WHEN `+gonePerson+` THEN 1 ELSE 0 END`, email, email).Scan(ctx, &n)
	return n == 1, err
}

// goneOwners remembers whether users are gone, by their addresses: one may own a lot.
type goneOwners map[string]bool

// has reports whether the user of an address has left, or is none any more: then
// there is no address.
func (g goneOwners) has(ctx context.Context, db bun.IDB, email string) (gone bool, err error) {
	if email == "" {
		return true, nil
	}
	if gone, known := g[email]; known {
		return gone, nil
	}
	if gone, err = HasLeft(ctx, db, email); err == nil {
		g[email] = gone
	}
	return gone, err
}

// LostOwner is an instance whose owner is no longer a user of Purser, or has left.
type LostOwner struct {
	InstanceID string `bun:"instance_id"`
	Instance   string `bun:"instance"`
	OwnerID    string `bun:"owner_id"`
	Owner      string `bun:"owner"` // "" if the user was removed
	Email      string `bun:"email"`
}

// LostOwners returns the instances that nobody looks after any more.
func LostOwners(ctx context.Context, db bun.IDB) ([]LostOwner, error) {
	var rows []LostOwner
	err := db.NewRaw(`SELECT i.id AS instance_id, i.name AS instance, i.owner_id, COALESCE(NULLIF(u.name, ''), u.email, '') AS owner,
		COALESCE(u.email, '') AS email FROM instance i LEFT JOIN users u ON u.id = i.owner_id
		WHERE i.owner_id <> '' AND i.status <> 'deleting' ORDER BY i.name_key`).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	owners := goneOwners{}
	var lost []LostOwner
	for _, r := range rows {
		gone, err := owners.has(ctx, db, r.Email)
		if err != nil {
			return nil, err
		}
		if gone {
			lost = append(lost, r)
		}
	}
	return lost, nil
}
