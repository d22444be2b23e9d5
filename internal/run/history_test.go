package run_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/inventory"
	"purser/internal/match"
	"purser/internal/store"
)

// anyone is a gate that lets everybody do everything.
type anyone struct{}

func (anyone) Allow(context.Context, purser.Operation) error { return nil }

// enable switches tasks on that a house does not begin with.
func (h *house) enable(tasks ...purser.TaskName) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, task := range tasks {
			if err := store.PutTask(ctx, tx, store.TaskRow{InstanceID: h.id, Task: string(task), Enabled: true, Every: (24 * time.Hour).Microseconds()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// read runs both tasks and what their readings ask to have confirmed.
func (h *house) read() {
	h.t.Helper()
	for _, task := range []purser.TaskName{purser.TaskApplicationRoster, purser.TaskLicenseInformation} {
		h.state(h.task(task), purser.RunSucceeded)
	}
	h.finish(&plug{})
}

// story is the timeline in one line each, without the times of day.
func story(t *testing.T, l purser.List[purser.TimelineEntry], err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range l.Items {
		out = append(out, strings.Join(strings.Fields(fmt.Sprint(e.At.Format("01-02"), " ", e.Topic, " ", e.What, " ", e.Name, " ", e.Field, " ", e.Before, " ", e.After)), " "))
	}
	return strings.Join(out, "\n")
}

func TestEveryChangeHasItsDateAndEachDayItsAccounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := inventory.New(inventory.Options{DB: h.db, Gate: anyone{}, Now: h.now})
		h.at = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
		h.enable(purser.TaskLicenseInformation)
		day := func(n int) string { return fmt.Sprintf("2026-11-%02d", n) }
		next := func() { h.at = h.at.Truncate(24 * time.Hour).Add(33 * time.Hour) }
		h.read()
		next() // the 2nd: one is suspended, one leaves a group
		h.vendor.users[1].Status = "off"
		h.vendor.members["g1"] = []string{"u01", "u03"}
		h.read()
		next() // the 3rd: a seat is taken back
		h.vendor.seats = []string{"u04", "u05"}
		h.read()
		next() // the 4th: one is gone
		gone := h.vendor.users[3]
		h.vendor.users = slices.Delete(h.vendor.users, 3, 4)
		h.read()
		next() // the 5th: it is back under another address, and another comes
		gone.Email = "u03@new.example.com"
		h.vendor.users = append(h.vendor.users, gone, person{"u77", "u77@example.com", "on"})
		h.read()
		next()

		id := func(external string) string {
			var id int64
			if err := h.db.Read().NewRaw(`SELECT id FROM "account" WHERE external_id = ?`, external).Scan(t.Context(), &id); err != nil {
				t.Fatal(err)
			}
			return store.RowID("acc_", id)
		}
		for _, c := range []struct{ account, want string }{
			{"u01", "11-03 seat removed Pro\n11-02 status changed status active suspended\n11-01 account known\n11-01 group known Group g1\n11-01 group known Group g2\n11-01 seat known Pro"},
			{"u02", "11-02 group removed Group g1\n11-01 account known\n11-01 group known Group g1"},
			{"u03", "11-05 account returned\n11-05 detail changed email u03@example.com u03@new.example.com\n11-04 account removed\n11-01 account known\n11-01 group known Group g1"},
			{"u77", "11-05 account added"},
		} {
			l, err := s.AccountTimeline(t.Context(), id(c.account), nil, purser.Page{})
			if got := story(t, l, err); got != c.want || strings.Join(l.Notes, "") != "Purser first read Acme on 2026-11-01; before that nothing is known." {
				t.Errorf("%s:\n%s\nwant:\n%s", c.account, got, c.want)
			}
		}
		newest, err := store.ApplicationTimeline(t.Context(), h.db.Read(), 0, true, 3)
		if got := story(t, purser.List[purser.TimelineEntry]{Items: newest}, err); got != "11-05 account returned\n11-05 account added\n11-04 account removed" {
			t.Errorf("the latest of the application:\n%s", got)
		}
		l, err := s.AccountTimeline(t.Context(), id("u01"), []purser.Topic{purser.TopicStatus, purser.TopicSeat}, purser.Page{Limit: 2})
		if got := story(t, l, err); got != "11-03 seat removed Pro\n11-02 status changed status active suspended" || l.Total != 3 {
			t.Errorf("of two topics:\n%s\nof %d", got, l.Total)
		}
		l, err = s.AccountTimeline(t.Context(), id("u01"), []purser.Topic{purser.TopicStatus, purser.TopicSeat}, purser.Page{Limit: 2, After: l.Next})
		if got := story(t, l, err); got != "11-01 seat known Pro" || l.Next != "" {
			t.Errorf("its second page:\n%s", got)
		}

		for _, c := range []struct {
			day, present, absent, suspended, note string
		}{
			{"2026-10-31", "", "u01", "", "Purser first read Acme on 2026-11-01; before that nothing is known."},
			{day(1), "u01 u02 u03", "u77", "", ""},
			{day(2), "u01 u03", "u77", "u01", ""},
			{day(3), "u03", "u77", "u01", ""},
			{day(4), "u02", "u03 u77", "u01", ""},
			{day(5), "u03 u77", "", "u01", ""},
			{day(6), "u03 u77", "", "u01", ""},
		} {
			f := inventory.AccountFilter{AsOf: c.day}
			there := map[string]purser.Account{}
			list, err := s.Accounts(t.Context(), f, purser.Page{})
			for _, a := range list.Items {
				there[a.ExternalID] = a
			}
			if err != nil || strings.Join(list.Notes, " ") != c.note || list.Total != int64(len(there)) {
				t.Errorf("%s: %d of %d, notes %q, %v", c.day, len(there), list.Total, list.Notes, err)
			}
			for _, x := range strings.Fields(c.present) {
				if there[x].ID == "" {
					t.Errorf("%s: %s is missing", c.day, x)
				}
			}
			for _, x := range strings.Fields(c.absent) {
				if there[x].ID != "" {
					t.Errorf("%s: %s was not there", c.day, x)
				}
			}
			if a := there["u03"]; a.ID != "" && (a.Email == "u03@new.example.com") != (c.day >= day(5)) {
				t.Errorf("%s: u03 is %s", c.day, a.Email)
			}
			f.Status = []string{"suspended"}
			var suspended []string
			err = s.EachAccount(t.Context(), f, func(a purser.Account) error {
				suspended = append(suspended, a.ExternalID)
				if a.Status != "suspended" {
					t.Errorf("%s: %s is %s", c.day, a.ExternalID, a.Status)
				}
				return nil
			})
			if err != nil || strings.Join(suspended, " ") != c.suspended {
				t.Errorf("%s: suspended %v, want %s %v", c.day, suspended, c.suspended, err)
			}
		}
		for _, f := range []inventory.AccountFilter{{AsOf: "2026-11-31"}, {AsOf: "2026-12-24"}, {AsOf: day(2), Use: []string{"active"}}, {AsOf: day(2), Removed: true}} {
			if _, err := s.Accounts(t.Context(), f, purser.Page{}); err == nil {
				t.Errorf("%+v was answered", f)
			}
		}
	})
}

