package inventory_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func daysAgo(n int) time.Time { return now().AddDate(0, 0, -n) }

// classOf reads the class of use of an account by its identifier at the vendor.
func classOf(t *testing.T, s *inventory.Service, i purser.Instance, external string) purser.Use {
	t.Helper()
	list, err := s.Accounts(t.Context(), inventory.AccountFilter{InstanceID: i.ID}, purser.Page{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list.Items {
		if a.ExternalID == external {
			return a.Use
		}
	}
	t.Fatalf("no account %s", external)
	return purser.Use{}
}

func TestInactiveIsSaidOnlyWhereTheSourceCoversTheThreshold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		chat := connect(t, db, "Chat", "chat", "Chat")
		used := row(t, db, purser.KindAccount, chat.No, "used", nil)
		row(t, db, purser.KindAccount, chat.No, "idle", nil)
		row(t, db, purser.KindAccount, chat.No, "new", map[string]any{"created_at": daysAgo(20).UnixMicro()})
		exec(t, db, `INSERT INTO account_use (account_id, instance_no, used_at) VALUES (?, ?, ?)`, used, chat.No, daysAgo(65).UnixMicro())
		for _, c := range []struct {
			name             string
			from, until      int // days ago; 0 and 0: not read
			used, idle, born string
		}{
			{"nothing is read", 0, 0, "unknown", "unknown", "unknown"},
			{"the window is too short", 30, 0, "unknown", "unknown", "unknown"},
			{"it covers the threshold", 61, 0, "inactive", "inactive", "never"},
			{"it covers exactly", 60, 1, "unknown", "unknown", "unknown"}, // from noon: the day of the threshold is not whole
			{"it was not read for long", 200, 9, "unknown", "unknown", "unknown"},
		} {
			if c.from != 0 {
				covers(t, db, chat.No, daysAgo(c.from), daysAgo(c.until))
			}
			derive(t, db)
			for account, want := range map[string]string{"used": c.used, "idle": c.idle, "new": c.born} {
				if u := classOf(t, s, chat, account); u.Class != want || u.Why == "" {
					t.Errorf("%s: %s is %s (%s), want %s", c.name, account, u.Class, u.Why, want)
				}
			}
			a, err := s.Application(t.Context(), chat.Application)
			if err != nil {
				t.Fatal(err)
			}
			opens(t, s, a)
		}
		covers(t, db, chat.No, daysAgo(30), now())
		u := classOf(t, s, chat, "idle")
		if want := time.Date(2026, 12, 23, 0, 0, 0, 0, time.UTC); !u.KnownFrom.Equal(want) || !strings.Contains(u.Why, "23 December 2026") {
			t.Errorf("it can be said from %s (%s), want %s", u.KnownFrom, u.Why, want)
		}
	})
}

func TestTheVendorsOwnDateIsBelievedOnlyWhileItIsRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		chat := connect(t, db, "Chat", "chat", "Chat")
		row(t, db, purser.KindAccount, chat.No, "idle", map[string]any{"last_active_at": daysAgo(90).UnixMicro()})
		row(t, db, purser.KindAccount, chat.No, "never", map[string]any{"last_active_at": int64(0)})
		if got := classOf(t, s, chat, "idle").Class + classOf(t, s, chat, "never").Class; got != "inactivenever" {
			t.Errorf("freshly read: %s", got)
		}
		reads(t, db, chat.No, purser.KindAccount, daysAgo(8))
		if got := classOf(t, s, chat, "idle").Class + classOf(t, s, chat, "never").Class; got != "unknownunknown" {
			t.Errorf("read long ago: %s", got)
		}
	})
}

