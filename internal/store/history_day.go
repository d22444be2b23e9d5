package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// KeepDay keeps how use and open findings stand on a day, in place of what was kept of
// that day before.
func (db *DB) KeepDay(ctx context.Context, at UseAt) error {
	var use []UseRow
	err := db.reader.NewRaw(`SELECT x.application_id, `+summed+` FROM (`+classedDays(at)+` WHERE d.direct = 1 AND d.class <> 'closed') AS x
		GROUP BY x.application_id ORDER BY x.application_id`).Scan(ctx, &use)
	if err != nil {
		return fmt.Errorf("add up the use of a day: %w", err)
	}
	findings, err := CountFindings(ctx, db.reader, FindingFilter{States: []string{purser.FindingOpen}})
	if err != nil {
		return fmt.Errorf("count the findings of a day: %w", err)
	}
	return db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, table := range []string{"use_history", "finding_history"} {
			if _, err := tx.NewRaw(`DELETE FROM `+table+` WHERE day = ?`, at.Today).Exec(ctx); err != nil {
				return err
			}
		}
		for _, u := range use {
			_, err := tx.NewRaw(`INSERT INTO use_history (day, application_id, active, inactive, never, unknown) VALUES (?, ?, ?, ?, ?, ?)`,
				at.Today, u.Application, u.Active, u.Inactive, u.Never, u.Unknown).Exec(ctx)
			if err != nil {
				return fmt.Errorf("keep the use of a day: %w", err)
			}
		}
		for _, f := range findings {
			_, err := tx.NewRaw(`INSERT INTO finding_history (day, kind, currency, open, annual) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (day, kind, currency) DO UPDATE SET open = finding_history.open + excluded.open, annual = finding_history.annual + excluded.annual`,
				at.Today, f.Kind, f.Currency, f.N, f.Annual).Exec(ctx)
			if err != nil {
				return fmt.Errorf("keep the findings of a day: %w", err)
			}
		}
		return nil
	})
}

// lastOfWeeks are the last days of each week, from Monday on, of which something was
// kept in a table, from one day up to another.
func lastOfWeeks(table string) string {
	return `(SELECT max(day) FROM ` + table + ` WHERE day >= ? AND day < ? GROUP BY (day + 3) / 7)`
}

// UseOnDay is how all live accounts were used on a day.
type UseOnDay struct {
	Day      int64 `bun:"day"`
	Active   int64 `bun:"active"`
	Inactive int64 `bun:"inactive"`
	Never    int64 `bun:"never"`
	Unknown  int64 `bun:"unknown"`
}

// UseByWeek returns the use at the end of each week from a day up to another.
func UseByWeek(ctx context.Context, db bun.IDB, from, to int64) (rows []UseOnDay, err error) {
	err = db.NewRaw(`SELECT day, sum(active) AS active, sum(inactive) AS inactive, sum(never) AS never, sum(unknown) AS unknown FROM use_history
		WHERE day IN `+lastOfWeeks("use_history")+` GROUP BY day ORDER BY day`, from, to).Scan(ctx, &rows)
	return rows, err
}

// FindingsOnDay is how many findings were open on a day, and what they were worth in
// a year in one currency; "" those without a value.
type FindingsOnDay struct {
	Day      int64  `bun:"day"`
	Currency string `bun:"currency"`
	Open     int64  `bun:"open"`
	Annual   int64  `bun:"annual"`
}

// FindingsByWeek returns the open findings at the end of each week from a day up to another.
func FindingsByWeek(ctx context.Context, db bun.IDB, from, to int64) (rows []FindingsOnDay, err error) {
	err = db.NewRaw(`SELECT day, currency, sum(open) AS open, sum(annual) AS annual FROM finding_history
		WHERE day IN `+lastOfWeeks("finding_history")+` GROUP BY day, currency ORDER BY day, currency`, from, to).Scan(ctx, &rows)
	return rows, err
}
