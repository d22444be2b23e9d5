package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Estate is the size of an organization of which everything was read already.
type Estate struct {
	People, Applications int
	Accounts             int // in all, evenly over the applications; a seat each
	Days                 int // of activity, each account's
}

// numbers are 1, 2, …: its parameter comes first in the statement that it begins.
const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) `

// row are the columns that every row has, and what stands in them for the n-th row
// of instance and stream.
const (
	rowColumns = `instance_no, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, external_id`
	rowValues  = `?, ?, 1, i, 1, 1, ?, ?, `
)

// Plant writes an estate into an empty database, as readings until now would have,
// and notes that everything is still to be derived from it. names are those of its
// applications. Half of them tell when each account was last used, a twentieth of
// whom never did; one account in fifty is a guest's, one in a hundred a robot's. In a tenth of them
// people have a user name of their own.
func (e Estate) Plant(ctx context.Context, db *store.DB, names []string, now time.Time) error {
	p := planting{Estate: e, db: db, now: now.UnixMicro(), today: now.Unix() / 86400}
	if err := p.people(ctx); err != nil {
		return fmt.Errorf("plant people: %w", err)
	}
	for i := range e.Applications {
		if err := p.application(ctx, i, names[i]); err != nil {
			return fmt.Errorf("plant %s: %w", names[i], err)
		}
	}
	return nil
}

type planting struct {
	Estate
	db         *store.DB
	now, today int64 // microseconds, days since 1970
}

const dayMicros = int64(24 * time.Hour / time.Microsecond)

// instance makes a live instance of an application with a stream of each kind,
// read completely a moment ago.
func (p planting) instance(ctx context.Context, tx bun.Tx, name string, kinds ...purser.Kind) (no int64, streams map[purser.Kind]int64, err error) {
	app, err := store.ManageApplication(ctx, tx, name, "", purser.Micros(p.now))
	if err != nil {
		return 0, nil, err
	}
	at := purser.Micros(p.now).Time()
	no, err = store.InsertInstance(ctx, tx, purser.Instance{ID: "ins_" + strings.ToLower(strings.Join(strings.Fields(name), "")), Name: name, Connector: "file",
		Application: store.ApplicationID(app), Status: purser.StatusLive, Health: purser.HealthOK, CreatedAt: at, UpdatedAt: at})
	if err != nil {
		return 0, nil, err
	}
	streams = map[purser.Kind]int64{}
	for _, k := range kinds {
		var stream int64
		err = tx.NewRaw(`INSERT INTO stream (instance_no, task, name, kind, gen, complete_at, first_complete_at) VALUES (?, 'planted', ?, ?, 1, ?, ?) RETURNING no`,
			no, string(k), string(k), p.now, p.now-400*dayMicros).Scan(ctx, &stream)
		if err != nil {
			return 0, nil, err
		}
		streams[k] = stream
	}
	return no, streams, store.MarkDerivation(ctx, tx, no, 0, kinds...)
}

func (p planting) people(ctx context.Context) error {
	return p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		no, streams, err := p.instance(ctx, tx, "People of the organization", purser.KindPerson)
		if err != nil {
			return err
		}
		if err := store.SetHR(ctx, tx, "ins_peopleoftheorganization", true); err != nil {
			return err
		}
		_, err = tx.NewRaw(numbers+`INSERT INTO person (`+rowColumns+`, email, employee_number, display_name, employment, department, location, cost_center, title, manager, started_on, ended_on)
			SELECT `+rowValues+`'p' || i, 'person' || i || '@example.com', 'E' || i, 'Person ' || i, CASE WHEN i % 50 = 7 THEN 'ended' ELSE 'employed' END,
				'Department ' || i % 40, 'Location ' || i % 9, 'CC' || i % 25, 'Title ' || i % 60, 'p' || (i / 10 + 1), '2020-01-01', CASE WHEN i % 50 = 7 THEN '2026-06-30' END FROM n`,
			p.People, no, streams[purser.KindPerson], p.now, p.now).Exec(ctx)
		return err
	})
}

// application plants the n-th application: its accounts, seats, plans, activity and
// a change each of a fifth of its accounts.
func (p planting) application(ctx context.Context, n int, name string) error {
	accounts := p.Accounts / p.Applications
	return p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		no, streams, err := p.instance(ctx, tx, name, purser.KindAccount, purser.KindPlan, purser.KindSeat, purser.KindActivity)
		if err != nil {
			return err
		}
		told := "NULL"
		if n%2 == 0 {
			told = fmt.Sprintf("CASE WHEN i %% 20 = 0 THEN 0 ELSE %d - (i * 7 %% 200) * %d END", p.now, dayMicros)
		}
		covered := int64(90)
		if n%20 == 1 {
			covered = 30 // less than the threshold: of whom was not seen since, nothing is known
		}
		currency := []string{"EUR", "USD", "GBP"}[n%3]
		for _, s := range []struct {
			text string
			args []any
		}{
			{numbers + `INSERT INTO account (` + rowColumns + `, email, user_name, display_name, kind, status, admin, created_at, last_active_at)
				SELECT ` + rowValues + `'u' || i, CASE WHEN i % 50 = 1 THEN 'guest' || i || '@partner.example' ELSE 'person' || ((i * 3 + ?) % ? + 1) || '@example.com' END,
				CASE WHEN ? THEN 'user' || i ELSE 'person' || ((i * 3 + ?) % ? + 1) END, 'Person ' || ((i * 3 + ?) % ? + 1), CASE WHEN i % 100 = 0 THEN 'robot' WHEN i % 50 = 1 THEN 'guest' ELSE 'person' END,
				CASE WHEN i % 31 = 0 THEN 'suspended' WHEN i % 37 = 0 THEN 'deactivated' ELSE 'active' END, CASE WHEN i % 200 = 3 THEN 1 ELSE 0 END,
				? - (400 + i % 600) * ?, ` + told + ` FROM n`,
				[]any{accounts, no, streams[purser.KindAccount], p.now, p.now, n * 37, p.People, n%10 == 9, n * 37, p.People, n * 37, p.People, p.now, dayMicros}},
			{numbers + `INSERT INTO plan (` + rowColumns + `, name, bought, price, currency, renews_at)
				SELECT ` + rowValues + `'plan' || i, 'Plan ' || i, ?, ? * i, ?, ? FROM n`,
				[]any{2, no, streams[purser.KindPlan], p.now, p.now, accounts * 2 / 3, 500 + n*10, currency, p.now + int64(n%360)*dayMicros}},
			{numbers + `INSERT INTO seat (` + rowColumns + `, "plan", account, active, assigned_at)
				SELECT ` + rowValues + `'s' || i, 'plan' || (CASE WHEN i % 3 = 0 THEN 2 ELSE 1 END), 'u' || i, 1, ? FROM n`,
				[]any{accounts, no, streams[purser.KindSeat], p.now, p.now, p.now - 300*dayMicros}},
			{numbers + `, d(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM d WHERE i < ?) INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at)
				SELECT ?, ?, 'u' || n.i, '', ? - CASE WHEN n.i % 10 = 3 THEN 61 + (n.i + d.i * 4) % 29 ELSE (n.i + d.i * 4) % 90 END, 1 + d.i % 5, ?, ?
				FROM n, d WHERE n.i % 10 <> 0`,
				[]any{accounts, p.Days - 1, no, streams[purser.KindActivity], p.today, p.now, p.now}},
			{`INSERT INTO use_window (stream_no, instance_no, from_at, until_at) VALUES (?, ?, ?, ?)`,
				[]any{streams[purser.KindActivity], no, p.now - covered*dayMicros, p.now}},
			{`INSERT INTO change (kind, row_id, run_no, at, field, before, after) SELECT 'account', id, 0, ? - (id % 300) * ?, 'status', 'invited', status
				FROM account WHERE instance_no = ? AND id % 5 = 0`, []any{p.now, dayMicros, no}},
		} {
			if _, err := tx.NewRaw(s.text, s.args...).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}
