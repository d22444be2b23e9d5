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
