package contract

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// reminderDays are the days before a notice deadline at which the owner is told.
func reminderDays() []int { return []int{7, 30, 60, 90} }

// Serve looks once an hour for deadlines to tell of, until ctx ends.
func (s *Service) Serve(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := s.Remind(ctx); err != nil && ctx.Err() == nil && s.Failed != nil {
			s.Failed(ctx, err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Remind tells the owners of undecided contracts that their deadline is near: 90, 60,
// 30 and 7 days before, each once. Whoever was not told for some time, because Purser
// was stopped, is told of the nearest of them alone.
func (s *Service) Remind(ctx context.Context) error {
	if s.Tell == nil {
		return nil
	}
	today := s.Today(ctx)
	for after := int64(0); ; {
		rows, err := store.ContractsToRemind(ctx, s.DB.Read(), today, purser.AddDays(today, 90), after, 200)
		if err != nil {
			return fmt.Errorf("look for notice deadlines: %w", err)
		}
		for _, r := range rows {
			after = r.No
			if err := s.remind(ctx, r, today); err != nil {
				return err
			}
		}
		if len(rows) < 200 {
			return nil
		}
	}
}

func (s *Service) remind(ctx context.Context, r store.ContractRow, today string) error {
	left, _ := purser.DaysBetween(today, r.NoticeOn)
	for _, days := range reminderDays() {
		if left > days {
			continue
		}
		key := fmt.Sprintf("%s/%s/%d/%s/%d", purser.EventContractDue, r.ID, r.Period, r.NoticeOn, days)
		known, err := store.NoticeKnown(ctx, s.DB.Read(), key)
		if err != nil || known {
			return err
		}
		c, err := r.Contract()
		if err != nil {
			return err
		}
		e, err := s.reminder(ctx, c, key, left)
		if err != nil {
			return err
		}
		return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return s.Tell(ctx, tx, e) })
	}
	return nil
}

// reminder is what the owner is told; no price stands in it.
func (s *Service) reminder(ctx context.Context, c purser.Contract, key string, left int) (purser.Event, error) {
	e := purser.Event{Kind: purser.EventContractDue, At: s.Now(), Key: key, Path: "/contracts/" + c.ID,
		What: fmt.Sprintf("Notice for %s can be given until %s, and nothing is decided yet", c.Name, c.NoticeOn),
		Why:  "That is in " + days(left) + ". The contract with " + c.Vendor + " ends on " + c.Terms.End + renews(c.Terms.AutoRenew),
		Hint: "Look at its renewal sheet, and decide: renew, change or cancel"}
	if c.Owner.Email == "" {
		return e, nil
	}
	gone, err := store.HasLeft(ctx, s.DB.Read(), c.Owner.Email)
	if err == nil && !gone {
		e.To = []string{c.Owner.Email}
	}
	return e, err
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

func renews(t purser.Tristate) string {
	switch t {
	case purser.Yes:
		return " and renews by itself"
	case purser.No:
		return " and does not renew by itself"
	}
	return ""
}
