package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// SeatUseRow is how the seats of a vendor's plan are used, and which of them can be given up.
type SeatUseRow struct {
	Name     string   `bun:"name"`
	Assigned int64    `bun:"assigned"`
	Active   int64    `bun:"active"`
	Unused   int64    `bun:"unused"`
	Unknown  int64    `bun:"unknown"`
	Left     int64    `bun:"left_seats"` // of people who left; these and the next two are findings that nobody accepted
	Second   int64    `bun:"second_seats"`
	Idle     int64    `bun:"idle_seats"`
	Closed   int64    `bun:"closed_seats"` // of closed accounts, and in no finding
	Spared   int64    `bun:"spared_seats"` // not used, and in no finding or in one that was accepted
	Anyway   int64    `bun:"anyway"`       // so many seats make no difference to the bill
	Plans    []string `bun:"-"`            // pln_<number>: the plans of that name, of several instances
}

// giveUpSeats are the kinds of findings of seats that can be given up.
func giveUpSeats() []string { return []string{"undeprovisioned_seat", "duplicate_seat", "unused_seat"} }

// giveUp are findings of some kinds about an application that hold and that nobody accepted:
// kept tells which of them somebody did.
const giveUp = `SELECT f.source, f.external_id, f.account_id, f.kind, CASE WHEN f.state = 'accepted' THEN 1 ELSE 0 END AS kept
	FROM finding f WHERE f.saas_no = ? AND f.kind IN (?) AND f.gone_at = 0 AND f.state <> 'verified'`

// SeatUse returns the plans of an application's own instances with their live seats,
// by the class of use of the accounts that hold them. A seat of an account that is
// not in the roster is unknown, one of a closed account is not used.
func SeatUse(ctx context.Context, db bun.IDB, application int64, at UseAt) (rows []SeatUseRow, err error) {
	sum := func(where string) string { return `COALESCE(sum(CASE WHEN ` + where + ` THEN 1 ELSE 0 END), 0)` }
	err = db.NewRaw(`SELECT name, count(*) AS assigned, `+sum(`class = 'active'`)+` AS active,
		`+sum(`class IN ('inactive', 'never', 'closed')`)+` AS unused, `+sum(`class = 'unknown'`)+` AS unknown, `+sum(`kind = 'undeprovisioned_seat' AND kept = 0`)+` AS left_seats,
		`+sum(`kind = 'duplicate_seat' AND kept = 0`)+` AS second_seats, `+sum(`kind = 'unused_seat' AND kept = 0`)+` AS idle_seats,
		`+sum(`class = 'closed' AND kind IS NULL`)+` AS closed_seats, `+sum(`class IN ('inactive', 'never') AND COALESCE(kept, 1) = 1`)+` AS spared_seats, max(anyway) AS anyway
		FROM (SELECT `+planName+` AS name, `+seatClass(at)+` AS class, g.kind, g.kept, `+paidAnyway+` AS anyway
			FROM `+seatFrom+` `+termJoin("l.external_id")+` LEFT JOIN (`+giveUp+`) AS g ON g.source = i.id AND g.external_id = s.external_id
			WHERE l.gone_gen = 0 AND i.application_id = ?) AS held GROUP BY name ORDER BY name`,
		application, bun.List(giveUpSeats()), application).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return rows, err
	}
	var plans []struct {
		ID   int64  `bun:"id"`
		Name string `bun:"name"`
	}
	err = db.NewRaw(`SELECT l.id, `+planName+` AS name FROM "plan" AS l JOIN instance i ON i.no = l.instance_no WHERE l.gone_gen = 0 AND i.application_id = ? ORDER BY l.id`, application).Scan(ctx, &plans)
	for _, p := range plans {
		if n := slices.IndexFunc(rows, func(r SeatUseRow) bool { return r.Name == p.Name }); n >= 0 {
			rows[n].Plans = append(rows[n].Plans, RowID("pln_", p.ID))
		}
	}
	return rows, err
}

// GiveUpRow is how many open accounts of an application's own instances can be given up:
// those of people who left, which nobody accepted, and others that were not used for the
// threshold and are there that long. Those that are left out of findings are neither.
type GiveUpRow struct {
	Left   int64 `bun:"left_accounts"`
	Idle   int64 `bun:"idle_accounts"`
	Spared int64 `bun:"spared_accounts"` // not used, and neither
}

// AccountsToGiveUp counts them.
func AccountsToGiveUp(ctx context.Context, db bun.IDB, application int64, at UseAt) (r GiveUpRow, err error) {
	err = db.NewRaw(`SELECT COALESCE(sum(CASE WHEN kind = 'left' THEN 1 ELSE 0 END), 0) AS left_accounts, COALESCE(sum(CASE WHEN kind = 'idle' THEN 1 ELSE 0 END), 0) AS idle_accounts,
		COALESCE(sum(CASE WHEN kind = 'needed' AND class IN ('inactive', 'never') THEN 1 ELSE 0 END), 0) AS spared_accounts
		FROM (SELECT `+ownUse().class(at)+` AS class, `+giveUpAccount(ownUse(), at)+` AS kind
			FROM "account" AS a JOIN instance i ON i.no = a.instance_no LEFT JOIN saas_application k ON k.id = i.application_id
			LEFT JOIN account_use u ON u.account_id = a.id LEFT JOIN `+useSource+` AS w ON w.instance_no = i.no
			LEFT JOIN account_person ap ON ap.account_id = a.id LEFT JOIN account_kind ak ON ak.account_id = a.id
			WHERE i.application_id = ? AND i.status <> 'deleting' AND a.gone_gen = 0 AND `+openStatus+`) AS x`, application).Scan(ctx, &r)
	return r, err
}

// giveUpAccount is what a renewal of its application makes of an open account a: left, idle,
// or needed; see [GiveUpRow].
func giveUpAccount(use useFacts, at UseAt) string {
	const said = `EXISTS (SELECT 1 FROM finding f WHERE f.account_id = a.id AND f.saas_no = i.application_id AND f.kind = 'leaver_access' AND f.gone_at = 0 AND f.state `
	return `CASE WHEN ` + excludedAccount + ` THEN 'needed' WHEN ` + said + `NOT IN ('accepted', 'verified')) THEN 'left'
		WHEN ` + use.class(at) + ` IN ('inactive', 'never') AND COALESCE(CASE WHEN ` + use.used + ` > 0 THEN 1 END, a.created_at, a.first_seen_at) < ` + at.since() + ` AND NOT ` + said + `= 'accepted') THEN 'idle'
		ELSE 'needed' END`
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
