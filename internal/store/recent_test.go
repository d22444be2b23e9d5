package store_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/store"
)

// What a first reading brings was there before, nobody knows since when; what later
// readings bring, miss twice and bring back is told once each.
func TestWhatComesAndGoesIsToldOnce(t *testing.T) {
	eachReader(t, store.StreamInfo{Name: "users", Kind: purser.KindAccount, Snapshot: true}, func(t *testing.T, r *reader) {
		told := func() string {
			t.Helper()
			rows, err := store.Recent(t.Context(), r.db.Read(), store.RecentFilter{To: math.MaxInt64}, purser.Page{}, true)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, x := range rows.Items {
				out = append(out, x.What+" "+x.AccountName)
			}
			slices.Sort(out)
			counts, err := store.CountRecent(t.Context(), r.db.Read(), store.RecentFilter{To: math.MaxInt64})
			n := int64(0)
			for _, c := range counts {
				n += c.N
			}
			if err != nil || n != rows.Total || n != int64(len(out)) {
				t.Errorf("%d rows, total %d, %d in the days, %v", len(out), rows.Total, n, err)
			}
			return strings.Join(out, ", ")
		}
		r.read("a, b")
		if told() != "" {
			t.Errorf("the first reading: %s", told())
		}
		r.read("a, b, c | d, c c")
		r.read("a, b, c c, d")
		if told() != "account_added c, account_added d" {
			t.Errorf("a later reading: %s", told())
		}
		r.read("a, b, c c")
		r.read("a, b, c c")
		if told() != "account_added c, account_added d, account_gone d" {
			t.Errorf("gone: %s", told())
		}
		r.read("a, b, c c, d")
		if told() != "account_added c, account_added d, account_gone d, account_returned d" {
			t.Errorf("back: %s", told())
		}
		line, err := store.Timeline(t.Context(), r.db.Read(), store.TimelineFilter{Accounts: []int64{4}})
		if err != nil || len(line) != 3 || line[2].What != purser.WasAdded {
			t.Errorf("the account's own page tells its coming once: %+v %v", line, err)
		}
	})
}

// However many changes there are, those of a week are found by their moment.
func TestRecentChangesAreFoundByAnIndex(t *testing.T) {
	eachReader(t, store.StreamInfo{Name: "users", Kind: purser.KindAccount}, func(t *testing.T, r *reader) {
		if r.db.Dialect() != store.SQLite {
			t.Skip("the plan of a small table says nothing here")
		}
		var plan []struct {
			ID      int    `bun:"id"`
			Parent  int    `bun:"parent"`
			NotUsed int    `bun:"notused"`
			Detail  string `bun:"detail"`
		}
		const at = `CASE WHEN c.kind IN ('account', 'person', 'seat') AND c.field IN ('added', 'removed', 'status', 'employment') THEN c.at END`
		err := r.db.Read().NewRaw(`EXPLAIN QUERY PLAN SELECT c.no FROM change c LEFT JOIN "seat" AS s ON c.kind = 'seat' AND s.id = c.row_id
			WHERE (c.kind <> 'seat' OR c.field <> 'status') AND `+at+` >= 1 AND `+at+` < 2 ORDER BY `+at+` DESC, c.no DESC`).Scan(t.Context(), &plan)
		if text := fmt.Sprint(plan); err != nil || !strings.Contains(text, "USING INDEX change_told (<expr>>? AND <expr><?)") || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%+v %v", plan, err)
		}
	})
}
