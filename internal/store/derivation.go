package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
)

// derivationSlice is how many rows one transaction of a derivation writes: small
// enough that nobody waits long for the writer.
const derivationSlice = 1000

// derivationSlack is by how much the clock may have been set back between two
// writes of which the later one must not be missed.
const derivationSlack = purser.Micros(time.Hour / time.Microsecond)

// DueDerivation says what was written and not yet derived from.
type DueDerivation struct {
	InstanceNo int64         `bun:"instance_no"`
	Kind       purser.Kind   `bun:"kind"`
	Since      purser.Micros `bun:"since"` // rows written since; 0 for all
	Mark       int64         `bun:"mark"`
}

const dueAgain = ` ON CONFLICT (instance_no, kind) DO UPDATE SET mark = derivation_due.mark + 1,
	since = CASE WHEN excluded.since < derivation_due.since THEN excluded.since ELSE derivation_due.since END`

// MarkDerivation notes that rows of kinds were written since a moment, 0 for all
// of them. It belongs into the transaction that ends the writing.
func MarkDerivation(ctx context.Context, tx bun.IDB, instanceNo int64, since purser.Micros, kinds ...purser.Kind) error {
	for _, k := range kinds {
		_, err := tx.NewRaw(`INSERT INTO derivation_due (instance_no, kind, since, mark) VALUES (?, ?, ?, 1)`+dueAgain,
			instanceNo, string(k), int64(max(0, since-derivationSlack))).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note what is to be derived: %w", err)
		}
	}
	return nil
}

// markEach is MarkDerivation for one kind of several instances.
func markEach(ctx context.Context, tx bun.IDB, instances []int64, since purser.Micros, kind purser.Kind) error {
	for _, no := range instances {
		if err := MarkDerivation(ctx, tx, no, since, kind); err != nil {
			return err
		}
	}
	return nil
}

// markUnfinished notes what a run has written by streams that it did not finish.
func markUnfinished(ctx context.Context, tx bun.IDB, runNo int64) error {
	_, err := tx.NewRaw(`INSERT INTO derivation_due (instance_no, kind, since, mark)
		SELECT r.instance_no, s.kind, CASE WHEN min(r.started_at) > ? THEN min(r.started_at) - ? ELSE 0 END, 1
		FROM run r JOIN run_stream x ON x.run_no = r.no JOIN stream s ON s.no = x.stream_no
		WHERE r.no = ? AND r.ended_at = 0 AND x.phase <> ? GROUP BY r.instance_no, s.kind`+dueAgain,
		int64(derivationSlack), int64(derivationSlack), runNo, phaseDone).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note what is to be derived: %w", err)
	}
	return nil
}

// DueDerivations returns what is to be derived of an instance; 0 is every one.
func DueDerivations(ctx context.Context, db bun.IDB, instanceNo int64) (rows []DueDerivation, err error) {
	err = db.NewRaw(`SELECT instance_no, kind, since, mark FROM derivation_due WHERE ? = 0 OR instance_no = ? ORDER BY instance_no, kind`,
		instanceNo, instanceNo).Scan(ctx, &rows)
	return rows, err
}

// LinkKinds mark of an instance that not its rows but whose they are, or what is said of
// those people, is another.
func LinkKinds() []purser.Kind { return []purser.Kind{KindLink, KindDecided, KindStanding} }

// LinkedInstances returns whose accounts were given to people or taken from them, or of
// whose people something else is said.
func LinkedInstances(ctx context.Context, db bun.IDB) (rows []DueDerivation, err error) {
	err = db.NewRaw(`SELECT instance_no, kind, since, mark FROM derivation_due WHERE kind IN (?) ORDER BY instance_no, kind`, bun.List(LinkKinds())).Scan(ctx, &rows)
	return rows, err
}

// LeftDerivations returns the instances of which something is to be derived
// while no run works that would do it at its end. What waits for people waits on.
func LeftDerivations(ctx context.Context, db bun.IDB) (instances []int64, err error) {
	err = db.NewRaw(`SELECT DISTINCT d.instance_no FROM derivation_due d WHERE NOT EXISTS (SELECT 1 FROM run r
		WHERE r.instance_no = d.instance_no AND r.ended_at = 0 AND r.state = 'running') AND (d.kind <> ? OR `+peopleDue+` = 0) ORDER BY 1`, string(KindStanding)).Scan(ctx, &instances)
	return instances, err
}

// unreadHR is how many sources of who works here are connected and wait for the end of
// the first run of one of their tasks: which one reads people is not known before it did.
// One that failed is waited for no longer: it may never succeed.
const unreadHR = `(SELECT count(*) FROM instance h WHERE h.hr AND h.status NOT IN ('draft', 'inactive', 'deleting')
	AND EXISTS (SELECT 1 FROM instance_task k WHERE k.instance_id = h.id AND k.enabled AND k.next_run_at > 0
		AND NOT EXISTS (SELECT 1 FROM run r WHERE r.instance_no = h.no AND r.task = k.task AND r.ended_at <> 0)))`

