package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Post notes in the transaction of a change that people are to be told of it, and
// whom. A second event of the same key is none. The instance must still be there
// where only its lists or its owner say who is told.
func (s *Service) Post(ctx context.Context, tx bun.Tx, e purser.Event) error {
	if e.At.IsZero() {
		e.At = s.Now()
	}
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the event %s: %w", e.Key, err)
	}
	to, warning, err := s.audience(ctx, tx, e)
	if err != nil {
		return fmt.Errorf("who is told of %s: %w", e.Key, err)
	}
	no, ok, err := store.InsertNotice(ctx, tx, store.NoticeRow{Key: e.Key, Kind: string(e.Kind), InstanceID: e.InstanceID,
		At: purser.MicrosOf(e.At), Event: string(text), Warning: warning})
	if err != nil || !ok {
		return err
	}
	if err := s.deliver(ctx, tx, no, to); err != nil {
		return fmt.Errorf("note who is told of %s: %w", e.Key, err)
	}
	s.rouse() // the transaction may not be over: the worker looks again soon
	return nil
}

// target is one address or endpoint that is told, and why.
type target struct{ way, to, reason string }

func (s *Service) deliver(ctx context.Context, tx bun.Tx, noticeNo int64, to []target) error {
	now := s.now()
	for _, t := range to {
		err := store.InsertDelivery(ctx, tx, store.DeliveryRow{ID: s.ids.New(purser.PrefixDelivery), NoticeNo: noticeNo, Way: t.way, Target: t.to,
			Reason: t.reason, CreatedAt: now, NextAt: now})
		if err != nil {
			return err
		}
	}
	return nil
}

// audience says who is told of an event: the people of the lists, and every
// webhook and chat that wants events of its kind.
func (s *Service) audience(ctx context.Context, db bun.IDB, e purser.Event) ([]target, string, error) {
	to, warning, err := s.people(ctx, db, e)
	if err != nil {
		return nil, "", err
	}
	ofOne := e.Kind == purser.EventFindingsWeekly && (len(e.To) > 0 || e.InstanceID != "")
	if e.Kind == purser.EventReport || e.Kind == purser.EventLeaverAssigned || ofOne { // what they tell is for one reader or list
		return to, warning, nil
	}
	endpoints, err := store.Endpoints(ctx, db)
	if err != nil {
		return nil, "", err
	}
	for _, row := range endpoints {
		kinds, err := row.KindList()
		if err != nil {
			return nil, "", err
		}
		if len(kinds) == 0 || slices.Contains(kinds, e.Kind) {
			to = append(to, target{row.Way, row.ID, "endpoint"})
		}
	}
	return to, warning, nil
}
