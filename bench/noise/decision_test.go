package noise_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/bench/noise"
	"purser/internal/match"
	"purser/internal/store"
)

// BenchmarkDecision is what it costs that somebody merges two people, splits them
// again and links an account by hand, of an organization of 10,000 people, at full size
// of 100,000; and what it costs to look at everybody.
func BenchmarkDecision(b *testing.B) {
	people := 10_000
	if os.Getenv("PURSER_BENCH") == "full" {
		people = 100_000
	}
	db, err := store.Open(b.Context(), store.Options{Dir: filepath.Join(b.TempDir(), "data"), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	o := noise.Generate(noise.Usual(people))
	fill(b, db, o)
	write := func(fn func(ctx context.Context, tx bun.Tx) error) {
		if err := db.Write(b.Context(), fn); err != nil {
			b.Fatal(err)
		}
	}
	instances := map[int64]bool{1: true}
	for _, a := range o.Accounts {
		instances[int64(a.Instance)] = true
	}
	write(func(ctx context.Context, tx bun.Tx) error {
		for no := range instances {
			_, err := tx.NewRaw(`INSERT INTO instance (no, id, name, name_key, connector, application_id, status, hr, created_at, updated_at, version) VALUES (?, ?, ?, ?, 'x', 0, 'live', ?, 1, 1, 1)`,
				no, fmt.Sprint("ins_", no), fmt.Sprint(no), fmt.Sprint(no), no == 1).Exec(ctx)
			if err != nil {
				return err
			}
			if err := store.MarkDerivation(ctx, tx, no, 0, purser.KindAccount); err != nil {
				return err
			}
		}
		return nil
	})
	d := match.New(db, time.Now)
	derive := func() float64 {
		began := spent(b)
		if err := d.Derive(b.Context(), 0); err != nil {
			b.Fatal(err)
		}
		return (spent(b) - began).Seconds()
	}
	derive()
	write(func(ctx context.Context, tx bun.Tx) error { return store.MarkEverybody(ctx, tx) })
	everybody := derive()
	judge := func(one int64, same bool) float64 {
		at := purser.MicrosOf(time.Now())
		write(func(ctx context.Context, tx bun.Tx) error {
			if err := store.PutPersonVerdict(ctx, tx, store.PersonVerdict{PersonID: one, OtherID: one + 1, Same: same, DecidedBy: "Ada", DecidedAt: at}); err != nil {
				return err
			}
			return store.MarkPeople(ctx, tx, at, one, one+1)
		})
		return derive()
	}
	link := func(account, person int64) float64 {
		at := purser.MicrosOf(time.Now())
		write(func(ctx context.Context, tx bun.Tx) error {
			return store.LinkAccount(ctx, tx, account, person, "Ada", at)
		})
		return derive()
	}
	for b.Loop() {
		merge, split, linked := 0.0, 0.0, 0.0
		const n = 5
		for i := range int64(n) {
			merge += judge(100*(i+1), true) / n
			split += judge(100*(i+1), false) / n
			linked += link(1000*(i+1), 7*(i+1)) / n
		}
		b.ReportMetric(merge, "merge-cpu-s")
		b.ReportMetric(split, "split-cpu-s")
		b.ReportMetric(linked, "link-cpu-s")
		b.ReportMetric(everybody, "everybody-cpu-s")
		b.ReportMetric(float64(len(o.Accounts)), "accounts")
	}
}
