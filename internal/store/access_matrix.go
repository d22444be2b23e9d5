package store

import (
	"context"

	"github.com/uptrace/bun"
)

// HeldRow is a live account that a person has in an application.
type HeldRow struct {
	Person      int64  `bun:"per_no"`
	Application int64  `bun:"saas_no"`
	Account     int64  `bun:"acc_no"`
	Instance    string `bun:"instance_name"`
	Status      string `bun:"status"`
	Class       string `bun:"class"` // of use; "" for one that is closed
}

// AccessOf returns the live accounts of people in applications: of instances of the
// applications themselves.
func AccessOf(ctx context.Context, db bun.IDB, people, applications []int64, at UseAt) (rows []HeldRow, err error) {
	if len(people) == 0 || len(applications) == 0 {
		return nil, nil
	}
	err = db.NewRaw(`SELECT ap.person_id AS per_no, i.application_id AS saas_no, a.id AS acc_no, i.name AS instance_name, COALESCE(a.status, 'unknown') AS status,
		CASE WHEN `+openStatus+` THEN `+ownUse().class(at)+` ELSE '' END AS class
		FROM account_person ap JOIN "account" AS a ON a.id = ap.account_id AND a.gone_gen = 0 JOIN instance i ON i.no = a.instance_no
		LEFT JOIN account_use u ON u.account_id = a.id LEFT JOIN saas_application k ON k.id = i.application_id LEFT JOIN `+useSource+` AS w ON w.instance_no = a.instance_no
		WHERE ap.person_id IN (?) AND i.application_id IN (?) ORDER BY 1, 2, 3`, bun.List(people), bun.List(applications)).Scan(ctx, &rows)
	return rows, err
}

// AccessThrough returns the accounts of identity providers through which people have applications.
func AccessThrough(ctx context.Context, db bun.IDB, people, applications []int64) (rows []HeldRow, err error) {
	if len(people) == 0 || len(applications) == 0 {
		return nil, nil
	}
	err = db.NewRaw(`SELECT ap.person_id AS per_no, x.application_id AS saas_no, a.id AS acc_no, i.name AS instance_name, COALESCE(a.status, 'unknown') AS status
		FROM account_person ap JOIN "account" AS a ON a.id = ap.account_id AND a.gone_gen = 0 JOIN instance i ON i.no = a.instance_no
		JOIN sso_account x ON x.instance_no = a.instance_no AND x.account = a.external_id AND x.gone_at = 0
		WHERE ap.person_id IN (?) AND x.application_id IN (?) ORDER BY 1, 2, 3`, bun.List(people), bun.List(applications)).Scan(ctx, &rows)
	return rows, err
}

// NamedRow is something with a number and a name.
type NamedRow struct {
	No   int64  `bun:"no"`
	Name string `bun:"name"`
}

// shownApplications are those k of which somebody's accounts are known: of instances
// of their own, or through identity providers.
const shownApplications = `(EXISTS (SELECT 1 FROM instance i WHERE i.application_id = k.id AND i.status <> 'deleting')
	OR EXISTS (SELECT 1 FROM sso_account x WHERE x.application_id = k.id AND x.gone_at = 0))`

// WidestApplications returns the applications to which most people have accounts, at most limit.
func WidestApplications(ctx context.Context, db bun.IDB, limit int) (rows []NamedRow, err error) {
	err = db.NewRaw(`SELECT k.id AS no, k.name FROM saas_application k WHERE `+shownApplications+`
		ORDER BY COALESCE((SELECT max(c.people) FROM application_count c WHERE c.application_id = k.id), 0) DESC, k.name_key LIMIT ?`, limit).Scan(ctx, &rows)
	return rows, err
}

// ConnectedApplications returns the applications that the matrix can show, by name.
func ConnectedApplications(ctx context.Context, db bun.IDB) (rows []NamedRow, err error) {
	err = db.NewRaw(`SELECT k.id AS no, k.name FROM saas_application k WHERE `+shownApplications+` ORDER BY k.name_key LIMIT 1000`).Scan(ctx, &rows)
	return rows, err
}
