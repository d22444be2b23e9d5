package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// findingOwner joins o, the user who looks after a finding: the owner of its
// contract, else of its application, else of its instance.
const findingOwner = `LEFT JOIN contract oc ON f.kind = 'renewal_due' AND oc.id = f.external_id
	LEFT JOIN users o ON o.id = COALESCE(NULLIF(oc.owner_id, ''), NULLIF(k.owner_id, ''), NULLIF(i.owner_id, ''), '')`

// lookedAfter is the same as a condition over findings f alone: its arguments are
// the owner four times. The lists of what somebody owns are short.
const lookedAfter = `CASE WHEN f.kind = 'renewal_due' AND f.external_id IN (SELECT c.id FROM contract c WHERE c.owner_id <> '')
		THEN CASE WHEN f.external_id IN (SELECT c.id FROM contract c WHERE c.owner_id = ?) THEN 1 ELSE 0 END
	WHEN f.saas_no IN (SELECT k.id FROM saas_application k WHERE k.owner_id = ?) THEN 1
	WHEN f.saas_no IN (SELECT k.id FROM saas_application k WHERE k.owner_id NOT IN ('', ?)) THEN 0
	WHEN f.instance_no IN (SELECT i.no FROM instance i WHERE i.owner_id = ?) THEN 1 ELSE 0 END = 1`

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

// OwnedFindingCount is how many findings of a kind are open about one thing that
// somebody owns.
type OwnedFindingCount struct {
	Kind  string `bun:"kind"`
	About string `bun:"about"` // name of the application, else of the instance
	N     int64  `bun:"n"`
}

// OpenFindingsOf counts the open findings that a user looks after.
func OpenFindingsOf(ctx context.Context, db bun.IDB, owner string) (rows []OwnedFindingCount, err error) {
	p := &pager{}
	FindingFilter{States: []string{purser.FindingOpen}, Owner: owner}.onto(p)
	err = db.NewRaw(`SELECT x.kind, COALESCE(k.name, i.name, '') AS about, x.n FROM (SELECT f.kind, f.saas_no, CASE WHEN f.saas_no = 0 THEN f.instance_no ELSE 0 END AS instance_no, count(*) AS n
		FROM finding f`+p.clause(p.where)+` GROUP BY 1, 2, 3) AS x LEFT JOIN saas_application k ON k.id = x.saas_no LEFT JOIN instance i ON i.no = x.instance_no
		ORDER BY 2, 1`, p.args...).Scan(ctx, &rows)
	return rows, err
}
