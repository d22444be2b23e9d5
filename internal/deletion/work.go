package deletion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// What is done before tables are emptied, and after, in words.
const (
	phaseStopping = "runs are being stopped"
	phaseRevoking = "the credential is given back to the vendor"
	phaseDeriving = "what rested on it is worked out anew"
)

// staleAfter is how long another process may give no sign of life before its
// runs count as dead.
const staleAfter = 90 * time.Second

// Serve works on deletions until ctx ends. What is under way goes on after the
// next start from the last slice that was committed.
func (s *Service) Serve(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := s.Work(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "a deletion is interrupted and goes on in a moment", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// Work carries out every deletion that is under way, one after the other.
func (s *Service) Work(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	open, err := store.OpenDeletions(ctx, s.DB.Read())
	if err != nil {
		return fmt.Errorf("look for deletions under way: %w", err)
	}
	for _, row := range open {
		w := &work{Service: s, row: row, steps: store.EraseSteps(purser.DeletionScope(row.Scope)), limit: sliceAtFirst}
		if err := w.carry(ctx); err != nil {
			return fmt.Errorf("delete %s of %s: %w", row.Scope, row.InstanceID, err)
		}
	}
	return nil
}

// work is one deletion being carried out.
type work struct {
	*Service
	row   store.DeletionRow
	steps []store.EraseStep
	limit int
}

func (w *work) carry(ctx context.Context) error {
	if err := w.stop(ctx); err != nil {
		return err
	}
	if err := w.giveBack(ctx); err != nil {
		return err
	}
	for {
		if err := w.empty(ctx); err != nil {
			return err
		}
		if err := w.derive(ctx); err != nil {
			return err
		}
		if over, err := w.end(ctx); err != nil || over {
			return errors.Join(err, w.derived(ctx))
		}
		w.row.Step = 0 // something was written meanwhile: once more
	}
}

// stop waits until nobody reads the instance.
func (w *work) stop(ctx context.Context) error {
	for {
		here := w.Runs.StopInstance(w.row.InstanceNo)
		elsewhere := int64(0)
		if !here {
			now := purser.MicrosOf(w.Now())
			err := w.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
				elsewhere, err = store.CancelRunsOf(ctx, tx, w.row.InstanceNo, "the instance is being deleted", now, now-purser.Micros(staleAfter.Microseconds()))
				return err
			})
			if err != nil {
				return fmt.Errorf("stop the runs: %w", err)
			}
		}
		if !here && elsewhere == 0 {
			return nil
		}
		if err := w.Sleep(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// giveBack gives the credential back, once; how it went is told and changes nothing.
func (w *work) giveBack(ctx context.Context) error {
	if w.row.Scope != string(purser.DeleteInstance) || w.row.Revocation != "" || w.GiveBack == nil {
		return nil
	}
	i, err := store.InstanceByNo(ctx, w.DB.Read(), w.row.InstanceNo)
	if err != nil {
		return err
	}
	w.row.Phase = phaseRevoking
	if err := w.note(ctx); err != nil {
		return err
	}
	w.row.Revocation = w.GiveBack(ctx, i)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return w.note(ctx)
}

func (w *work) note(ctx context.Context) error {
	return w.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.StepDeletion(ctx, tx, w.row) })
}

// How many rows go in one transaction: so many that it takes some tens of
// milliseconds, so that nobody waits for the writer.
const (
	sliceAtFirst = 500
	sliceAtLeast = 100
	sliceAtMost  = 4000
	sliceShort   = 15 * time.Millisecond
	sliceLong    = 40 * time.Millisecond
	slicePause   = 5 * time.Millisecond
)

// empty empties one table after the other in slices.
func (w *work) empty(ctx context.Context) error {
	for int(w.row.Step) < len(w.steps) {
		step := w.steps[w.row.Step]
		began := w.Now()
		some, err := w.slice(ctx, step)
		if err != nil {
			return err
		}
		if !some {
			continue
		}
		switch took := w.Now().Sub(began); {
		case took < sliceShort:
			w.limit = min(2*w.limit, sliceAtMost)
		case took > sliceLong:
			w.limit = max(w.limit/2, sliceAtLeast)
		}
		if err := w.Sleep(ctx, slicePause); err != nil {
			return err
		}
	}
	return nil
}

// slice removes some rows and notes how far the deletion is, together.
func (w *work) slice(ctx context.Context, step store.EraseStep) (some bool, err error) {
	next := w.row
	err = w.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		next = w.row
		gone, err := next.GoneRows()
		if err != nil {
			return err
		}
		if some, err = step.Slice(ctx, tx, next.InstanceNo, next.InstanceID, w.limit, gone); err != nil {
			return err
		}
		if !some {
			next.Step++
		}
		if step.Word() != "" {
			next.Phase = step.Word() + " are being removed"
		}
		text, err := json.Marshal(gone)
		if err != nil {
			return err
		}
		next.Gone = string(text)
		return store.StepDeletion(ctx, tx, next)
	})
	if err == nil {
		w.row = next
	}
	return some, err
}

