package store

import (
	"context"

	"github.com/uptrace/bun"
)

// hrSource says of a person p whose instance is i whether that may end an
// employment. What another source reports as ended is shown, and nothing follows.
const hrSource = `COALESCE(i.hr, FALSE)`

// employment is what counts as the employment of a person p of instance i.
const employment = `CASE WHEN p.true_employment IS NOT NULL THEN p.true_employment WHEN p.employment = 'ended' AND NOT ` + hrSource + ` THEN 'unknown' ELSE COALESCE(p.employment, 'unknown') END`

// endedOn is the last day of a person p of instance i: only an HR source may say it.
const endedOn = `CASE WHEN p.true_ended_on IS NOT NULL THEN p.true_ended_on WHEN NOT ` + hrSource + ` THEN '' ELSE COALESCE(p.ended_on, '') END`

// left selects people p of instance i who are no longer with the organization:
// an HR source says that their employment ended, or lists them no more.
const left = hrSource + ` AND (COALESCE(p.true_employment, p.employment) = 'ended' OR p.gone_gen <> 0)`

// away selects people p of instance i who are not at work: not yet, or not now.
const away = employment + ` IN ('future', 'on_leave')`

// SetHR says whether an instance may end a person's employment.
func SetHR(ctx context.Context, db bun.IDB, id string, hr bool) error {
	_, err := db.NewRaw(`UPDATE instance SET hr = ?, version = version + 1 WHERE id = ?`, hr, id).Exec(ctx)
	return err
}

// NotApplied is how many ended employments an instance reports that are not
// applied, as nobody marked it as an HR source.
type NotApplied struct {
	InstanceID string `bun:"instance_id"`
	Name       string `bun:"name"`
	N          int64  `bun:"n"`
}

// EndedNotApplied returns the instances whose reported ends of employment are not applied.
func EndedNotApplied(ctx context.Context, db bun.IDB) (rows []NotApplied, err error) {
	err = db.NewRaw(`SELECT i.id AS instance_id, i.name, count(*) AS n FROM "person" AS p JOIN instance i ON i.no = p.instance_no
		WHERE p.employment = 'ended' AND p.gone_gen = 0 AND NOT i.hr GROUP BY i.id, i.name ORDER BY i.name`).Scan(ctx, &rows)
	return rows, err
}
