package match

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"purser"
	"purser/internal/store"
)

// edge says that two rows of rosters are the same human.
type edge struct {
	a, b   int64
	how    string
	manual bool
}

// samePeople says which rows of several rosters are the same human, and which of
// them stands for all. Rows of one roster are never taken for the same but by
// hand, and what somebody decided holds. It says so of everybody, or of people with all
// that may be the same as one of them.
func (d *Deriver) samePeople(ctx context.Context, people ...int64) error {
	alike, err := store.AlikePeople(ctx, d.db.Read(), people...)
	if err != nil {
		return fmt.Errorf("look for people in several rosters: %w", err)
	}
	verdicts, decided, err := store.PersonVerdicts(ctx, d.db.Read(), people...)
	if err != nil {
		return fmt.Errorf("read who was merged and split: %w", err)
	}
	if _, err := d.db.PutSame(ctx, same(alike, verdicts, decided), purser.MicrosOf(d.now()), people...); err != nil {
		return fmt.Errorf("note who is the same: %w", err)
	}
	return nil
}

func same(alike []store.AlikeRow, verdicts []store.PersonVerdict, decided []store.AlikeRow) []store.SameRow {
	rows := map[int64]store.AlikeRow{}
	for _, r := range append(slices.Clone(decided), alike...) {
		rows[r.ID] = r
	}
	apart := map[[2]int64]bool{}
	var edges []edge
	for _, v := range verdicts {
		_, one := rows[v.PersonID]
		_, two := rows[v.OtherID]
		switch {
		case !one || !two:
		case v.Same:
			edges = append(edges, edge{v.PersonID, v.OtherID, "merged by " + v.DecidedBy, true})
		default:
			apart[[2]int64{v.PersonID, v.OtherID}] = true
		}
	}
	for part := range groups(alike) {
		edges = append(edges, sharing(part)...)
	}
	g := union(edges, apart, rows)
	why := reasons(edges)
	var out []store.SameRow
	for _, members := range g {
		lead := slices.MinFunc(members, func(a, b int64) int { return standing(rows[a], rows[b]) })
		for _, id := range members {
			if id == lead {
				continue
			}
			out = append(out, store.SameRow{PersonID: id, LeadID: lead, How: why[id].how, Manual: why[id].manual})
		}
	}
	return out
}

// standing orders rows by who stands for the others: HR's, who is there, the
// roster that was connected first.
func standing(a, b store.AlikeRow) int {
	no := func(yes bool) int {
		if yes {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(no(a.HR), no(b.HR)), cmp.Compare(no(!a.Gone), no(!b.Gone)), cmp.Compare(a.InstanceNo, b.InstanceNo), cmp.Compare(a.ID, b.ID))
}

// groups yields rows of one key after the other.
func groups(rows []store.AlikeRow) func(yield func([]store.AlikeRow) bool) {
	return func(yield func([]store.AlikeRow) bool) {
		for from := 0; from < len(rows); {
			to := from
			for to < len(rows) && rows[to].Key == rows[from].Key {
				to++
			}
			if !yield(rows[from:to]) {
				return
			}
			from = to
		}
	}
}

// sharing returns who of those that share a key is the same human: one row of
// each roster, the one who is there, or the last who left. Where two of a roster
// are there nobody knows which. Numbers count with the name only: rosters of two
// firms count alike.
func sharing(part []store.AlikeRow) (out []edge) {
	how := "both rosters name the same e-mail address"
	numbered := strings.HasPrefix(part[0].Key, keyNumber)
	if numbered {
		how = "both rosters name the same employee number and name"
	}
	var picked []store.AlikeRow
	for _, r := range part {
		n := len(picked)
		switch {
		case n == 0 || picked[n-1].InstanceNo != r.InstanceNo:
			picked = append(picked, r)
		case !picked[n-1].Gone && !r.Gone:
			return nil
		case picked[n-1].Gone && (!r.Gone || r.RemovedAt > picked[n-1].RemovedAt):
			picked[n-1] = r
		}
	}
	for i, a := range picked {
		for _, b := range picked[i+1:] {
			if numbered && (nameKey(a.DisplayName) == "" || nameKey(a.DisplayName) != nameKey(b.DisplayName)) {
				continue
			}
			out = append(out, edge{a: min(a.ID, b.ID), b: max(a.ID, b.ID), how: how})
		}
	}
	return out
}

// union joins who is the same. What would join two who somebody split, or two of
// one roster whom nobody merged, is left out.
func union(edges []edge, apart map[[2]int64]bool, rows map[int64]store.AlikeRow) map[int64][]int64 {
	of := map[int64]int64{}
	members := map[int64][]int64{}
	root := func(id int64) int64 {
		if r, ok := of[id]; ok {
			return r
		}
		of[id], members[id] = id, []int64{id}
		return id
	}
	for _, e := range edges { // those by hand come first
		a, b := root(e.a), root(e.b)
		if a == b || divided(members[a], members[b], e.manual, apart, rows) {
			continue
		}
		for _, id := range members[b] {
			of[id] = a
		}
		members[a] = append(members[a], members[b]...)
		delete(members, b)
	}
	for id, all := range members {
		if len(all) == 1 {
			delete(members, id)
		}
	}
	return members
}

func divided(some, others []int64, manual bool, apart map[[2]int64]bool, rows map[int64]store.AlikeRow) bool {
	for _, a := range some {
		for _, b := range others {
			if apart[[2]int64{min(a, b), max(a, b)}] || !manual && rows[a].InstanceNo == rows[b].InstanceNo {
				return true
			}
		}
	}
	return false
}

// reasons says of each row why it is the same as another; what was decided by hand first.
func reasons(edges []edge) map[int64]edge {
	out := make(map[int64]edge, 2*len(edges))
	for _, e := range edges {
		for _, id := range []int64{e.a, e.b} {
			if _, ok := out[id]; !ok {
				out[id] = e
			}
		}
	}
	return out
}
