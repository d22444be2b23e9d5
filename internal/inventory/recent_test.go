package inventory_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// A week's changes: whoever HR says joined and left, accounts and seats that came and
// went, by the days of the organization's zone; names are for those who may see them.
func TestWhatChangedThisWeek(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		hr, chat := connect(t, db, "hr", "bamboohr", "People"), connect(t, db, "chat", "slack", "Chat")
		exec(t, db, `UPDATE instance SET hr = TRUE WHERE no = ?`, hr.No)
		ada := row(t, db, purser.KindPerson, hr.No, "p1", map[string]any{"display_name": "Ada", "department": "Labs", "employment": "employed"})
		ben := row(t, db, purser.KindPerson, hr.No, "p2", map[string]any{"display_name": "Ben", "employment": "ended"})
		stranger := row(t, db, purser.KindPerson, chat.No, "p3", map[string]any{"display_name": "Cyd"})
		acc := row(t, db, purser.KindAccount, chat.No, "a1", map[string]any{"display_name": "ada@", "status": "suspended"})
		exec(t, db, `INSERT INTO account_person (account_id, instance_no, person_id, how, linked_at) VALUES (?, ?, ?, 'email', 1)`, acc, chat.No, ada)
		row(t, db, purser.KindPlan, chat.No, "pro", map[string]any{"name": "Pro"})
		seat := row(t, db, purser.KindSeat, chat.No, "s1", map[string]any{"account": "a1", "plan": "pro"})
		at := time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC) // the 21st in Berlin
		change := func(kind string, id int64, at time.Time, field string, before, after any) {
			exec(t, db, `INSERT INTO change (kind, row_id, run_no, at, field, before, after) VALUES (?, ?, 0, ?, ?, ?, ?)`, kind, id, at.UnixMicro(), field, before, after)
		}
		change("person", ada, at, "added", nil, nil)
		change("person", ben, at, "employment", "employed", "ended")
		change("person", stranger, at, "added", nil, nil) // whom HR does not list
		change("account", acc, at, "added", nil, nil)
		change("account", acc, at, "status", "active", "suspended")
		change("account", acc, at, "email", "a", "b")
		change("seat", seat, at.AddDate(0, 0, -1), "added", nil, nil)
		change("seat", seat, at, "removed", nil, "1764000000000000")
		change("account", acc, at.AddDate(0, 0, -30), "status", "invited", "active") // long ago
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		got, err := service(db, everything()).Recent(t.Context(), inventory.RecentFilter{Zone: berlin}, purser.Page{})
		if err != nil || got.From != "2026-11-16" || got.To != "2026-11-22" || len(got.Days) != 7 || got.Total != 6 || len(got.Items) != 6 {
			t.Fatalf("%+v %v", got, err)
		}
		of := map[string]purser.RecentChange{}
		for _, c := range got.Items {
			of[c.What] = c
		}
		if c := of[purser.RecentJoined]; c.PersonName != "Ada" || c.Department != "Labs" || c.InstanceName != "hr" {
			t.Errorf("joined: %+v", c)
		}
		if c := of[purser.RecentLeft]; c.PersonName != "Ben" || c.Before != "employed" || c.After != "ended" {
			t.Errorf("left: %+v", c)
		}
		if c := of[purser.RecentSeatTaken]; c.Plan != "Pro" || c.AccountName != "ada@" || c.PersonName != "Ada" || c.ApplicationName != "Chat" || c.MissingSince.IsZero() {
			t.Errorf("seat taken: %+v", c)
		}
		if c := of[purser.RecentStatus]; c.Before != "active" || c.After != "suspended" || c.MissingSince.IsZero() != true {
			t.Errorf("status: %+v", c)
		}
		if d := got.Days[5]; d.Day != "2026-11-21" || d.Total != 5 || d.Counts[purser.RecentJoined] != 1 {
			t.Errorf("the day of the zone: %+v", d)
		}
		few, err := service(db, everything()).Recent(t.Context(), inventory.RecentFilter{What: []string{"joined", "account_added"}, Application: chat.Application}, purser.Page{})
		if err != nil || len(few.Items) != 1 || few.Items[0].What != purser.RecentAdded {
			t.Errorf("filtered: %+v %v", few.Items, err)
		}
		gate := everything()
		gate[purser.OpNameRead] = false
		blind, err := service(db, gate).Recent(t.Context(), inventory.RecentFilter{}, purser.Page{})
		for _, c := range blind.Items {
			if c.PersonName == "Ada" || c.PersonName == "Ben" || c.AccountName == "ada@" {
				t.Errorf("a name: %+v", c)
			}
		}
		if err != nil || len(blind.Items) != 6 {
			t.Errorf("%d, %v", len(blind.Items), err)
		}
		grouped, err := service(db, everything()).Recent(t.Context(), inventory.RecentFilter{Any: []inventory.RecentFilter{{What: []string{"joined"}, Instances: []string{chat.ID}}, {What: []string{"account_added"}, Instances: []string{chat.ID}}}}, purser.Page{})
		if err != nil {
			t.Fatal(err)
		}
		days := int64(0)
		for _, d := range grouped.Days {
			for _, n := range d.Counts {
				days += n
			}
		}
		if grouped.Total == 0 || days != grouped.Total || slices.ContainsFunc(grouped.Items, func(c purser.RecentChange) bool { return c.What != "account_added" || c.InstanceID != chat.ID }) {
			t.Errorf("what meets one of two groups: %+v, by day %d", grouped.Items, days)
		}
		if _, err := service(db, everything()).Recent(t.Context(), inventory.RecentFilter{From: now().AddDate(-1, 0, 0)}, purser.Page{}); err == nil {
			t.Error("a year at once")
		}
	})
}

