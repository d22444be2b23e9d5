package oracle_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// A life is what the oracle knows of a person while the week goes by.
type life struct {
	listed     bool
	employment string
}

// with tells whether the person is with the organization.
func (l life) with() bool { return l.listed && l.employment != "ended" }

// told is the class of what changed with a life, by who told of it; "" of what is not told.
func (l life) told(was life, hr bool) string {
	switch {
	case hr && was.with() && !l.with():
		return "left"
	case l.with() && !was.with() && (hr || !was.listed):
		return "joined"
	case was.employment != l.employment:
		return "employment"
	}
	return ""
}

// Whatever happens to accounts, people and seats, the days of a week tell it exactly
// once each, in a zone of its own, page by page; and the days add up to the rows.
func TestWhatChangedIsWhatTheOraclePlanted(t *testing.T) {
	for _, marked := range []bool{true, false} { // an HR source, or a roster where none is marked
		whatChanged(t, marked)
	}
}

func whatChanged(t *testing.T, marked bool) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Date(2027, 1, 3, 12, 0, 0, 0, time.UTC)
		zone := time.FixedZone("Kathmandu", 5*3600+45*60)
		h, r := newHouse(t, db, now), rand.New(rand.NewSource(11))
		roster, chat := h.instance("HR", marked), h.instance("Chat", false)
		lives := make([]life, 6)
		for n := range lives {
			lives[n].employment = []string{"employed", "ended"}[n%2]
			h.row(purser.KindPerson, roster, fmt.Sprint("p", n), map[string]any{"display_name": fmt.Sprint("P", n)})
			h.row(purser.KindAccount, chat, fmt.Sprint("a", n), map[string]any{"display_name": fmt.Sprint("A", n)})
			h.row(purser.KindSeat, chat, fmt.Sprint("s", n), map[string]any{"plan": "pro", "account": fmt.Sprint("a", n)})
		}
		type event struct {
			kind, field   string
			before, after any
			what          string
		}
		live := func(n int) event { // one more event of a person's life
			was, l := lives[n], &lives[n]
			e := event{kind: "person", field: "removed"}
			switch {
			case !l.listed && r.Intn(2) == 0:
				l.listed, e.field = true, "added"
			case !l.listed:
				l.listed, e.before = true, "1"
			case r.Intn(3) == 0:
				l.listed, e.after = false, "1"
			default:
				for l.employment == was.employment {
					l.employment = []string{"employed", "on_leave", "ended"}[r.Intn(3)]
				}
				e.field, e.before, e.after = "employment", was.employment, l.employment
			}
			e.what = l.told(was, marked)
			return e
		}
		things := []event{
			{"person", "department", "a", "b", ""},
			{"account", "added", nil, nil, "account_added"}, {"account", "removed", nil, "1", "account_gone"}, {"account", "removed", "1", nil, "account_returned"},
			{"account", "status", "active", "suspended", "account_status"}, {"account", "role", "a", "b", ""},
			{"seat", "added", nil, nil, "seat_given"}, {"seat", "removed", nil, "1", "seat_taken"},
		}
		want, days, total := map[string]int64{}, map[string]int64{}, int64(0)
		first := time.Date(2026, 12, 28, 0, 0, 0, 0, zone)
		moments := make([]time.Time, 400)
		for n := range moments {
			moments[n] = first.Add(time.Duration(r.Int63n(int64(9*dayLong)))).AddDate(0, 0, -1)
			if n%17 == 0 { // the edges of days
				moments[n] = first.AddDate(0, 0, n%3-1).Add(-time.Duration(n%2) * time.Microsecond)
			}
		}
		slices.SortFunc(moments, time.Time.Compare)
		moments = slices.CompactFunc(moments, time.Time.Equal) // a row changes once in a reading
		for n, at := range moments {
			e := things[r.Intn(len(things))]
			if n%2 == 0 {
				e = live(n % len(lives))
			}
			h.exec(`INSERT INTO change (kind, row_id, run_no, at, field, before, after) VALUES (?, ?, 0, ?, ?, ?, ?)`, e.kind, 1+n%len(lives), at.UnixMicro(), e.field, e.before, e.after)
			if e.what != "" && !at.Before(first) && at.Before(first.AddDate(0, 0, 7)) {
				want[e.what]++
				days[at.In(zone).Format(time.DateOnly)]++
				total++
			}
		}
		for n, l := range lives {
			h.exec(`UPDATE "person" SET employment = ? WHERE id = ?`, l.employment, 1+n)
		}
		seen, counts, page := map[string]bool{}, map[string]int64{}, purser.Page{Limit: 7}
		for {
			got, err := h.inventory.Recent(t.Context(), inventory.RecentFilter{Zone: zone}, page)
			if err != nil || got.Total != total {
				t.Fatalf("%d changes, the oracle says %d (%v)", got.Total, total, err)
			}
			for _, d := range got.Days {
				sum := int64(0)
				for _, n := range d.Counts {
					sum += n
				}
				if d.Total != days[d.Day] || sum != d.Total {
					t.Errorf("%s: %d, its parts are %d, the oracle says %d", d.Day, d.Total, sum, days[d.Day])
				}
			}
			for _, c := range got.Items {
				if seen[c.ID] {
					t.Errorf("%s is told twice", c.ID)
				}
				seen[c.ID] = true
				counts[c.What]++
			}
			if page.After = got.Next; page.After == "" {
				break
			}
		}
		if fmt.Sprint(counts) != fmt.Sprint(want) {
			t.Errorf("HR %v: %v, the oracle says %v", marked, counts, want)
		}
	})
}

