package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// The ways in which two feeds of an application differ.
const (
	OnlySSO    = "only_sso"
	OnlyDirect = "only_direct"
	OtherState = "status"
	OtherUse   = "last_use"
)

// differenceRow is one person, or one address, as the two feeds know it.
type differenceRow struct {
	Key          string `bun:"who"`
	What         string `bun:"what"`
	SSO          int64  `bun:"sso"`
	Direct       int64  `bun:"direct"`
	SSOStatus    string `bun:"sso_status"`
	DirectStatus string `bun:"direct_status"`
	SSOUsed      *int64 `bun:"sso_used"`
	DirectUsed   *int64 `bun:"direct_used"`
	Name         string `bun:"name"`
	PersonID     int64  `bun:"person_id"`
}

// compared holds the accounts that identity providers feed to an application
// against those of its own instances: by the person, by the address of whoever is
// linked to nobody, else by themselves. Closed accounts are like none. What either
// does not know, and a day more or less of use, is no difference. It has the application as its argument, twice.
const compared = `SELECT who, CASE WHEN max(direct) = 0 THEN 'only_sso' WHEN max(sso) = 0 THEN 'only_direct'
		WHEN max(sso_status) <> max(direct_status) AND 'unknown' NOT IN (max(sso_status), max(direct_status)) THEN 'status'
		WHEN abs(max(sso_used) / 86400000000 - max(direct_used) / 86400000000) > 1 THEN 'last_use' ELSE '' END AS what,
		max(sso) AS sso, max(direct) AS direct, max(sso_status) AS sso_status, max(direct_status) AS direct_status,
		max(sso_used) AS sso_used, max(direct_used) AS direct_used, max(name) AS name, max(person_id) AS person_id FROM (
		SELECT CASE WHEN ap.person_id IS NOT NULL THEN 'p' || ap.person_id WHEN a.email <> '' THEN 'e' || lower(a.email) ELSE 's' || a.id END AS who,
			a.id AS sso, 0 AS direct, COALESCE(a.status, 'unknown') AS sso_status, '' AS direct_status, x.used_at AS sso_used, CAST(NULL AS BIGINT) AS direct_used,
			` + accountName + ` AS name, COALESCE(ap.person_id, 0) AS person_id
		FROM sso_account x JOIN "account" a ON a.instance_no = x.instance_no AND a.external_id = x.account LEFT JOIN account_person ap ON ap.account_id = a.id
		WHERE x.application_id = ? AND x.gone_at = 0 AND a.gone_gen = 0 AND ` + openStatus + `
		UNION ALL SELECT CASE WHEN ap.person_id IS NOT NULL THEN 'p' || ap.person_id WHEN a.email <> '' THEN 'e' || lower(a.email) ELSE 'd' || a.id END,
			0, a.id, '', COALESCE(a.status, 'unknown'), NULL, ` + lastUse + `, ` + accountName + `, COALESCE(ap.person_id, 0)
		FROM instance i JOIN "account" a ON a.instance_no = i.no LEFT JOIN account_use u ON u.account_id = a.id LEFT JOIN account_person ap ON ap.account_id = a.id
		WHERE i.application_id = ? AND i.status <> 'deleting' AND a.gone_gen = 0 AND ` + openStatus + `) AS both_feeds GROUP BY who`

// DifferenceCount is how many people or addresses differ in each way, and how many do not.
type DifferenceCount struct {
	What string `bun:"what"` // "" for those that both know alike
	N    int64  `bun:"n"`
}

// CountDifferences counts how an application's two feeds differ.
func CountDifferences(ctx context.Context, db bun.IDB, application int64) (rows []DifferenceCount, err error) {
	err = db.NewRaw(`SELECT what, count(*) AS n FROM (`+compared+`) AS compared GROUP BY what`, application, application).Scan(ctx, &rows)
	return rows, err
}

// Differences returns a page of them of one kind, by whom they are about, after
// the cursor, which is the last of the page before.
func Differences(ctx context.Context, db bun.IDB, application int64, what, after string, limit int) (items []purser.Difference, next string, err error) {
	var rows []differenceRow
	err = db.NewRaw(`SELECT * FROM (`+compared+`) AS compared WHERE what = ? AND who > ? ORDER BY who LIMIT ?`, application, application, what, after, limit+1).Scan(ctx, &rows)
	if err != nil {
		return nil, "", fmt.Errorf("compare the feeds of an application: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = rows[limit-1].Key
	}
	items = make([]purser.Difference, 0, len(rows))
	for _, r := range rows {
		items = append(items, purser.Difference{What: r.What, Name: r.Name, PersonID: RowID("per_", r.PersonID), SSOAccount: RowID("acc_", r.SSO), Direct: RowID("acc_", r.Direct),
			SSOStatus: r.SSOStatus, DirectStatus: r.DirectStatus, SSOUse: LastUseOf(r.SSOUsed), DirectUse: LastUseOf(r.DirectUsed)})
	}
	return items, next, nil
}