// A seat may name an account that no list has brought: the vendor's identifier of it is
// often an address, and as much a name as any other.
func TestASeatWithoutItsAccountTellsNoNameEither(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		chat := connect(t, db, "chat", "slack", "Chat")
		seat := row(t, db, purser.KindSeat, chat.No, "s1", map[string]any{"account": "ada@acme.example", "plan": "pro"})
		exec(t, db, `INSERT INTO change (kind, row_id, run_no, at, field) VALUES ('seat', ?, 0, ?, 'added')`, seat, now().Add(-time.Hour).UnixMicro())
		for _, named := range []bool{true, false} {
			gate, want := everything(), ""
			if gate[purser.OpNameRead] = named; named {
				want = "ada@acme.example"
			}
			s := service(db, gate)
			got, err := s.Recent(t.Context(), inventory.RecentFilter{}, purser.Page{})
			if err != nil || len(got.Items) != 1 || got.Items[0].AccountName != want {
				t.Errorf("names %v: %+v %v", named, got.Items, err)
			}
			err = s.EachRecent(t.Context(), inventory.RecentFilter{}, func(c purser.RecentChange) error {
				if c.AccountName != want {
					t.Errorf("names %v, in a file: %+v", named, c)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// Only an HR source says that somebody left, and each leaving is told once: by the end
// of the employment, or by the list that has the person no more.
func TestLeavingIsToldOnceAndByHRAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		roster := connect(t, db, "people", "bamboohr", "People")
		at := now().Add(-24 * time.Hour)
		change := func(person int64, field string, before, after any) {
			at = at.Add(time.Minute)
			exec(t, db, `INSERT INTO change (kind, row_id, run_no, at, field, before, after) VALUES ('person', ?, 0, ?, ?, ?, ?)`, person, at.UnixMicro(), field, before, after)
		}
		ada := row(t, db, purser.KindPerson, roster.No, "p1", map[string]any{"display_name": "Ada", "employment": "ended"})
		ben := row(t, db, purser.KindPerson, roster.No, "p2", map[string]any{"display_name": "Ben", "employment": "employed"})
		cyd := row(t, db, purser.KindPerson, roster.No, "p3", map[string]any{"display_name": "Cyd", "employment": "ended"})
		change(ada, "employment", "employed", "ended")
		change(ada, "removed", nil, "1764000000000000")
		change(ada, "removed", "1764000000000000", nil)
		change(ben, "removed", nil, "1764000000000000")
		change(ben, "removed", "1764000000000000", nil)
		change(cyd, "added", nil, nil)
		for _, marked := range []bool{false, true} {
			exec(t, db, `UPDATE instance SET hr = ? WHERE no = ?`, marked, roster.No)
			got, err := service(db, everything()).Recent(t.Context(), inventory.RecentFilter{}, purser.Page{})
			var told []string
			for _, c := range got.Items {
				told = append([]string{c.PersonName + " " + c.What}, told...)
			}
			want := "[Ada employment Ben joined]"
			if marked {
				want = "[Ada left Ben left Ben joined]"
			}
			if err != nil || fmt.Sprint(told) != want || got.Total != int64(len(told)) {
				t.Errorf("marked as HR %v: %v of %d, want %s (%v)", marked, told, got.Total, want, err)
			}
		}
	})
}
