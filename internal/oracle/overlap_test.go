package oracle_test

import (
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestApplicationsOfOneKindShareWhomTheOracleKnows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := days()[0]
		o := invent(11, now)
		h := newHouse(t, db, now)
		o.plant(h)
		s := inventory.New(inventory.Options{DB: db, Gate: h.gate, Now: h.findings.Now, Category: func(_, name string) string {
			switch name {
			case "HR":
				return ""
			case "App4":
				return "Alone"
			}
			return "Same"
		}})
		got, err := s.Overlap(t.Context())
		if err != nil || len(got) != 1 || got[0].Category != "Same" || len(got[0].Applications) != 4 {
			t.Fatalf("%+v, %v", got, err)
		}
		people, seats := map[string]map[int]bool{}, map[string]int64{}
		for _, a := range o.apps[:4] {
			people[a.instance.Name] = map[int]bool{}
			for _, x := range a.accounts {
				if seats[a.instance.Name] += int64(len(x.seats)); x.person >= 0 && x.status != "deactivated" {
					people[a.instance.Name][x.person] = true
				}
			}
		}
		for _, a := range got[0].Applications {
			if a.Seats == nil || *a.Seats != seats[a.Name] {
				t.Errorf("%s has %v seats, the oracle says %d", a.Name, a.Seats, seats[a.Name])
			}
			rows, err := s.Accounts(t.Context(), inventory.AccountFilter{Application: a.ID, Use: []string{"active"}}, purser.Page{Limit: 1})
			if err != nil || rows.Total != a.Active {
				t.Errorf("%s says %d are active, its rows %d (%v)", a.Name, a.Active, rows.Total, err)
			}
		}
		if len(got[0].Shared) != 6 {
			t.Errorf("%d pairs: %+v", len(got[0].Shared), got[0].Shared)
		}
		for _, p := range got[0].Shared {
			want := int64(0)
			for n := range people[p.A] {
				if people[p.B][n] {
					want++
				}
			}
			if p.People != want || want == 0 {
				t.Errorf("%s and %s share %d people, the oracle says %d", p.A, p.B, p.People, want)
			}
		}
	})
}
