package store_test

import (
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/store"
)

func TestRemovalsThatAnotherListReportsAreHeldByNameAndCanBeDecided(t *testing.T) {
	eachReader(t, store.StreamInfo{Name: "users", Kind: purser.KindAccount, Snapshot: true}, func(t *testing.T, r *reader) {
		var all, gone []string
		for i := range 30 {
			all = append(all, fmt.Sprintf("u%02d u%02d@example.com", i, i))
		}
		for i := range 20 {
			gone = append(gone, fmt.Sprintf("-u%02d", i))
		}
		r.read(strings.Join(all, ", "))
		r.info = store.StreamInfo{Name: "leavers", Kind: purser.KindAccount, Removals: true}
		if j := r.read(strings.Join(gone, ", ")); !j.Held || j.Removed != 0 {
			t.Fatalf("20 of 30 are reported as gone at once: %+v", j)
		}
		var found struct {
			StreamNo int64  `bun:"stream_no"`
			Gen      int64  `bun:"gen"`
			Why      string `bun:"why"`
			Names    string `bun:"names"`
		}
		if err := r.db.Read().NewRaw("SELECT stream_no, gen, why, names FROM hold").Scan(t.Context(), &found); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(found.Why, "20 of 30 records") || !strings.Contains(found.Names, "u07@example.com") {
			t.Errorf("held as %+v", found)
		}
		h := store.HoldRow{StreamNo: found.StreamNo, Gen: found.Gen, Hold: purser.Hold{Kind: purser.KindAccount, What: "removal"}}
		list, err := store.HeldRows(t.Context(), r.db.Read(), h, "", purser.Page{Limit: 50})
		if err != nil || list.Total != 20 || len(list.Items) != 20 {
			t.Fatalf("%d of %d are listed: %v", len(list.Items), list.Total, err)
		}
		if n, err := r.db.RemoveHeld(t.Context(), h, r.run+1, nil); err != nil || n != 20 {
			t.Errorf("%d were removed: %v", n, err)
		}
		if rows := r.accounts(); strings.Count(rows, "(") != 20 {
			t.Errorf("after the decision: %s", rows)
		}
	})
}

func TestFewReportedRemovalsOfManyAreNotHeld(t *testing.T) {
	eachReader(t, store.StreamInfo{Name: "users", Kind: purser.KindAccount, Snapshot: true}, func(t *testing.T, r *reader) {
		var all, gone []string
		for i := range 100 {
			all = append(all, fmt.Sprintf("u%02d", i))
		}
		for i := range 15 {
			gone = append(gone, fmt.Sprintf("-u%02d", i))
		}
		r.read(strings.Join(all, ", "))
		r.info = store.StreamInfo{Name: "leavers", Kind: purser.KindAccount, Removals: true}
		if j := r.read(strings.Join(gone, ", ")); j.Held || j.Removed != 15 {
			t.Errorf("15 of 100 are reported as gone: %+v", j)
		}
	})
}
