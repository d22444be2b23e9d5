package store_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestLogsAndWhatCouldNotBeReadAreForgottenTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		count := func(table string) (n int64) {
			t.Helper()
			if err := db.Read().NewRaw("SELECT count(*) FROM "+table).Scan(t.Context(), &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		write(t, db, func(ctx context.Context, tx bun.Tx) error {
			for no, ended := range map[int64]int64{1: 0, 2: 50, 3: 150, 4: 40, 5: 30, 6: 20, 7: 10, 8: 5} { // 1 is under way
				if _, err := tx.NewRaw(`INSERT INTO run (no, id, instance_id, instance_no, task, state, cause, due_at, queued_at, ended_at)
					VALUES (?, ?, 'ins_A', 1, ?, 'running', 'manual', 1, 1, ?)`, no, no, "task"+string(rune('0'+no)), ended).Exec(ctx); err != nil {
					return err
				}
				if _, err := tx.NewRaw(`INSERT INTO reject (run_no, stream_no, external_id, reason) VALUES (?, 1, 'x', 'no address')`, no).Exec(ctx); err != nil {
					return err
				}
				if no%2 == 0 { // rejects go whether or not there is a log
					if _, err := tx.NewRaw(`INSERT INTO run_log (run_no, seq, at, kind) VALUES (?, 1, 1, 'note')`, no).Exec(ctx); err != nil {
						return err
					}
				}
			}
			return nil
		})
		for more := true; more; {
			write(t, db, func(ctx context.Context, tx bun.Tx) (err error) {
				more, err = store.ForgetLogs(ctx, tx, purser.Micros(100))
				return err
			})
		}
		if logs, rejects, runs := count("run_log"), count("reject"), count("run"); logs != 0 || rejects != 2 || runs != 8 {
			t.Errorf("left are %d lines of logs, %d rejects and %d runs, want 0, 2 and 8", logs, rejects, runs)
		}
	})
}
