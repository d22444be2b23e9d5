package match_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/match"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// judged lets somebody say whether two people are the same, and holds what follows
// against what follows of everybody.
func judged(t *testing.T, db *store.DB, one, other int64, same bool) {
	t.Helper()
	d, at := match.New(db, time.Now), purser.MicrosOf(time.Now())
	write(t, db, func(ctx context.Context, tx bun.Tx) error {
		return errors.Join(store.PutPersonVerdict(ctx, tx, store.PersonVerdict{PersonID: one, OtherID: other, Same: same, DecidedBy: "Ada", DecidedAt: at}),
			store.MarkPeople(ctx, tx, at, one, other))
	})
	if err := d.Derive(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	few := matched(t, db)
	write(t, db, func(ctx context.Context, tx bun.Tx) error { return store.MarkEverybody(ctx, tx) })
	if err := d.Derive(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if everybody := matched(t, db); few != everybody {
		t.Errorf("same: %v, %s", same, firstDifference(few, everybody))
	}
}

// The accounts of these cases are linked to somebody whom nobody decided about, or to
// nobody, and show in one way only that a merge concerns them.
func TestAMergeReachesAccountsThatAreLinkedToOthers(t *testing.T) {
	person := func(t *testing.T, db *store.DB, id, email, number, name string) int64 {
		return row(t, db, purser.KindPerson, 1, id, map[string]any{"email": email, "employee_number": number, "display_name": name})
	}
	for name, c := range map[string]func(t *testing.T, db *store.DB) (account int64, before, after func(one, other, third int64) int64){
		"the number of two people is one's, whose name it shows": func(t *testing.T, db *store.DB) (int64, func(a, b, c int64) int64, func(a, b, c int64) int64) {
			return row(t, db, purser.KindAccount, 2, "x", map[string]any{"email": "third@example.com", "employee_id": "E7", "display_name": "Ada Ames"}),
				func(_, _, third int64) int64 { return third }, func(one, _, _ int64) int64 { return one }
		},
		"an alias of an account of either": func(t *testing.T, db *store.DB) (int64, func(a, b, c int64) int64, func(a, b, c int64) int64) {
			row(t, db, purser.KindAccount, 2, "twin", map[string]any{"email": "", "aliases": `["one@example.com","other@example.com","nick@example.com"]`})
			return row(t, db, purser.KindAccount, 3, "x", map[string]any{"email": "nick@example.com"}),
				func(_, _, _ int64) int64 { return 0 }, func(one, _, _ int64) int64 { return one }
		},
		"an administrator's account that was somebody else's": func(t *testing.T, db *store.DB) (int64, func(a, b, c int64) int64, func(a, b, c int64) int64) {
			row(t, db, purser.KindAccount, 2, "root", map[string]any{"email": "third@example.com", "employee_id": "E7", "display_name": "Ada Ames", "admin": 1})
			return row(t, db, purser.KindAccount, 3, "x", map[string]any{"email": "third+tag@example.com"}),
				func(_, _, _ int64) int64 { return 0 }, func(_, _, third int64) int64 { return third }
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				one := person(t, db, "p1", "one@example.com", "E7", "Ada Ames")
				other := person(t, db, "p2", "other@example.com", "E7", "Ann Other")
				third := person(t, db, "p3", "third@example.com", "E9", "Bob Bell")
				account, before, after := c(t, db)
				run(t, db, all(2))
				says := func(when string, want int64) {
					t.Helper()
					if got, how := link(t, db, account); got != want {
						t.Errorf("%s it is of %d because %q, want %d", when, got, how, want)
					}
				}
				says("before", before(one, other, third))
				judged(t, db, one, other, true)
				says("merged", after(one, other, third))
				judged(t, db, one, other, false)
				says("split", before(one, other, third))
			})
		})
	}
}

// TestAMergeThatIsSaidWhileEverybodyIsMatchedIsNotForgotten lets somebody merge two people
// at each moment at which a matching of everybody reads the clock, the last of which may
// be after it has read who was merged: the next derivation merges them.
func TestAMergeThatIsSaidWhileEverybodyIsMatchedIsNotForgotten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		one := row(t, db, purser.KindPerson, 1, "p1", map[string]any{"email": "one@example.com"})
		other := row(t, db, purser.KindPerson, 1, "p2", map[string]any{"email": "other@example.com"})
		say := func(same bool) {
			write(t, db, func(ctx context.Context, tx bun.Tx) error {
				return errors.Join(store.PutPersonVerdict(ctx, tx, store.PersonVerdict{PersonID: one, OtherID: other, Same: same, DecidedBy: "Ada"}), store.MarkPeople(ctx, tx, 1, one, other))
			})
		}
		for moment := 1; ; moment++ {
			read := 0
			d := match.New(db, func() time.Time {
				if read++; read == moment {
					say(true)
				}
				return time.Now()
			})
			mark(t, db, all(1))
			if err := d.Derive(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			if read < moment {
				if moment < 3 {
					t.Errorf("the clock was read %d times: nothing was said while people were matched", read)
				}
				return
			}
			if err := d.Derive(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			if lead, err := store.LeadOf(t.Context(), db.Read(), other); err != nil || lead != one {
				t.Errorf("said at moment %d: person %d stands for %d, want %d, %v", moment, lead, other, one, err)
			}
			say(false)
			if err := d.Derive(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
		}
	})
}
