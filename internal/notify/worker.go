package notify

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// dueAtOnce is how many deliveries are looked at at once.
const dueAtOnce = 200

// sendingAtMost is how long one try can take, whoever makes it.
const sendingAtMost = 30 * time.Minute

// KeepNotices is how long what was delivered is kept for the log.
const KeepNotices = 180 * 24 * time.Hour

// Serve sends what waits and looks once an hour for what should be told, until ctx ends.
func (s *Service) Serve(ctx context.Context) error {
	soon := time.NewTicker(3 * time.Second) // the turn after a commit, and what waits no longer
	defer soon.Stop()
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	s.watch(ctx)
	for {
		if err := s.Deliver(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "what people are told cannot be sent now; tried again in a moment", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-soon.C:
		case <-hourly.C:
			s.watch(ctx)
		}
	}
}

// Deliver sends everything that is due, once. Its error is the database's: what
// was not delivered says so itself and is tried again at its time.
func (s *Service) Deliver(ctx context.Context) error {
	if err := s.inherit(ctx); err != nil {
		return fmt.Errorf("look for what was being sent: %w", err)
	}
	if s.frozen() {
		return nil
	}
	due, err := store.DueDeliveries(ctx, s.DB.Read(), s.now(), dueAtOnce)
	if err != nil {
		return fmt.Errorf("look for what is due: %w", err)
	}
	lines := map[string][]store.DeliveryRow{} // what goes to one place goes one after the other
	for _, d := range due {
		line := d.Way
		if d.Way != WayMail {
			line = d.Target
		}
		lines[line] = append(lines[line], d)
	}
	var wait sync.WaitGroup
	for line, rows := range lines {
		wait.Go(func() {
			if line == WayMail {
				s.sendMails(ctx, rows)
				return
			}
			for _, d := range rows {
				if ctx.Err() != nil || s.frozen() {
					return
				}
				s.post(ctx, d)
			}
		})
	}
	wait.Wait()
	return nil
}

// inherit looks after what a process was killed over: nobody knows whether a mail
// or a chat message was taken, so a person must say. A webhook is sent again: its
// receiver knows it by its identifier.
func (s *Service) inherit(ctx context.Context) error {
	left, err := store.LeftDeliveries(ctx, s.DB.Read(), s.Node, s.holder, purser.MicrosOf(s.Now().Add(-sendingAtMost)))
	if err != nil || len(left) == 0 {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, d := range left {
			began := d.NextAt
			d.State, d.NextAt, d.Holder = store.DeliveryUnsure, 0, ""
			d.Error = "Purser was stopped while this was handed over: it may have arrived or not"
			d.Hint = "Ask whoever should have got it, and send it again if they did not"
			d.DoneAt = s.now()
			if d.Way == WayWebhook {
				d.State, d.NextAt, d.DoneAt, d.Error, d.Hint = store.DeliveryWaiting, s.now(), 0, "", ""
			}
			if _, err := store.MoveDelivery(ctx, tx, d, store.DeliverySending); err != nil {
				return err
			}
			err := store.InsertTry(ctx, tx, store.TryRow{DeliveryNo: d.No, At: began, Error: "Purser was stopped meanwhile"})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// begin notes that d is being sent, before the other side can have taken it.
func (s *Service) begin(ctx context.Context, d store.DeliveryRow) *trouble {
	d.State, d.Holder, d.NextAt = store.DeliverySending, s.holder, s.now()
	ok := false
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		ok, err = store.MoveDelivery(ctx, tx, d, store.DeliveryWaiting)
		return err
	})
	switch {
	case err != nil:
		s.Log.WarnContext(ctx, "it cannot be noted that a notice is being sent, so it is not", "delivery", d.ID, "error", err)
		return &trouble{what: "the database is away", stopped: true}
	case !ok:
		return &trouble{what: "it is sent elsewhere, or no more", stopped: true, taken: true}
	}
	return nil
}
