package freeze

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// setting is the name under which the state is kept.
const setting = "frozen"

// whyLimit is how long the words may be that say why.
const whyLimit = 500

// kept is the state as it stands in the database.
type kept struct {
	At       purser.Micros `json:"at"`
	By       string        `json:"by"`
	Why      string        `json:"why"`
	Restored bool          `json:"restored,omitempty"`
}

func read(ctx context.Context, db bun.IDB) (State, error) {
	value, frozen, err := store.Setting(ctx, db, setting)
	if err != nil {
		return State{}, fmt.Errorf("reading whether calls are frozen: %w", err)
	}
	if !frozen {
		return State{}, nil
	}
	var k kept
	if json.Unmarshal([]byte(value), &k) != nil {
		return State{Frozen: true}, nil // damaged words do not let calls out
	}
	return State{Frozen: true, At: k.At.Time(), By: k.By, Why: k.Why, Restored: k.Restored}, nil
}

// Freeze stops every outgoing call at once, those under way included. It says
// when, who and why; who is frozen already stays as it was.
func (s *Service) Freeze(ctx context.Context, why string) (State, error) {
	if err := s.Gate.Allow(ctx, purser.OpFreeze); err != nil {
		return State{}, err
	}
	why = strings.TrimSpace(why)
	if utf8.RuneCountInString(why) > whyLimit {
		return State{}, purser.Invalid("why", "these are more than %d characters", whyLimit)
	}
	actor, _ := purser.ActorFrom(ctx)
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		was, err := read(ctx, tx)
		if err != nil || was.Frozen {
			return err
		}
		if err := put(ctx, tx, kept{At: purser.MicrosOf(s.Now()), By: actor.Name, Why: why}); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpFreeze, Object: "calls", ObjectName: "outgoing calls",
			Before: map[string]any{"frozen": false}, After: map[string]any{"frozen": true, "why": why}, At: s.Now()})
	})
	if err != nil {
		return State{}, err
	}
	return s.Read(ctx)
}

// Thaw lets calls out again. A restored box is thawed by Confirm alone.
func (s *Service) Thaw(ctx context.Context) (State, error) {
	return s.end(ctx, purser.OpThaw, func(was State) error {
		if was.Restored {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "this box was restored from a backup",
				Hint: "First see that the old box is gone for good, then confirm that: `purser restore confirm`, or the button on the page Upkeep"}
		}
		return nil
	})
}

// Confirm notes that the box that a backup was made of is gone, and lets a
// restored one begin to work.
func (s *Service) Confirm(ctx context.Context) (State, error) {
	return s.end(ctx, purser.OpBackup, func(was State) error {
		if was.Frozen && !was.Restored {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "this box was not restored; its calls are frozen by a person",
				Hint: "Thaw it: `purser thaw`, or the button on the page Upkeep"}
		}
		return nil
	})
}

func (s *Service) end(ctx context.Context, op purser.Operation, refuse func(was State) error) (State, error) {
	if err := s.Gate.Allow(ctx, op); err != nil {
		return State{}, err
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		was, err := read(ctx, tx)
		if err != nil {
			return err
		}
		if err := refuse(was); err != nil || !was.Frozen {
			return err
		}
		if err := store.DropSetting(ctx, tx, setting); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: op, Object: "calls", ObjectName: "outgoing calls", At: s.Now(),
			Before: map[string]any{"frozen": true, "why": was.Why, "by": was.By, "restored": was.Restored}, After: map[string]any{"frozen": false}})
	})
	if err != nil {
		return State{}, err
	}
	return s.Read(ctx)
}

// Restored notes in tx that the database comes from a backup: it opens frozen.
func Restored(ctx context.Context, tx bun.IDB, why string, now time.Time) error {
	return put(ctx, tx, kept{At: purser.MicrosOf(now), By: "purser restore", Why: why, Restored: true})
}

func put(ctx context.Context, tx bun.IDB, k kept) error {
	raw, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return store.PutSetting(ctx, tx, setting, string(raw), k.At)
}