func TestAThresholdIsTriedBeforeItIsSetAndEachNumberOpensItsRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		chat, docs := connect(t, db, "Chat", "chat", "Chat"), connect(t, db, "Docs", "docs", "Docs")
		for i, ago := range []int{5, 20, 40, 70, 100, 130} {
			row(t, db, purser.KindAccount, chat.No, string(rune('a'+i)), map[string]any{"last_active_at": daysAgo(ago).UnixMicro()})
		}
		row(t, db, purser.KindAccount, docs.No, "x", map[string]any{"last_active_at": daysAgo(40).UnixMicro()})
		derive(t, db)
		u, err := s.ApplicationUse(t.Context(), chat.Application, 45)
		if err != nil || u.Days != 60 || u.Now.Inactive != 3 {
			t.Fatalf("%+v %v", u, err)
		}
		want := map[int]int64{15: 5, 30: 4, 45: 3, 60: 3, 90: 2, 120: 1}
		for _, c := range u.Others {
			list, err := s.Accounts(t.Context(), inventory.AccountFilter{Application: chat.Application, Use: []string{"inactive", "never"}, Days: c.Days}, purser.Page{})
			if err != nil || c.Idle() != want[c.Days] || list.Total != c.Idle() {
				t.Errorf("%d days select %d, open %d (%v), want %d", c.Days, c.Idle(), list.Total, err, want[c.Days])
			}
			if c.Active+c.Inactive+c.Never+c.Unknown != 6 {
				t.Errorf("%d days lose accounts: %+v", c.Days, c)
			}
		}
		if err := s.SetThreshold(t.Context(), chat.Application, 30); err != nil {
			t.Fatal(err)
		}
		a, err := s.Application(t.Context(), chat.Application)
		if err != nil || a.Inactive != 4 {
			t.Errorf("after 30 days: %+v %v", a, err)
		}
		opens(t, s, a)
		if classOf(t, s, docs, "x").Class != "active" {
			t.Error("the threshold of one application counts for another")
		}
		var audited int
		if err := db.Read().NewRaw(`SELECT count(*) FROM audit WHERE object = ? AND before LIKE '%60%' AND after LIKE '%30%'`, chat.Application).Scan(t.Context(), &audited); err != nil || audited != 1 {
			t.Errorf("the change stands %d times in the audit log (%v)", audited, err)
		}
		for _, days := range []int{0, -1, 731} {
			if s.SetThreshold(t.Context(), chat.Application, days) == nil {
				t.Errorf("%d days are taken", days)
			}
		}
	})
}

func TestEngagementCountsDaysAndWeeksOfAccounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		chat := connect(t, db, "Chat", "chat", "Chat")
		p := row(t, db, purser.KindPerson, chat.No, "p", map[string]any{"department": "Sales"})
		for _, name := range []string{"a", "b"} {
			id := row(t, db, purser.KindAccount, chat.No, name, map[string]any{"last_active_at": now().UnixMicro()})
			row(t, db, purser.KindSeat, chat.No, "s"+name, map[string]any{"plan": "pro", "account": name})
			if name == "a" {
				exec(t, db, `INSERT INTO account_person (account_id, instance_no, person_id, how, linked_at) VALUES (?, ?, ?, 'x', 1)`, id, chat.No, p)
			}
		}
		use := func(account string, ago int) {
			at := daysAgo(ago).UnixMicro()
			exec(t, db, `INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at) VALUES (?, 7, ?, '', ?, 3, ?, ?)`,
				chat.No, account, at/86_400_000_000, at, at)
		}
		for _, ago := range []int{0, 1, 2, 3} { // 22 November 2026 is a Sunday
			use("a", ago)
		}
		use("b", 7)
		derive(t, db)
		u, err := s.ApplicationUse(t.Context(), chat.Application, 0)
		if err != nil {
			t.Fatal(err)
		}
		last, before := u.Weeks[11], u.Weeks[10]
		if last.From != "2026-11-16" || last.Accounts != 1 || last.Days != 4 || before.Accounts != 1 || before.Days != 1 || last.Covered {
			t.Errorf("weeks: %+v %+v", before, last)
		}
		if u.DaysActive[0].Accounts != 1 || u.DaysActive[1].Accounts != 1 {
			t.Errorf("days active: %+v", u.DaysActive)
		}
		if len(u.Departments) != 2 || u.Departments[0].Seats+u.Departments[1].Seats != 2 || u.Departments[0].Active != 1 {
			t.Errorf("departments: %+v", u.Departments)
		}
	})
}

func TestUseIsHiddenFromWhomItIsNotFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		chat := connect(t, db, "Chat", "chat", "Chat")
		s := service(db, roles{})
		if _, err := s.ApplicationUse(context.Background(), chat.Application, 0); err == nil {
			t.Error("anybody reads the use")
		}
		if err := s.SetThreshold(context.Background(), chat.Application, 30); err == nil {
			t.Error("anybody sets a threshold")
		}
	})
}