// Suspicious use is what the oracle says it is: by account once, in the view that the
// decisions about it and the days that passed put it into.
func TestSuspiciousUseIsWhatTheOracleKnows(t *testing.T) {
	for n, now := range days(t) {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			o := invent(int64(n+7), now)
			h := newHouse(t, db, now)
			o.plant(h)
			view := func(v string) (keys, ids []string) {
				t.Helper()
				list, err := h.findings.Suspicious(t.Context(), finding.SuspiciousFilter{View: v}, purser.Page{Limit: 1000})
				if err != nil {
					t.Fatal(err)
				}
				h.searched(v, list.Items)
				for _, x := range list.Items {
					a := slices.IndexFunc(o.apps, func(a *application) bool { return a.instance.ID == x.InstanceID })
					_, external, _ := strings.Cut(h.external(x.AccountID), "/")
					keys, ids = append(keys, key(string(x.Kind), x.InstanceID, external)), append(ids, x.ID)
					i := slices.IndexFunc(o.apps[a].accounts, func(y *account) bool { return y.id == external })
					y := o.apps[a].accounts[i]
					if used := y.lastUse(); used == nil || !used.Truncate(time.Microsecond).Equal(x.LastActive.At) {
						t.Errorf("%s was used %v, the oracle says %v", external, x.LastActive.At, used)
					}
					if (y.seen != nil) != (x.Days == 1) && y.seen != nil && !y.seen.Before(h.at.Truncate(dayLong).AddDate(0, 0, -29)) {
						t.Errorf("%s: %d days", external, x.Days)
					}
				}
				return keys, ids
			}
			all, _, _ := o.finds()
			want := slices.DeleteFunc(all, func(k string) bool { return !strings.HasPrefix(k, "used_") })
			got, ids := view("")
			differ(t, "suspicious", got, want)
			if len(got) == 0 {
				t.Fatal("nothing was planted")
			}
			until := now.AddDate(0, 0, 3).Format(time.DateOnly)
			if _, err := h.findings.Decide(t.Context(), ids[:1], nil, finding.Decision{State: "accepted", Reason: "a handover"}); err == nil {
				t.Error("recognized for ever")
			}
			gate := newHouse(t, db, now, purser.OpUseRecognize)
			if _, err := gate.findings.Decide(t.Context(), ids[:1], nil, finding.Decision{State: "accepted", Reason: "a handover", Until: until}); err == nil {
				t.Error("recognized by who is no admin")
			}
			if _, err := h.findings.Decide(t.Context(), ids[:1], nil, finding.Decision{State: "accepted", Reason: "a handover", Until: until}); err != nil {
				t.Fatal(err)
			}
			left, _ := view("now")
			known, _ := view("recognized")
			differ(t, "without what is recognized", append(left, known...), want)
			if len(known) != 1 || len(left) != len(want)-1 {
				t.Errorf("%d recognized, %d not", len(known), len(left))
			}
			h.at = now.AddDate(0, 0, 3) // its day
			o.now = h.at
			if err := h.findings.Derive(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			all, _, _ = o.finds()
			still := slices.DeleteFunc(all, func(k string) bool { return !strings.HasPrefix(k, "used_") })
			back, _ := view("now")
			over, _ := view("history")
			differ(t, "on its day", back, still)
			differ(t, "nothing is lost", append(over, back...), want)
			if known, _ = view("recognized"); len(known) != 0 {
				t.Errorf("still recognized: %v", known)
			}
		})
	}
}

// external is the instance and the vendor's identifier of an account.
func (h *house) external(id string) string {
	h.t.Helper()
	a, err := h.inventory.Account(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return a.InstanceID + "/" + a.ExternalID
}

// searched looks for the first account of a view by its name: those are found in whose name,
// or whose person's, it stands, and by somebody who may not see names none.
func (h *house) searched(view string, all []purser.SuspiciousUse) {
	h.t.Helper()
	if len(all) == 0 {
		return
	}
	f := finding.SuspiciousFilter{View: view, Query: strings.ToUpper(all[0].AccountName)}
	found, err := h.findings.Suspicious(h.t.Context(), f, purser.Page{Limit: 1000, Sort: "age"})
	if err != nil {
		h.t.Fatal(err)
	}
	at := func(list []purser.SuspiciousUse, id string) bool {
		return slices.ContainsFunc(list, func(x purser.SuspiciousUse) bool { return x.ID == id })
	}
	for _, x := range all {
		if named := strings.Contains(strings.ToUpper(x.AccountName+" "+x.PersonName), f.Query); named && !at(found.Items, x.ID) {
			h.t.Errorf("%q does not find %s", f.Query, x.ID)
		}
	}
	if found.Total != int64(len(found.Items)) || len(all) > 3 && len(found.Items) == len(all) {
		h.t.Errorf("%q finds %d of %d, the total says %d", f.Query, len(found.Items), len(all), found.Total)
	}
	nameless := newHouse(h.t, h.db, h.at, purser.OpNameRead)
	if _, err := nameless.findings.Suspicious(h.t.Context(), f, purser.Page{}); err == nil {
		h.t.Errorf("%q is searched for whom names are hidden", f.Query)
	}
}
