package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/notify"
	"purser/internal/notify/mailtest"
	"purser/internal/store"
)

func (h *house) add(instanceID, text string) {
	h.t.Helper()
	if _, err := h.AddRecipients(h.t.Context(), instanceID, text); err != nil {
		h.t.Fatal(err)
	}
}

func TestTheGeneralListIsToldInPlaceOfTheOwnerAndListsOfInstancesBesides(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		acme, other := h.instance("Acme", h.user("owner@example.com", purser.RoleOperator)), h.instance("Other", h.user("second@example.com", purser.RoleOperator))
		h.add(acme, "team@example.com")
		h.happen(purser.EventSyncFailed, acme)
		h.wantOutbox("mail owner@example.com owner waiting", "mail team@example.com instance waiting")
		h.add("", "ops@example.com, Team@example.com;it@example.com")
		h.happen(purser.EventSyncFailed, other)
		h.wantOutbox("mail owner@example.com owner waiting", "mail team@example.com instance waiting",
			"mail ops@example.com list waiting", "mail team@example.com list waiting", "mail it@example.com list waiting")
		h.happen(purser.EventSyncRecovered, acme)
		if n := strings.Count(h.outbox(), "team@example.com"); n != 3 {
			t.Errorf("an address of both lists is told twice of one event:\n%s", h.outbox())
		}
		if err := h.RemoveRecipient(t.Context(), "", "TEAM@example.com"); err != nil {
			t.Fatal(err)
		}
		if err := h.RemoveRecipient(t.Context(), "", "team@example.com"); err == nil {
			t.Error("removed twice")
		}
	})
}

func TestAddressesAreCheckedBeforeAnyIsAdded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, bad := range []string{"", " ,; ", "nobody", "a@b", "ok@example.com, not one", "x@example.com\nBcc: y@", "Name <a@example.com>"} {
			if n, err := h.AddRecipients(t.Context(), "", bad); err == nil || n != 0 {
				t.Errorf("%q was taken", bad)
			}
		}
		n, err := h.AddRecipients(t.Context(), "", "a@example.com a@example.com\nb@example.com")
		if err != nil || n != 2 {
			t.Errorf("%d added, %v", n, err)
		}
		if _, err := h.AddRecipients(t.Context(), "ins_nowhere", "a@example.com"); err == nil {
			t.Error("a list of an instance that is not there")
		}
	})
}

func TestWhoIsNoLongerAUserIsShownAndNotTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.user("root@example.com", purser.RoleAdmin)
		id := h.user("left@example.com", purser.RoleOperator)
		h.add("", "left@example.com outside@example.org")
		instance := h.instance("Acme", "")
		h.write(func(ctx context.Context, tx bun.Tx) error { return store.DeleteUser(ctx, tx, id) })
		h.happen(purser.EventSyncFailed, instance)
		h.wantOutbox("mail outside@example.org list waiting")
		a, err := h.Recipients(t.Context(), "")
		if err != nil || len(a.Recipients) != 2 || !a.Recipients[0].Gone || a.Recipients[1].Gone || len(a.Told) != 1 {
			t.Errorf("%+v %v", a, err)
		}
		// With nobody left who can be reached: the admins, and a warning.
		if err := h.RemoveRecipient(t.Context(), "", "outside@example.org"); err != nil {
			t.Fatal(err)
		}
		if a, err = h.Recipients(t.Context(), ""); err != nil || a.Warning == "" || strings.Join(a.Told, " ") != "root@example.com" {
			t.Errorf("%+v %v", a, err)
		}
		h.happen(purser.EventSyncRecovered, instance)
		h.wantOutbox("mail outside@example.org list waiting", "mail root@example.com admin waiting")
	})
}

func TestAChangedAddressOfAUserIsFollowed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.user("old@example.com", purser.RoleOperator)
		h.add("", "old@example.com")
		h.write(func(ctx context.Context, tx bun.Tx) error {
			return store.UpdateUser(ctx, tx, store.User{ID: id, Email: "new@example.com", Name: "N", Role: purser.RoleOperator})
		})
		h.happen(purser.EventSyncFailed, h.instance("Acme", ""))
		h.wantOutbox("mail new@example.com list waiting")
	})
}

func TestWhatFailedIsSentAgainOrLeftByAPerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bounce := true
		m := mailtest.Start(t, mailtest.Options{Rcpt: func(string) error {
			if bounce {
				return mailtest.Refuse(550, "no such user")
			}
			return nil
		}})
		id := h.mailed(m)
		h.happen(purser.EventSyncFailed, id)
		h.happen(purser.EventSyncRecovered, id)
		h.deliver()
		st, err := h.State(t.Context())
		if err != nil || st.Failed != 2 || !st.Configured {
			t.Fatalf("%+v %v", st, err)
		}
		list, err := h.Deliveries(t.Context(), notify.Filter{State: "failed"}, purser.Page{Limit: 1})
		if err != nil || len(list.Items) != 1 || list.Total != 2 || list.Next == "" || list.Items[0].Hint == "" {
			t.Fatalf("%+v %v", list, err)
		}
		if err := h.Drop(t.Context(), list.Items[0].ID); err != nil {
			t.Fatal(err)
		}
		list, err = h.Deliveries(t.Context(), notify.Filter{State: "failed"}, purser.Page{})
		if err != nil || len(list.Items) != 1 {
			t.Fatalf("%+v %v", list, err)
		}
		bounce = false
		if err := h.Retry(t.Context(), list.Items[0].ID); err != nil {
			t.Fatal(err)
		}
		h.deliver()
		if err := h.Retry(t.Context(), list.Items[0].ID); err == nil {
			t.Error("what was sent is sent again")
		}
		h.wantOutbox("mail owner@example.com owner dropped", "mail owner@example.com owner sent")
		if a, err := h.Recipients(t.Context(), ""); err != nil || a.Why == "" {
			t.Errorf("%+v %v", a, err)
		}
	})
}