func TestAPersonsTimelineHasThatOfAllAccounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := inventory.New(inventory.Options{DB: h.db, Gate: anyone{}, Now: h.now})
		h.at = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
		h.enable(purser.TaskLicenseInformation, purser.TaskHRRoster)
		h.vendor.people = []map[string]string{{"id": "p1", "email": "u01@example.com", "employment": "employed", "manager": "Grace", "department": "R&D"}}
		both := func() {
			h.read()
			h.state(h.task(purser.TaskHRRoster), purser.RunSucceeded)
		}
		both()
		h.at = h.at.Add(24 * time.Hour)
		h.vendor.people[0]["manager"], h.vendor.people[0]["department"] = "Edsger", "Sales"
		h.vendor.users[1].Status = "off"
		both()
		h.at = h.at.Add(24 * time.Hour)
		h.vendor.people[0]["employment"] = "ended"
		both()
		err := h.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			return store.MarkDerivation(ctx, tx, h.instance().No, 0, purser.KindPerson)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := match.New(h.db, h.now).Derive(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		l, err := s.PersonTimeline(t.Context(), "per_1", nil, purser.Page{})
		want := `11-03 employment changed employment employed ended
11-02 department changed department R&D Sales
11-02 manager changed manager Grace Edsger
11-02 status changed status active suspended
11-01 account known
11-01 employment known
11-01 group known Group g1
11-01 group known Group g2
11-01 seat known Pro`
		if got := story(t, l, err); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
		l, err = s.PersonTimeline(t.Context(), "per_1", []purser.Topic{purser.TopicManager}, purser.Page{})
		if got := story(t, l, err); got != "11-02 manager changed manager Grace Edsger" {
			t.Errorf("got:\n%s", got)
		}
		if _, err := s.PersonTimeline(t.Context(), "per_1", []purser.Topic{"weather"}, purser.Page{}); err == nil {
			t.Error("a topic that does not exist was taken")
		}
	})
}
