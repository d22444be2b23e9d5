package notify_test

import (
	"context"
	"errors"
	"testing"

	"github.com/uptrace/bun"

	"purser"
)

func TestANoticeIsKeptOrLostWithItsChange(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.instance("Acme", h.user("owner@example.com", purser.RoleOperator))
		undone := errors.New("undone")
		err := h.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			return errors.Join(h.Post(ctx, tx, purser.Event{Kind: purser.EventSyncFailed, InstanceID: id, Key: "lost", What: "x"}), undone)
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		h.wantOutbox()
		h.happen(purser.EventSyncFailed, id)
		h.wantOutbox("mail owner@example.com owner waiting")
	})
}

func TestTwoEventsOfOneKeyAreOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.instance("Acme", h.user("owner@example.com", purser.RoleOperator))
		e := h.happen(purser.EventSyncFailed, id)
		h.user("late@example.com", purser.RoleAdmin)
		h.write(func(ctx context.Context, tx bun.Tx) error { return h.Post(ctx, tx, e) })
		h.wantOutbox("mail owner@example.com owner waiting")
	})
}

func TestWithoutAnybodyToTellTheAdminsAreTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.user("root@example.com", purser.RoleAdmin)
		h.user("second@example.com", purser.RoleAdmin)
		h.user("money@example.com", purser.RoleFinance)
		h.happen(purser.EventSyncFailed, h.instance("Acme", "usr_gone"))
		h.wantOutbox("mail root@example.com admin waiting", "mail second@example.com admin waiting")
		var warning string
		if err := h.db.Read().NewRaw("SELECT warning FROM notice").Scan(t.Context(), &warning); err != nil || warning == "" {
			t.Errorf("no warning says why it went to the admins: %v", err)
		}
	})
}
