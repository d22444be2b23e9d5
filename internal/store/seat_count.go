package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// seatsOf is the SQL of how many live seats an instance i has.
const seatsOf = `(SELECT count(*) FROM "seat" AS s WHERE s.instance_no = i.no AND s.gone_gen = 0)`

// CountSeats keeps how many live seats an instance has and how those of each plan are used,
// after seats were written.
func (db *DB) CountSeats(ctx context.Context, instanceNo int64) error {
	err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO seat_count (instance_no, seats) SELECT i.no, `+seatsOf+` FROM instance i WHERE i.no = ?
			ON CONFLICT (instance_no) DO UPDATE SET seats = excluded.seats`, instanceNo).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("count the seats of instance %d: %w", instanceNo, err)
	}
	return db.keepPlanUse(ctx, instanceNo)
}

// SeatsOfApplications returns how many live seats applications' own instances have, as
// they were counted when seats were read last; applications without one are left out.
func SeatsOfApplications(ctx context.Context, db bun.IDB, ids []int64) (map[int64]int64, error) {
	var rows []struct {
		Application int64 `bun:"app"`
		Seats       int64 `bun:"seats"`
	}
	out := map[int64]int64{}
	if len(ids) == 0 {
		return out, nil
	}
	err := db.NewRaw(`SELECT x.app, CAST(sum(x.seats) AS BIGINT) AS seats FROM (SELECT i.application_id AS app, COALESCE(c.seats, `+seatsOf+`) AS seats
		FROM instance i LEFT JOIN seat_count c ON c.instance_no = i.no WHERE i.application_id IN (?)) AS x GROUP BY x.app HAVING sum(x.seats) > 0`, bun.List(ids)).Scan(ctx, &rows)
	for _, r := range rows {
		out[r.Application] = r.Seats
	}
	return out, err
}
