package notify_test

import (
	"testing"

	"purser"
	"purser/internal/notify"
)

// What an owner is told of their week is for them: it does not say whose it is.
func TestAnOwnersWeekGoesToNoWebhook(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		h.restart(notify.Options{Sealer: plainSealer{}, UserAgent: "Purser/test"})
		h.endpoint(notify.NewEndpoint{Name: "tickets", URL: "https://hooks.example.com/x"})
		h.write(func(ctx ctxT, tx txT) error {
			return h.Post(ctx, tx, purser.Event{Kind: purser.EventFindingsWeekly, Key: "week/usr_1", To: []string{"owner@example.com"}})
		})
		h.wantOutbox("mail owner@example.com findings waiting")
	})
}

// The list of an instance is told of its week, and nobody else is: owners have a
// mail of their own, and what nobody looks after goes to the general list.
func TestAnInstancesWeekGoesToItsOwnListAlone(t *testing.T) {
	eachSQLite(t, func(t *testing.T, h *house) {
		h.restart(notify.Options{Sealer: plainSealer{}, UserAgent: "Purser/test"})
		h.endpoint(notify.NewEndpoint{Name: "tickets", URL: "https://hooks.example.com/x"})
		h.user("root@example.com", purser.RoleAdmin)
		acme := h.instance("Acme", h.user("owner@example.com", purser.RoleOperator))
		h.add("", "ops@example.com")
		h.add(acme, "team@example.com")
		h.happen(purser.EventFindingsWeekly, acme)
		h.wantOutbox("mail team@example.com instance waiting")
	})
}
