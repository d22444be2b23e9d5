package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/uptrace/bun"
)

// held says that a person has an open account in an application, and whether they use it.
type held struct {
	person, app int64
	used        bool
}

// heldIn returns who has what of some applications, in the order of people.
func heldIn(ctx context.Context, db bun.IDB, ids []int64, at UseAt) (all []held, err error) {
	by, err := feedsOf(ctx, db, ids, at)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT person, app, used FROM (`+by.peopleIn(at)+`) AS held ORDER BY person, app`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var h held
		var used int64
		if err := rows.Scan(&h.person, &h.app, &used); err != nil {
			return nil, err
		}
		h.used = used == 1
		all = append(all, h)
	}
	return all, rows.Err()
}

// eachPerson hands fn what each person has.
func eachPerson(all []held, fn func(has []held)) {
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].person == all[0].person {
			n++
		}
		fn(all[:n])
		all = all[n:]
	}
}

// sharedBy counts for each two applications how many people have both; those without
// are left out.
func sharedBy(all []held) []SharedPeople {
	type pair struct{ a, b int64 }
	count := map[pair]SharedPeople{}
	eachPerson(all, func(has []held) {
		for i, x := range has {
			for _, y := range has[i+1:] {
				n := count[pair{x.app, y.app}]
				n.A, n.B, n.People = x.app, y.app, n.People+1
				if x.used && y.used {
					n.Using++
				}
				count[pair{x.app, y.app}] = n
			}
		}
	})
	var out []SharedPeople
	for _, n := range count {
		out = append(out, n)
	}
	slices.SortFunc(out, func(x, y SharedPeople) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	return out
}

// spareOf returns without which applications somebody would still have what they use, by
// person and application: those of which more people use another that they use.
func spareOf(all []held) map[[2]int64]int64 {
	users := map[int64]int{}
	for _, h := range all {
		if h.used {
			users[h.app]++
		}
	}
	spare := map[[2]int64]int64{}
	eachPerson(all, func(has []held) {
		best := int64(0)
		for _, h := range has {
			if h.used && (best == 0 || users[h.app] > users[best]) {
				best = h.app // of equals the first, in the order of their numbers
			}
		}
		for _, h := range has {
			if h.used && h.app != best {
				spare[[2]int64{h.person, h.app}] = best
			}
		}
	})
	return spare
}