// peopleDue is how many readings of people there are who are not matched yet, are
// read for the first time just now, or are still to be read.
const peopleDue = `(` + unreadHR + ` + (SELECT count(*) FROM derivation_due WHERE kind = 'person') + (SELECT count(*) FROM run x JOIN stream s ON s.instance_no = x.instance_no
	WHERE x.ended_at = 0 AND x.state = 'running' AND s.kind = 'person' AND s.first_complete_at = 0))`

// anyOf reports whether there is one at least of what a statement counts.
func anyOf(ctx context.Context, db bun.IDB, count string) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT `+count).Scan(ctx, &n)
	return n > 0, err
}

// lookAgain marks the instances of applications, as soon as no reading of people waits.
func (db *DB) lookAgain(ctx context.Context, applications []int64, at purser.Micros) error {
	var instances []int64
	if err := db.reader.NewRaw(`SELECT no FROM instance WHERE application_id IN (?) ORDER BY no`, bun.List(applications)).Scan(ctx, &instances); err != nil {
		return err
	}
	return db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return markEach(ctx, tx, instances, at, KindStanding)
	})
}

// DerivationDone forgets what was derived, unless it was asked for again meanwhile. That
// somebody decided is not forgotten before all of it was matched: it may have been said
// after people were read, and before what follows was.
func DerivationDone(ctx context.Context, tx bun.IDB, rows []DueDerivation) error {
	for _, d := range rows {
		_, err := tx.NewRaw(`DELETE FROM derivation_due WHERE instance_no = ? AND kind = ? AND mark = ?
			AND (kind <> ? OR NOT EXISTS (SELECT 1 FROM match_due))`, d.InstanceNo, string(d.Kind), d.Mark, string(KindDecided)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note what was derived: %w", err)
		}
	}
	return nil
}

// Forget forgets what was derived, in a transaction of its own; see DerivationDone.
func (db *DB) Forget(ctx context.Context, rows []DueDerivation) error {
	return db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return DerivationDone(ctx, tx, rows) })
}

// PeopleReadBefore reports whether a source of people of an instance was read to its end
// before some of them were written, and none for the first time since.
func PeopleReadBefore(ctx context.Context, db bun.IDB, d DueDerivation) (bool, error) {
	var n struct {
		Before int64 `bun:"before_it"`
		Since  int64 `bun:"since_it"`
	}
	err := db.NewRaw(`SELECT COALESCE(sum(CASE WHEN first_complete_at > 0 AND first_complete_at < ? THEN 1 ELSE 0 END), 0) AS before_it,
		COALESCE(sum(CASE WHEN first_complete_at >= ? THEN 1 ELSE 0 END), 0) AS since_it FROM stream WHERE instance_no = ? AND kind = ?`,
		int64(d.Since), int64(d.Since), d.InstanceNo, string(purser.KindPerson)).Scan(ctx, &n)
	return n.Before > 0 && n.Since == 0, err
}

// deriving is the number of the lock under which derivations happen.
const deriving = 7203462

// Deriving lets one derivation happen at a time among all processes of the
// database. On SQLite there is one process anyway.
func (db *DB) Deriving(ctx context.Context, fn func(ctx context.Context) error) error {
	if db.dialect != Postgres {
		return fn(ctx)
	}
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("wait for another derivation: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(?)", deriving); err != nil {
		return fmt.Errorf("wait for another derivation: %w", err)
	}
	defer func() {
		// The connection goes back to the pool: the lock must not go with it.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(?)", deriving)
	}()
	return fn(ctx)
}

// converge reads what must change, through the readers and row by row, and hands
// it to write in slices, each a short transaction. Killed anywhere it is called
// again and finds what is left. It returns the number of rows that were written.
func converge[R any](ctx context.Context, db *DB, write func(ctx context.Context, tx bun.Tx, rows []R) error, query string, args ...any) (n int64, err error) {
	rows, err := db.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	out := sliced[R]{db: db, most: derivationSlice, write: write}
	for rows.Next() {
		var r R
		if err := db.reader.ScanRow(ctx, rows, &r); err != nil {
			return out.written, err
		}
		if err := out.add(ctx, r); err != nil {
			return out.written, err
		}
	}
	if err := rows.Err(); err != nil {
		return out.written, err
	}
	err = out.flush(ctx)
	return out.written, err
}

// sliced hands rows to write, at most so many a transaction.
type sliced[R any] struct {
	db      *DB
	most    int
	write   func(ctx context.Context, tx bun.Tx, rows []R) error
	rows    []R
	written int64
}

func (s *sliced[R]) add(ctx context.Context, r R) error {
	if s.rows = append(s.rows, r); len(s.rows) < s.most {
		return nil
	}
	return s.flush(ctx)
}

// flush writes what is left.
func (s *sliced[R]) flush(ctx context.Context) error {
	if len(s.rows) == 0 {
		return nil
	}
	s.written += int64(len(s.rows))
	err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return s.write(ctx, tx, s.rows) })
	s.rows = s.rows[:0]
	return err
}
