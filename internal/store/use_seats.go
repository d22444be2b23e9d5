package store

import (
	"context"

	"github.com/uptrace/bun"
)

// UnusedSeatsRow adds up unused seats of one currency.
type UnusedSeatsRow struct {
	Currency string `bun:"currency"`
	N        int64  `bun:"n"`
	Valued   int64  `bun:"valued"`
	Annual   int64  `bun:"annual"` // minor units
}

// UnusedSeatsAt returns what would be found unused of an application's seats by the threshold
// of at. It judges each of them.
func UnusedSeatsAt(ctx context.Context, db bun.IDB, application int64, at UseAt) (rows []UnusedSeatsRow, err error) {
	err = db.NewRaw(`SELECT currency, count(*) AS n, count(annual) AS valued, COALESCE(CAST(sum(annual) AS BIGINT), 0) AS annual
		FROM (`+seatFindings(at, []int64{application})+`) AS x WHERE kind = 'unused_seat' GROUP BY currency ORDER BY currency`).Scan(ctx, &rows)
	return rows, err
}

// UnusedSeatsFound returns what was found unused by the threshold that is set, whatever somebody
// decided about it.
func UnusedSeatsFound(ctx context.Context, db bun.IDB, application int64, _ UseAt) (rows []UnusedSeatsRow, err error) {
	err = db.NewRaw(`SELECT currency, count(*) AS n, count(annual) AS valued, COALESCE(CAST(sum(annual) AS BIGINT), 0) AS annual
		FROM finding WHERE saas_no = ? AND kind = 'unused_seat' AND gone_at = 0 GROUP BY currency ORDER BY currency`, application).Scan(ctx, &rows)
	return rows, err
}