func TestATestMessageSaysAtOnceHowItWent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		m := mailtest.Start(t, mailtest.Options{Rcpt: func(to string) error {
			if to == "full@example.com" {
				return mailtest.Refuse(452, "mailbox full")
			}
			return nil
		}})
		h.mailed(m)
		d, err := h.SendTest(t.Context(), "me@example.com")
		if err != nil || d.State != "sent" || len(m.Messages()) != 1 || !strings.Contains(m.Messages()[0].Header("Subject"), "test message") {
			t.Errorf("%+v %v", d, err)
		}
		d, err = h.SendTest(t.Context(), "full@example.com")
		if err != nil || d.State != "failed" || !strings.Contains(d.Error, "452") {
			t.Errorf("a try is left for later, and nobody sees its end: %+v %v", d, err)
		}
		if _, err := h.SendTest(t.Context(), "nothing"); err == nil {
			t.Error("sent to nothing")
		}
		h.restart(notify.Options{})
		if _, err := h.SendTest(t.Context(), "me@example.com"); err == nil {
			t.Error("sent without a server")
		}
	})
}

func TestTheEndOfACredentialIsToldOnceAtEachThreshold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.instance("Acme", h.user("owner@example.com", purser.RoleOperator))
		end := h.clock.now().Add(40 * 24 * time.Hour)
		for n, name := range []string{"crd_1", "crd_1-new"} {
			h.write(func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewRaw(`INSERT INTO credential (id, instance_id, connector, auth, hosts, generation, sealed, expires_at) VALUES (?, ?, 'acme', 'key', '', 1, '{}', ?)`,
					name, id, end.Add(time.Duration(n)*time.Hour).UnixMicro()).Exec(ctx)
				return err
			})
		}
		told := map[int]int{}
		for range 45 * 2 { // twice a day
			before := strings.Count(h.outbox(), "\n") + min(len(h.outbox()), 1)
			for range 2 {
				if err := h.Watch(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			after := strings.Count(h.outbox(), "\n") + min(len(h.outbox()), 1)
			if after != before {
				told[int(end.Sub(h.clock.now())/(24*time.Hour))] += after - before
			}
			h.clock.pass(12 * time.Hour)
		}
		if len(told) != 3 || told[30] != 1 || told[7] != 1 || told[1] != 1 {
			t.Errorf("days before the end, and how often it was told: %v", told)
		}
	})
}

func TestALeftOwnerIsToldToTheAdminsOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.user("root@example.com", purser.RoleAdmin)
		owner, stays := h.user("owner@example.com", purser.RoleOperator), h.user("stays@example.com", purser.RoleOperator)
		h.add("", "ops@example.com")
		h.instance("Acme", owner)
		h.instance("Other", stays)
		h.instance("Nobody's", "")
		watch := func() {
			for range 2 {
				if err := h.Watch(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		watch()
		h.wantOutbox()
		h.write(func(ctx context.Context, tx bun.Tx) error { return store.DeleteUser(ctx, tx, owner) })
		watch()
		h.clock.pass(2 * notify.KeepNotices)
		watch()
		h.wantOutbox("mail root@example.com admin waiting")
	})
}

// An owner who has left is told nothing: the admins are, and why.
func TestAnOwnerWhoLeftIsToldNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.user("root@example.com", purser.RoleAdmin)
		acme := h.instance("Acme", h.user("owner@example.com", purser.RoleOperator))
		h.left("owner@example.com")
		h.happen(purser.EventSyncFailed, acme)
		h.wantOutbox("mail root@example.com admin waiting")
		a, err := h.Recipients(t.Context(), acme)
		if err != nil || !strings.Contains(a.Warning, "has left") {
			t.Errorf("the page warns %q, %v", a.Warning, err)
		}
	})
}

// left makes an HR source say that somebody has left.
func (h *house) left(email string) {
	h.t.Helper()
	hr := h.instance("Roster", "")
	h.write(func(ctx context.Context, tx bun.Tx) error {
		if err := store.SetHR(ctx, tx, hr, true); err != nil {
			return err
		}
		if _, err := tx.NewRaw(`INSERT INTO stream (no, instance_no, task, name, kind) SELECT 1, no, 'people', 'people', 'person' FROM instance WHERE id = ?`, hr).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw(`INSERT INTO "person" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email, employment)
			SELECT no, 'p', 1, 1, 1, 1, 1, 1, 1, ?, 'ended' FROM instance WHERE id = ?`, email, hr).Exec(ctx)
		return err
	})
}
