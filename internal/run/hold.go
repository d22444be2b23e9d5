package run

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Holds returns the holds of an instance, of all instances if it is "": those
// that wait for a decision first.
func (r *Runner) Holds(ctx context.Context, instanceID string) ([]purser.Hold, error) {
	if err := r.allow(ctx, purser.OpRunRead); err != nil {
		return nil, err
	}
	return store.Holds(ctx, r.DB.Read(), instanceID)
}

// DecideHold lets what is held happen, or not. Approved removals happen at once;
// an approved mass change is read again and then kept.
func (r *Runner) DecideHold(ctx context.Context, holdID string, approve bool) error {
	if err := r.allow(ctx, purser.OpHoldDecide); err != nil {
		return err
	}
	h, err := store.Hold(ctx, r.DB.Read(), holdID)
	if err != nil {
		return err
	}
	decision := store.HoldRejected
	if approve {
		decision = store.HoldApproved
	}
	by := "Purser"
	if a, ok := purser.ActorFrom(ctx); ok {
		by = a.Name
	}
	if h.DecidedAt.IsZero() && h.What == "removal" {
		if err := r.carryOut(ctx, h, approve); err != nil {
			return err
		}
	}
	err = r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		ok, err := store.DecideHold(ctx, tx, h, decision, by, r.now())
		if err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "this was already decided"}
		}
		if approve && h.What == "change" {
			i, err := store.InstanceByNo(ctx, tx, h.InstanceNo)
			if err != nil {
				return err
			}
			if _, err := r.enqueue(ctx, tx, i, h.Task, purser.TriggerManual, 1, 0); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpHoldDecide, Object: h.ID, ObjectName: h.Stream,
			After: map[string]any{"decision": decision, "what": h.What, "count": h.Count, "run": h.RunID}, At: r.Now()})
	})
	r.rouse()
	return err
}

// carryOut comes before the decision is noted: after a crash it is asked for again.
func (r *Runner) carryOut(ctx context.Context, h store.HoldRow, approve bool) error {
	if !approve {
		return r.DB.KeepHeld(ctx, h)
	}
	no, err := store.RunNo(ctx, r.DB.Read(), h.RunID)
	if err != nil {
		return err
	}
	return r.DB.RemoveHeld(ctx, h, no)
}
