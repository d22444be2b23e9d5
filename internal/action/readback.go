package action

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/manifest"
	"purser/internal/store"
)

// Settling is how long a vendor may still show what was before: a reading that
// began earlier is believed when it shows a change, and not when it shows none.
const Settling = 15 * time.Minute

// readBack looks what complete readings, begun after a request, show of its target.
func (s *Service) readBack(ctx context.Context) error {
	open, err := store.OpenActionItems(ctx, s.DB.Read(), 0, "", purser.ItemSent, purser.ItemUnsure)
	if err != nil {
		return fmt.Errorf("look for targets that are not read back: %w", err)
	}
	if len(open) == 0 {
		return nil
	}
	readings := map[string]reading{}
	for _, item := range open {
		if err := s.readOne(ctx, item, readings); err != nil {
			return fmt.Errorf("read back target %d of %s: %w", item.No, item.ActionID, err)
		}
	}
	return nil
}

// reading is the last complete reading of a stream, looked up once for many targets.
type reading struct {
	store.StreamReading
	known bool
	lag   time.Duration
}

func (s *Service) reading(ctx context.Context, item store.OpenActionItem, stream string, seen map[string]reading) (reading, error) {
	key := fmt.Sprint(item.InstanceNo, " ", stream)
	if r, ok := seen[key]; ok {
		return r, nil
	}
	last, ok, err := store.LastReading(ctx, s.DB.Read(), item.InstanceNo, stream)
	r := reading{StreamReading: last, known: ok}
	if c := s.Catalog.Get(item.Connector); c != nil && ok {
		if t := c.Task(last.Task); t != nil {
			r.lag = max(t.Lag.Std(), 0)
		}
	}
	seen[key] = r
	return r, err
}

// readOne settles one target, if a reading tells.
func (s *Service) readOne(ctx context.Context, item store.OpenActionItem, seen map[string]reading) error {
	c := s.Catalog.Get(item.Connector)
	if c == nil {
		return nil
	}
	a := c.Action(item.Name)
	if a == nil || a.ReadsBack == nil {
		return nil
	}
	r, err := s.reading(ctx, item, a.ReadsBack.Stream, seen)
	if err != nil || !r.known || r.BegunAt < item.SentAt || a.ReadsBack.Field != "" && strings.Contains(r.Held, a.ReadsBack.Field) {
		return err
	}
	shown, words, err := s.shows(ctx, item, a, purser.Kind(r.Kind))
	if err != nil {
		return err
	}
	settled := item.SentAt + purser.Micros((Settling + r.lag).Microseconds())
	late := r.BegunAt >= settled
	was, next := item.State, item.ActionItemRow
	switch {
	case shown == purser.Yes:
		next.State, next.Why, next.Hint, next.Class = string(purser.ItemVerified), words, "", ""
	case shown == purser.No && late:
		next.State, next.Why = string(purser.ItemFailed), words
		next.Hint = "Somebody may have changed it back, or the vendor did not do it. Look at it in the vendor's console, then plan the action again."
		if was == string(purser.ItemUnsure) {
			next.Hint = "The request did not arrive. Plan the action again."
		}
	case shown == purser.No && s.now() >= settled:
		s.askAgain(ctx, item.InstanceNo, purser.TaskName(r.Task))
		return nil
	default:
		return nil
	}
	next.EndedAt = s.now()
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		now, ok, err := store.ActionItemByNo(ctx, tx, item.No)
		if err != nil || !ok || now.State != was {
			return err
		}
		if err := store.PutActionItem(ctx, tx, next); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpActionRun, Object: item.ActionID, ObjectName: item.Label, At: s.Now(),
			Before: map[string]any{"state": was}, After: map[string]any{"state": next.State, "target": item.Record, "why": words}})
	})
}

// askAgain starts a reading for what the last one did not show yet, seldom enough
// that a reading that fails is not asked for without end.
func (s *Service) askAgain(ctx context.Context, instanceNo int64, task purser.TaskName) {
	key := fmt.Sprint(instanceNo, " ", task)
	if s.Runs == nil || s.Now().Sub(s.asked[key]) < Settling {
		return
	}
	s.asked[key] = s.Now()
	i, err := store.InstanceByNo(ctx, s.DB.Read(), instanceNo)
	if err == nil {
		_, err = s.Runs.Start(inOwnName(ctx), i.ID, purser.TriggerConfirm, task)
	}
	if err != nil {
		s.Log.InfoContext(ctx, "the reading after an action comes by its schedule", "instance", i.ID, "task", task, "reason", err)
	}
}

// inOwnName returns a context in which Purser itself asks.
func inOwnName(ctx context.Context) context.Context {
	return purser.WithActor(ctx, purser.Actor{Kind: purser.ActorSystem, ID: "actions", Name: "Purser", Role: purser.RoleAdmin, Origin: "system"})
}

// shows says whether what was read of a target is what the action is to bring
// about, and in words what it is; unknown where the reading does not tell yet.
func (s *Service) shows(ctx context.Context, item store.OpenActionItem, a *manifest.CompiledAction, kind purser.Kind) (purser.Tristate, string, error) {
	f, ok, err := whichRecord(item, a, kind)
	if err != nil || !ok {
		return purser.Unknown, "", err
	}
	f.Gone, f.Limit = true, 2
	all, err := store.Records(ctx, s.DB.Read(), kind, item.InstanceNo, f)
	if err != nil {
		return purser.Unknown, "", err
	}
	live := false
	var r store.Record
	for _, one := range all {
		if one.Live {
			r, live = one, true
		}
	}
	want := a.ReadsBack.Want
	switch {
	case a.ReadsBack.Field == "" && makes(a):
		if live {
			return purser.Yes, "the reading shows it", nil
		}
		return purser.No, "the reading does not show it", nil
	case a.ReadsBack.Field == "":
		switch {
		case !live:
			return purser.Yes, "two readings do not show it any more", nil
		case r.Missed:
			return purser.Unknown, "", nil // the second reading decides
		}
		return purser.No, "the reading still shows it", nil
	case !live:
		return purser.Unknown, "", nil
	}
	have, known := text(r.Fields[a.ReadsBack.Field])
	switch {
	case !known:
		return purser.Unknown, "", nil
	case strings.EqualFold(have, want) || want == "yes" && have == "true" || want == "no" && have == "false":
		return purser.Yes, "the reading shows " + a.ReadsBack.Field + " " + have, nil
	}
	return purser.No, "the reading shows " + a.ReadsBack.Field + " " + have + " instead of " + want, nil
}

// whichRecord says which row of a kind proves a target; ok is false if none can.
func whichRecord(item store.OpenActionItem, a *manifest.CompiledAction, kind purser.Kind) (f store.RecordFilter, ok bool, err error) {
	given := map[string]string{}
	if err := json.Unmarshal([]byte(item.Given), &given); err != nil {
		return f, false, fmt.Errorf("read what was chosen: %w", err)
	}
	switch {
	case makes(a) && kind == purser.KindAccount && item.Account != "": // the account is there; it is given something
		f.External = item.Account
	case makes(a):
		f.Equal = map[string]string{}
		for _, field := range purser.Fields(kind) {
			if v := given[field.Name]; v != "" && field.Type == purser.Text {
				f.Equal[field.Name] = v
			}
			if field.Name == "account" {
				f.Equal["account"] = item.Account
			}
		}
		return f, len(f.Equal) > 0, nil
	case kind == purser.Kind(a.Target):
		f.External = item.Record
	case kind == purser.KindAccount:
		f.External = item.Account
	}
	return f, f.External != "", nil
}
