package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// SeatUseRow is how the seats of a vendor's plan are used.
type SeatUseRow struct {
	Name     string `bun:"name"`
	Plan     int64  `bun:"plan_id"` // 0 where several plans have that name
	Assigned int64  `bun:"assigned"`
	Active   int64  `bun:"active"`
	Unused   int64  `bun:"unused"`
	Unknown  int64  `bun:"unknown"`
}

// SeatUse returns the plans of an application's own instances with their live seats,
// by the class of use of the accounts that hold them. A seat of an account that is
// not in the roster is unknown, one of a closed account is not used.
func SeatUse(ctx context.Context, db bun.IDB, application int64, at UseAt) (rows []SeatUseRow, err error) {
	err = db.NewRaw(`SELECT name, CASE WHEN min(plan_id) = max(plan_id) THEN min(plan_id) ELSE 0 END AS plan_id, count(*) AS assigned, COALESCE(sum(CASE WHEN class = 'active' THEN 1 ELSE 0 END), 0) AS active,
		COALESCE(sum(CASE WHEN class IN ('inactive', 'never', 'closed') THEN 1 ELSE 0 END), 0) AS unused, COALESCE(sum(CASE WHEN class = 'unknown' THEN 1 ELSE 0 END), 0) AS unknown
		FROM (SELECT `+planName+` AS name, l.id AS plan_id, `+seatClass(at)+` AS class FROM `+seatFrom+`
			WHERE l.gone_gen = 0 AND i.application_id = ?) AS held GROUP BY name ORDER BY name`, application).Scan(ctx, &rows)
	return rows, err
}

// AccountsThen returns how many accounts the own instances of an application had at
// a moment; ok is false where one of them was not read yet then.
func AccountsThen(ctx context.Context, db bun.IDB, application int64, at purser.Micros) (n int64, ok bool, err error) {
	var row struct {
		Accounts int64 `bun:"accounts"`
		Late     int64 `bun:"late"`
		Read     int64 `bun:"read_first"`
	}
	err = db.NewRaw(`SELECT (SELECT count(*) FROM "account" AS a JOIN instance i ON i.no = a.instance_no WHERE i.application_id = ? AND a.first_seen_at <= ?
			AND (a.removed_at = 0 OR a.removed_at > ?)) AS accounts,
		count(*) AS read_first, COALESCE(sum(CASE WHEN s.first_complete_at = 0 OR s.first_complete_at > ? THEN 1 ELSE 0 END), 0) AS late
		FROM stream s JOIN instance i ON i.no = s.instance_no WHERE i.application_id = ? AND s.kind = 'account'`,
		application, int64(at), int64(at), int64(at), application).Scan(ctx, &row)
	return row.Accounts, row.Read > 0 && row.Late == 0, err
}
