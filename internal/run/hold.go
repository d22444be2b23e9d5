package run

import (
	"context"
	"errors"
	"strconv"

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

// Hold returns one hold.
func (r *Runner) Hold(ctx context.Context, id string) (purser.Hold, error) {
	if err := r.allow(ctx, purser.OpRunRead); err != nil {
		return purser.Hold{}, err
	}
	h, err := store.Hold(ctx, r.DB.Read(), id)
	return h.Hold, err
}

// HeldRows returns one page of the records of a hold. query is a part of the name.
func (r *Runner) HeldRows(ctx context.Context, holdID, query string, page purser.Page) (purser.List[purser.HeldRow], error) {
	if err := r.allow(ctx, purser.OpRunRead); err != nil {
		return purser.List[purser.HeldRow]{}, err
	}
	h, err := store.Hold(ctx, r.DB.Read(), holdID)
	if err != nil {
		return purser.List[purser.HeldRow]{}, err
	}
	return store.HeldRows(ctx, r.DB.Read(), h, query, page)
}

// DecideHold lets what is held happen, or not: the given records of it, or all
// that still waits if none is given. Approved removals happen at once; an
// approved mass change is read again and then kept. What is not decided goes on
// waiting.
func (r *Runner) DecideHold(ctx context.Context, holdID string, approve bool, rows ...string) error {
	if err := r.allow(ctx, purser.OpHoldDecide); err != nil {
		return err
	}
	ids, err := rowIDs(rows)
	if err != nil {
		return err
	}
	h, err := store.Hold(ctx, r.DB.Read(), holdID)
	if err != nil {
		return err
	}
	if !h.DecidedAt.IsZero() {
		return decided()
	}
	d := decision{hold: h, approve: approve, word: store.HoldRejected, rows: ids, since: r.now()}
	if approve {
		d.word = store.HoldApproved
	}
	if h.What == "removal" {
		if err := r.carryOut(ctx, &d); err != nil {
			return err
		}
	}
	err = r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return r.note(ctx, tx, &d) })
	r.rouse()
	return err
}

// decision is one on its way.
type decision struct {
	hold    store.HoldRow
	approve bool
	word    string
	rows    []int64 // none: all that waits
	done    int64   // records that it was carried out on
	since   purser.Micros
}

func decided() error {
	return &purser.Problem{Kind: purser.ProblemConflict, What: "this was already decided", Hint: "Look at the holds again"}
}

func rowIDs(rows []string) ([]int64, error) {
	ids := make([]int64, 0, len(rows))
	for _, text := range rows {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, purser.Invalid("rows", "%.40q names no record of this hold", text)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// carryOut comes before the decision is noted: after a crash it is asked for again.
func (r *Runner) carryOut(ctx context.Context, d *decision) error {
	if !d.approve {
		n, err := r.DB.KeepHeld(ctx, d.hold, d.rows)
		d.done = n
		return err
	}
	no, err := store.RunNo(ctx, r.DB.Read(), d.hold.RunID)
	if err != nil {
		return err
	}
	d.done, err = r.DB.RemoveHeld(ctx, d.hold, no, d.rows)
	return err
}

// note writes the decision, and ends the hold if nothing of it waits any more.
func (r *Runner) note(ctx context.Context, tx bun.Tx, d *decision) error {
	h, by := d.hold, "Purser"
	if a, ok := purser.ActorFrom(ctx); ok {
		by = a.Name
	}
	if h.What == "change" {
		n, err := store.DecideRows(ctx, tx, h, d.word, d.rows)
		if err != nil {
			return err
		}
		d.done = n
	}
	if len(d.rows) > 0 && d.done == 0 {
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "rows", What: "none of these records waits any more", Hint: "Look at the hold again"}
	}
	left, err := store.ShrinkHold(ctx, tx, h)
	if err != nil {
		return err
	}
	if left == 0 {
		if ok, err := store.DecideHold(ctx, tx, h, d.word, by, r.now()); err != nil || !ok {
			return errors.Join(err, orDecided(ok))
		}
	}
	if d.approve {
		if err := r.follow(ctx, tx, h, d.since); err != nil {
			return err
		}
	}
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpHoldDecide, Object: h.ID, ObjectName: h.Stream, At: r.Now(),
		After: map[string]any{"decision": d.word, "what": h.What, "field": h.Field, "count": d.done, "left": left, "run": h.RunID}})
}

func orDecided(ok bool) error {
	if ok {
		return nil
	}
	return decided()
}

// follow starts what an approval is followed by: a reading that brings the
// change again, or what is derived from the rows that went.
func (r *Runner) follow(ctx context.Context, tx bun.Tx, h store.HoldRow, since purser.Micros) error {
	if h.What == "removal" {
		return store.MarkDerivation(ctx, tx, h.InstanceNo, since, h.Kind)
	}
	i, err := store.InstanceByNo(ctx, tx, h.InstanceNo)
	if err != nil {
		return err
	}
	_, err = r.enqueue(ctx, tx, i, h.Task, purser.TriggerManual, 1, 0)
	return err
}