// derive works out anew what rested on the users that went, while the instance
// is still shown as being deleted.
func (w *work) derive(ctx context.Context) error {
	if w.row.Scope != string(purser.DeleteUsers) {
		return nil
	}
	w.row.Phase = phaseDeriving
	err := w.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.StepDeletion(ctx, tx, w.row); err != nil {
			return err
		}
		return w.mark(ctx, tx)
	})
	if err != nil {
		return err
	}
	return w.derived(ctx)
}

// mark asks for what rested on the rows to be worked out anew.
func (w *work) mark(ctx context.Context, tx bun.Tx) error {
	return store.MarkDerivation(ctx, tx, w.row.InstanceNo, 0, purser.KindPerson, purser.KindAccount, purser.KindAssignment)
}

func (w *work) derived(ctx context.Context) error {
	if w.Derive == nil {
		return nil
	}
	if err := w.Derive(ctx, w.row.InstanceNo); err != nil {
		return fmt.Errorf("work out anew what rested on the rows: %w", err)
	}
	return nil
}

// end notes the end with its record, unless something is left or came meanwhile.
func (w *work) end(ctx context.Context) (over bool, err error) {
	now := w.Now()
	err = w.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		gone, err := w.row.GoneRows()
		if err != nil {
			return err
		}
		for _, step := range w.steps {
			if some, err := step.Slice(ctx, tx, w.row.InstanceNo, w.row.InstanceID, sliceAtLeast, gone); err != nil || some {
				return err // what was removed now is not counted: it is a handful
			}
		}
		ok, err := store.EndDeletion(ctx, tx, w.row.No, purser.MicrosOf(now))
		if err != nil {
			return err
		}
		over = true
		if !ok {
			return nil // another process was quicker
		}
		if err := w.leave(ctx, tx, now); err != nil {
			return err
		}
		return w.record(ctx, tx, now)
	})
	return over && err == nil, err
}

// leave removes the instance, or puts it back where it stood.
func (w *work) leave(ctx context.Context, tx bun.Tx, now time.Time) error {
	i, err := store.InstanceByNo(ctx, tx, w.row.InstanceNo)
	if err != nil {
		return err
	}
	if w.row.Scope == string(purser.DeleteInstance) {
		if err := store.EraseInstance(ctx, tx, i, purser.MicrosOf(now)); err != nil {
			return err
		}
		return w.mark(ctx, tx) // for the sums that the instance was in
	}
	_, err = store.SetInstanceStatus(ctx, tx, i.ID, purser.Status(w.row.StatusBefore), w.row.ReasonBefore, purser.MicrosOf(now), purser.StatusDeleting)
	return err
}

// record writes the audit entry in the name of the one who asked, and tells.
func (w *work) record(ctx context.Context, tx bun.Tx, now time.Time) error {
	d, err := w.row.Deletion()
	if err != nil {
		return err
	}
	var actor purser.Actor
	if err := json.Unmarshal([]byte(w.row.Actor), &actor); err != nil {
		return err
	}
	after := map[string]any{"scope": string(d.Scope), "gone": counts(d.Gone), "stays": counts(d.Stays)}
	if d.Revocation != "" {
		after["credential"] = d.Revocation
	}
	err = audit.Append(purser.WithActor(ctx, actor), tx, audit.Entry{Operation: purser.OpInstanceDelete, Object: d.InstanceID, ObjectName: d.InstanceName, At: now,
		Before: map[string]any{"status": string(purser.StatusDeleting)}, After: after})
	if err != nil || w.Tell == nil {
		return err
	}
	return w.Tell(ctx, tx, event(d, now))
}

// event is what people are told at the end.
func event(d purser.Deletion, now time.Time) purser.Event {
	e := purser.Event{Kind: purser.EventInstanceDeleted, At: now, InstanceID: d.InstanceID, InstanceName: d.InstanceName, Connector: d.Connector, Key: d.ID,
		What: d.InstanceName + " was deleted by " + d.AskedBy + ", with all that was read through it", Path: "/deletions/" + d.ID}
	if d.Scope == purser.DeleteUsers {
		e.What = "All that was read of the users of " + d.InstanceName + " was deleted by " + d.AskedBy + "; the instance stays"
	}
	for _, c := range d.Gone {
		e.Fields = append(e.Fields, fmt.Sprintf("%d %s", c.Count, c.What))
	}
	if d.Revocation != "" {
		e.Fields = append(e.Fields, d.Revocation)
	}
	return e
}
