package action

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/manifest"
	"purser/internal/store"
	"purser/internal/vendorhttp"
)

// Another process's action is taken over after this long without a sign of life,
// which is given every touchEvery.
const (
	staleAfter = 2 * time.Minute
	touchEvery = 20 * time.Second
)

// Work sends what is to be sent now, and looks what readings have shown since.
func (s *Service) Work(ctx context.Context) error {
	s.only.Lock()
	defer s.only.Unlock()
	rows, err := store.ActionsToWork(ctx, s.DB.Read(), s.now())
	if err != nil {
		return fmt.Errorf("look for actions under way: %w", err)
	}
	var errs []error
	for _, row := range rows {
		if err := s.carry(ctx, row); err != nil {
			errs = append(errs, fmt.Errorf("carry out %s: %w", row.ID, err))
		}
		if ctx.Err() != nil {
			return errors.Join(errs...)
		}
	}
	return errors.Join(append(errs, s.readBack(ctx))...)
}

// carrying is an action under way.
type carrying struct {
	*Service
	row      store.ActionRow
	instance purser.Instance
	action   *manifest.CompiledAction
	caller   *vendorhttp.Caller
	lines    []purser.LogLine // of the request that is being sent
}

// carry goes on with an action until it has ended, or has to wait.
func (s *Service) carry(ctx context.Context, row store.ActionRow) error {
	mine := false
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		mine, err = store.ClaimAction(ctx, tx, row.No, s.holder, s.Node, s.now(), s.now()-purser.Micros(staleAfter.Microseconds()))
		return err
	})
	if err != nil || !mine {
		return err
	}
	row.Holder = s.holder
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go s.stayAlive(ctx, row.No, stop)
	c := &carrying{Service: s, row: row}
	for {
		goOn, err := c.next(ctx)
		if err != nil || !goOn {
			return err
		}
	}
}

var errTakenOver = errors.New("another process has taken the action over")

// stayAlive gives signs of life until ctx ends.
func (s *Service) stayAlive(ctx context.Context, no int64, stop context.CancelCauseFunc) {
	tick := time.NewTicker(touchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		mine := true
		err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
			mine, err = store.TouchAction(ctx, tx, no, s.holder, s.now())
			return err
		})
		if err == nil && !mine {
			stop(errTakenOver)
			return
		}
	}
}

// next goes on with one target; goOn is false when the action has ended or waits.
func (c *carrying) next(ctx context.Context) (goOn bool, err error) {
	if ctx.Err() != nil {
		return false, nil // it goes on after the next start
	}
	item, ok, err := store.NextActionItem(ctx, c.DB.Read(), c.row.No)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, c.end(ctx)
	}
	if c.Frozen != nil {
		if why := c.Frozen(); why != "" {
			return false, c.wait(ctx, c.Now().Add(time.Minute), "outgoing calls are frozen: "+why)
		}
	}
	if c.instance, err = store.InstanceByNo(ctx, c.DB.Read(), c.row.InstanceNo); err != nil {
		return false, err
	}
	a, _, err := c.ready(ctx, c.DB.Read(), c.instance, &c.row)
	if p, ok := errors.AsType[*purser.Problem](err); ok {
		return false, c.stopped(ctx, item, p)
	}
	if err != nil {
		return false, err
	}
	c.action = a
	return c.target(ctx, item)
}

// stopped ends or delays an action that may not go on: what was not begun is not
// sent when a switch was turned off or the connector changed meanwhile.
func (c *carrying) stopped(ctx context.Context, item store.ActionItemRow, p *purser.Problem) error {
	if p.Field == "instance" && c.instance.Status != purser.StatusDeleting {
		return c.wait(ctx, c.Now().Add(time.Minute), p.What)
	}
	return c.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if item.Sending != 0 {
			if err := c.unsure(ctx, tx, &item); err != nil {
				return err
			}
		} else if item.State == string(purser.ItemRunning) {
			item.State, item.Why, item.EndedAt = string(purser.ItemFailed), "stopped between two requests: "+p.What, c.now()
			if err := store.PutActionItem(ctx, tx, item); err != nil {
				return err
			}
		}
		return store.CancelActionItems(ctx, tx, c.row.No, p.What, c.now())
	})
}

// wait lets the action rest; no worker is held.
func (c *carrying) wait(ctx context.Context, until time.Time, why string) error {
	c.row.WaitUntil, c.row.WaitReason, c.row.Holder = purser.MicrosOf(until), why, ""
	return c.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := store.PutAction(ctx, tx, c.row, purser.ActionRunning)
		return err
	})
}

// end notes that nothing more is sent, and asks for the reading that proves it.
func (c *carrying) end(ctx context.Context) error {
	now := c.now()
	starter, err := c.row.Starter()
	if err != nil {
		return err
	}
	c.row.State, c.row.EndedAt, c.row.WaitUntil, c.row.WaitReason, c.row.Holder = string(purser.ActionDone), now, 0, "", ""
	var counts purser.ActionCounts
	err = c.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if ok, err := store.PutAction(ctx, tx, c.row, purser.ActionRunning); err != nil || !ok {
			return err
		}
		all, err := store.ActionCounts(ctx, tx, c.row.No)
		if err != nil {
			return err
		}
		counts = all[c.row.No]
		return audit.Append(purser.WithActor(ctx, starter), tx, audit.Entry{Operation: purser.OpActionRun, Object: c.row.ID, ObjectName: c.row.Name + " at " + c.row.InstanceName, At: c.Now(),
			Before: map[string]any{"state": string(purser.ActionRunning)}, After: map[string]any{"state": c.row.State, "sent": counts.Sent + counts.Verified, "unsure": counts.Unsure,
				"skipped": counts.Skipped, "failed": counts.Failed, "canceled": counts.Canceled}})
	})
	if err != nil || counts.Sent+counts.Unsure == 0 {
		return err
	}
	c.ask(ctx)
	return nil
}

// ask starts the reading that shows what was done. Should it not start, the next
// one comes by its schedule.
func (c *carrying) ask(ctx context.Context) {
	connector := c.Catalog.Get(c.row.Connector)
	if c.Runs == nil || connector == nil {
		return
	}
	a := connector.Action(c.row.Name)
	if a == nil || a.ReadsBack == nil {
		return
	}
	for _, t := range connector.Tasks {
		if t.Stream(a.ReadsBack.Stream) == nil {
			continue
		}
		if _, err := c.Runs.Start(inOwnName(ctx), c.row.InstanceID, purser.TriggerConfirm, purser.TaskName(t.Name)); err != nil {
			c.Log.InfoContext(ctx, "the reading after an action comes by its schedule", "action", c.row.ID, "task", t.Name, "reason", err)
		}
		return
	}
}

// auditItem notes what became of a target, in the name of who let the action run.
func (c *carrying) auditItem(ctx context.Context, tx bun.Tx, item store.ActionItemRow, was string) error {
	starter, err := c.row.Starter()
	if err != nil {
		return err
	}
	after := map[string]any{"state": item.State, "target": item.Record, "requests": item.Step}
	if item.Why != "" {
		after["why"] = item.Why
	}
	return audit.Append(purser.WithActor(ctx, starter), tx, audit.Entry{Operation: purser.OpActionRun, Object: c.row.ID,
		ObjectName: strings.ReplaceAll(c.row.Name, "_", " ") + " " + item.Label + " at " + c.row.InstanceName, At: c.Now(), Before: map[string]any{"state": was}, After: after})
}
