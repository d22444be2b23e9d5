package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// ContractOwner finds whom a text means as the owner of a contract: a user or a
// person by identifier, or by e-mail address, a user first; a person by address only
// for those who may see addresses. ok is false for nobody.
func ContractOwner(ctx context.Context, db bun.IDB, text string, addresses bool) (o purser.ContractOwner, ok bool, err error) {
	text = strings.TrimSpace(text)
	u, ok, err := UserByID(ctx, db, text)
	if err == nil && !ok {
		u, ok, err = UserByEmail(ctx, db, strings.ToLower(text))
	}
	if err != nil {
		return o, false, err
	}
	if ok {
		if o = (purser.ContractOwner{ID: u.ID, Name: u.Name, Email: u.Email}); o.Name == "" {
			o.Name = u.Email
		}
		return o, true, nil
	}
	var p struct {
		ID    int64  `bun:"id"`
		Name  string `bun:"name"`
		Email string `bun:"email"`
	}
	by, value := "p.id = ?", any(KeyOf("per_", text))
	if strings.Contains(text, "@") {
		if !addresses {
			return o, false, nil
		}
		by, value = "lower(p.email) = ?", strings.ToLower(text)
	}
	err = db.NewRaw("SELECT p.id, "+personName+` AS name, COALESCE(p.email, '') AS email FROM "person" AS p WHERE p.gone_gen = 0 AND `+by+" ORDER BY p.id LIMIT 1", value).Scan(ctx, &p)
	p, ok, err = rowFound(p, err)
	if err != nil || !ok {
		return o, false, err
	}
	return purser.ContractOwner{ID: RowID("per_", p.ID), Name: p.Name, Email: p.Email}, true, nil
}

// LostContractOwner is a contract that nobody looks after: it has no owner, or that
// one has left or is no user or person any more.
type LostContractOwner struct {
	ID      string `bun:"id"`
	Name    string `bun:"name"`
	OwnerID string `bun:"owner_id"` // "" if it has none
	Email   string `bun:"email"`    // of the user; "" of nobody
	Here    bool   `bun:"here"`     // a person who has not left
}

// LostContractOwners returns the contracts that nobody looks after, whether they are
// in force or not.
func LostContractOwners(ctx context.Context, db bun.IDB) (lost []LostContractOwner, err error) {
	var rows []LostContractOwner
	err = db.NewRaw(`SELECT c.id, c.name, c.owner_id, COALESCE(u.email, '') AS email, COALESCE(p.id IS NOT NULL AND NOT (`+ofPersonInstance(left)+`), FALSE) AS here
		FROM contract c LEFT JOIN users u ON u.id = c.owner_id LEFT JOIN "person" AS p ON p.id = c.owner_no AND c.owner_no <> 0
		LEFT JOIN instance pi ON pi.no = p.instance_no ORDER BY c.no`).Scan(ctx, &rows)
	owners := goneOwners{}
	for _, r := range rows {
		gone, err := owners.has(ctx, db, r.Email)
		if err != nil {
			return nil, err
		}
		if gone && !r.Here {
			lost = append(lost, r)
		}
	}
	return lost, err
}
