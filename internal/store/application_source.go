package store

import (
	"context"

	"github.com/uptrace/bun"
)

// SourceRow says through which instance an application is known.
type SourceRow struct {
	Application int64  `bun:"application_id"`
	InstanceID  string `bun:"instance_id"`
	Name        string `bun:"name"`
	Connector   string `bun:"connector"`
	Status      string `bun:"status"`
	Direct      bool   `bun:"direct"`
}

// ApplicationSources returns the instances through which applications are known:
// their own, and those of identity providers that report them.
func ApplicationSources(ctx context.Context, db bun.IDB, applications []int64) (rows []SourceRow, err error) {
	err = db.NewRaw(`SELECT i.application_id, i.id AS instance_id, i.name, i.connector, i.status, TRUE AS direct FROM instance i
		WHERE i.status <> 'deleting' AND i.application_id IN (?)
		UNION ALL SELECT DISTINCT s.application_id, i.id, i.name, i.connector, i.status, FALSE FROM application_source s
		JOIN instance i ON i.no = s.instance_no JOIN "application" AS k ON k.instance_no = s.instance_no AND k.external_id = s.external_id
		WHERE k.gone_gen = 0 AND s.application_id IN (?) ORDER BY 6 DESC, 3`, bun.List(applications), bun.List(applications)).Scan(ctx, &rows)
	return rows, err
}
