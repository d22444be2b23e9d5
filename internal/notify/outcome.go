package notify

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// giveUp is after how long something that cannot be delivered is left to people:
// as long as mail servers try (RFC 5321, 4.5.4.1: four to five days).
const giveUp = 4 * 24 * time.Hour

// backoff is how long to wait after the n-th try in vain. Greylisting wants a few
// minutes; a server that is away for a night is found again in the morning.
func backoff(tries int64) time.Duration {
	waits := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour}
	if tries >= 1 && int(tries) <= len(waits) {
		return waits[tries-1]
	}
	return 4 * time.Hour
}

// ended notes how a try ended. from is the state that d stands in by then.
func (s *Service) ended(ctx context.Context, d store.DeliveryRow, from string, began time.Time, t *trouble) {
	if t != nil && t.stopped && from == store.DeliveryWaiting {
		return // it was no try
	}
	now := s.Now()
	d.Tries++
	d.Holder, d.Error, d.Hint, d.DoneAt, d.NextAt = "", "", "", 0, 0
	try := store.TryRow{DeliveryNo: d.No, At: purser.MicrosOf(began), TookUS: now.Sub(began).Microseconds()}
	switch {
	case t == nil:
		d.State, d.DoneAt = store.DeliverySent, s.now()
	case t.unsure:
		d.State, d.DoneAt, d.Error = store.DeliveryUnsure, s.now(), t.what+"; it may have been taken all the same"
		d.Hint = "Ask whoever should have got it, and send it again if they did not"
	case t.final || d.Reason == "test" || now.Sub(d.CreatedAt.Time()) >= giveUp:
		d.State, d.DoneAt, d.Error, d.Hint = store.DeliveryFailed, s.now(), t.what, t.hint
	default:
		d.State, d.Error, d.Hint = store.DeliveryWaiting, t.what, t.hint
		d.NextAt = purser.MicrosOf(now.Add(max(backoff(d.Tries), min(t.after, 24*time.Hour))))
	}
	if t != nil {
		try.Status, try.Error = int64(t.status), t.what
	}
	// Whatever happens to ctx: what was sent must be noted.
	err := s.DB.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		if _, err := store.MoveDelivery(ctx, tx, d, from); err != nil {
			return err
		}
		if err := store.InsertTry(ctx, tx, try); err != nil {
			return err
		}
		if d.State == store.DeliveryFailed && d.Way == WayMail && d.Reason != "test" && !t.server {
			return s.fallBack(ctx, tx, d.NoticeNo)
		}
		return nil
	})
	if err != nil {
		s.Log.ErrorContext(ctx, "it cannot be noted how the sending of a notice ended", "delivery", d.ID, "state", d.State, "error", err)
	}
}

// fallBack sends a notice to the admins if it reached nobody and will reach nobody.
func (s *Service) fallBack(ctx context.Context, tx bun.Tx, noticeNo int64) error {
	all, err := store.DeliveriesOf(ctx, tx, noticeNo)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Way == WayMail && d.State != store.DeliveryFailed && d.State != store.DeliveryDropped {
			return nil
		}
	}
	to, err := admins(ctx, tx)
	if err != nil {
		return err
	}
	if err := store.WarnNotice(ctx, tx, noticeNo, "none of those who should have got it could be reached"); err != nil {
		return err
	}
	return s.deliver(ctx, tx, noticeNo, to) // an admin who was among them is not asked twice
}
