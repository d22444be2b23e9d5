package oracle_test

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/internal/table"
)

func TestApplicationsOfOneKindShareWhomTheOracleKnows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := days(t)[0]
		o := invent(11, now)
		h := newHouse(t, db, now)
		o.plant(h)
		o.compareShared(h, 6)
		// An application that only an identity provider tells of: first it is new, then
		// somebody manages it, and its people are the same.
		through := o.plantThrough(h)
		o.compareShared(h, 10)
		h.categoriesAreListed()
		keys, _, _ := o.finds()
		differ(t, "overlap through an identity provider", overlaps(h.found()), overlaps(keys))
		h.exec(`UPDATE saas_application SET status = 'managed' WHERE name = 'Through'`)
		h.derive(through)
		o.compareShared(h, 10)
		differ(t, "overlap with a managed one", overlaps(h.found()), overlaps(keys))
		// Somebody ignores it: the others of its kind are looked at without it.
		h.exec(`UPDATE saas_application SET status = 'ignored' WHERE name = 'Through'`)
		kept := o.through
		o.through = map[int]bool{}
		h.derive(through)
		without, _, _ := o.finds()
		differ(t, "overlap with an ignored one", overlaps(h.found()), overlaps(without))
		o.through = kept
		h.exec(`UPDATE saas_application SET status = 'managed' WHERE name = 'Through'`)
		h.derive(through)
		// Nobody uses it any more: what was too much because of it is not.
		h.exec(`UPDATE "assignment" SET last_used_at = 0 WHERE TRUE`)
		for n := range o.through {
			o.through[n] = false
		}
		h.derive(through)
		before := keys
		keys, _, _ = o.finds()
		differ(t, "overlap with what nobody uses", overlaps(h.found()), overlaps(keys))
		if len(overlaps(before)) == len(overlaps(keys)) {
			t.Error("the identity provider's application changed nothing: the comparison says nothing of it")
		}
	})
}

// categoriesAreListed holds the applications of each category side by side against the list of
// applications that is asked for it, alone and in a group.
func (h *house) categoriesAreListed() {
	h.t.Helper()
	side, err := h.inventory.Overlap(h.t.Context())
	if err != nil || len(side) == 0 {
		h.t.Fatal(len(side), err)
	}
	for _, c := range side {
		want := map[string]string{}
		for _, a := range c.Applications {
			want[a.ID] = fmt.Sprint(a.Name, a.People, a.Active, a.Unknown)
		}
		for _, f := range []inventory.ApplicationFilter{{Category: []string{c.Category}}, {Any: []inventory.ApplicationFilter{{Category: []string{c.Category, "None"}}}}} {
			list, err := h.inventory.Applications(h.t.Context(), f, purser.Page{Limit: 100})
			got := map[string]string{}
			for _, a := range list.Items {
				if a.Category != c.Category {
					h.t.Errorf("%s is of the category %s, not %s", a.Name, a.Category, c.Category)
				}
				got[a.ID] = fmt.Sprint(a.Name, a.People, a.Active, a.Unknown)
			}
			if err != nil || !maps.Equal(got, want) {
				h.t.Errorf("%s: %v, side by side stand %v (%v)", c.Category, got, want, err)
			}
		}
	}
}

func overlaps(keys []string) (out []string) {
	for _, k := range keys {
		if strings.HasPrefix(k, "overlap_seat ") {
			out = append(out, k)
		}
	}
	return out
}

// plantThrough lets an identity provider give an application to most of the people,
// of whom most use it.
func (o *organization) plantThrough(h *house) purser.Instance {
	idp := h.instance("Idp", false)
	h.read(idp, purser.KindAccount, o.now)
	h.read(idp, purser.KindAssignment, o.now)
	h.row(purser.KindApplication, idp, "t", map[string]any{"name": "Through"})
	o.through = map[int]bool{}
	for n, p := range o.people {
		if n%6 == 5 {
			continue
		}
		o.through[n] = n%4 != 1
		used := o.now.AddDate(0, 0, -90).UnixMicro()
		if o.through[n] {
			used = o.now.AddDate(0, 0, -2).UnixMicro()
		}
		h.row(purser.KindAccount, idp, fmt.Sprint("i", n), map[string]any{"email": p.email, "status": "active"})
		h.row(purser.KindAssignment, idp, fmt.Sprint("g", n), map[string]any{"application": "t", "account": fmt.Sprint("i", n), "last_used_at": used})
	}
	h.derive(idp)
	return idp
}

// compareShared holds people of two applications, and the rows that they open, against the oracle.
func (o *organization) compareShared(h *house, pairs int) {
	t := h.t
	t.Helper()
	got, err := h.inventory.Overlap(t.Context())
	if err != nil || len(got) != 1 || got[0].Category != "Same" {
		t.Fatalf("%+v, %v", got, err)
	}
	index := map[string]int{"Through": throughApp}
	for _, n := range o.alikes()[:alike] {
		index[o.apps[n].instance.Name] = n
	}
	for _, a := range got[0].Applications {
		if n := index[a.Name]; n != throughApp {
			seats := int64(0)
			for _, x := range o.apps[n].accounts {
				seats += int64(len(x.seats))
			}
			if a.Seats == nil || *a.Seats != seats {
				t.Errorf("%s has %v seats, the oracle says %d", a.Name, a.Seats, seats)
			}
		}
		rows, err := h.inventory.Accounts(t.Context(), inventory.AccountFilter{Application: a.ID, Use: []string{"active"}}, purser.Page{Limit: 1})
		if err != nil || rows.Total != a.Active {
			t.Errorf("%s says %d are active, its rows %d (%v)", a.Name, a.Active, rows.Total, err)
		}
	}
	if len(got[0].Shared) != pairs {
		t.Errorf("%d pairs: %+v", len(got[0].Shared), got[0].Shared)
	}
	for _, p := range got[0].Shared {
		a, b := o.has(index[p.A]), o.has(index[p.B])
		have, use := int64(0), int64(0)
		for n, used := range a {
			if other, ok := b[n]; ok {
				if have++; used && other {
					use++
				}
			}
		}
		if p.People != have || p.Using != use || use == 0 && o.users(index[p.A])*o.users(index[p.B]) > 100 {
			t.Errorf("%s and %s: %d have and %d use both, the oracle says %d and %d", p.A, p.B, p.People, p.Using, have, use)
		}
		for address, want := range map[string]int64{p.URL: have, p.UsingURL: use} {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := h.inventory.People(t.Context(), table.PersonFilter(u.Query()), purser.Page{Limit: 100})
			if err != nil || int64(len(rows.Items)) != want {
				t.Errorf("%s opens %d people, want %d (%v)", address, len(rows.Items), want, err)
			}
		}
	}
}
