package store

import (
	"context"

	"github.com/uptrace/bun"
)

// findingOwner joins o, the user who looks after a finding: the owner of its
// contract, else of its application, else of its instance.
const findingOwner = `LEFT JOIN contract oc ON f.kind = 'renewal_due' AND oc.id = f.external_id
	LEFT JOIN users o ON o.id = COALESCE(NULLIF(oc.owner_id, ''), NULLIF(k.owner_id, ''), NULLIF(i.owner_id, ''), '')`

// lookedAfter tells of findings f alone whether one of some users does: 1 or 0. Its
// arguments are their list four times. The lists of what somebody owns are short.
const lookedAfter = `CASE WHEN f.kind = 'renewal_due' AND f.external_id IN (SELECT c.id FROM contract c WHERE c.owner_id <> '')
		THEN CASE WHEN f.external_id IN (SELECT c.id FROM contract c WHERE c.owner_id IN (?)) THEN 1 ELSE 0 END
	WHEN f.saas_no IN (SELECT k.id FROM saas_application k WHERE k.owner_id IN (?)) THEN 1
	WHEN f.saas_no IN (SELECT k.id FROM saas_application k WHERE k.owner_id <> '' AND k.owner_id NOT IN (?)) THEN 0
	WHEN f.instance_no IN (SELECT i.no FROM instance i WHERE i.owner_id IN (?)) THEN 1 ELSE 0 END`

// FindingOwners returns the users who own something that findings are about: a
// contract, an application or an instance. Who has left is none.
func FindingOwners(ctx context.Context, db bun.IDB) ([]User, error) {
	var all []User
	err := db.NewRaw(`SELECT `+userColumns+` FROM users WHERE id IN (SELECT owner_id FROM contract WHERE owner_id <> '' UNION
		SELECT owner_id FROM saas_application WHERE owner_id <> '' UNION SELECT owner_id FROM instance WHERE owner_id <> '') ORDER BY email`).Scan(ctx, &all)
	if err != nil {
		return nil, err
	}
	var here []User
	for _, u := range all {
		gone, err := HasLeft(ctx, db, u.Email)
		if err != nil {
			return nil, err
		}
		if !gone {
			here = append(here, u)
		}
	}
	return here, nil
}

// FindingThing is how many findings of a kind are about one thing.
type FindingThing struct {
	Kind  string `bun:"kind"`
	About string `bun:"about"` // name of the application, else of the instance
	N     int64  `bun:"n"`
}

// CountFindingsByThing counts findings by kind and by what they are about.
func CountFindingsByThing(ctx context.Context, db bun.IDB, f FindingFilter) (rows []FindingThing, err error) {
	p := &pager{}
	f.onto(p)
	err = db.NewRaw(`SELECT x.kind, COALESCE(k.name, i.name, '') AS about, x.n FROM (SELECT f.kind, f.saas_no, CASE WHEN f.saas_no = 0 THEN f.instance_no ELSE 0 END AS instance_no, count(*) AS n
		FROM finding f`+p.clause(p.where)+` GROUP BY 1, 2, 3) AS x LEFT JOIN saas_application k ON k.id = x.saas_no LEFT JOIN instance i ON i.no = x.instance_no
		ORDER BY 2, 1`, p.args...).Scan(ctx, &rows)
	return rows, err
}
