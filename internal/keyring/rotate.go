package keyring

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// SettingCheck names the sealed text by which a key file is recognized.
const SettingCheck = "key.check"

// Rotate adds a new key to the key file and seals every value with it. If an
// earlier rotation was cut off, it goes on with that one instead. The old keys stay
// until Retire.
func (s *Service) Rotate(ctx context.Context) (KeyState, error) {
	if err := s.Gate.Allow(ctx, purser.OpBackup); err != nil {
		return KeyState{}, err
	}
	s.one.Lock()
	defer s.one.Unlock()
	before, err := s.state(ctx)
	if err != nil {
		return KeyState{}, err
	}
	what := "continued"
	if before.Keys > 1 && before.Old == 0 {
		return before, &purser.Problem{Kind: purser.ProblemConflict, What: "the last rotation is done, but its old keys are still in the key file",
			Hint: "Retire them first: `purser key retire`"}
	}
	if before.Keys == 1 {
		what = "begun"
		if err := s.Sealer.AddKey(s.KeyFile); err != nil {
			return KeyState{}, err
		}
	}
	if err := s.note(ctx, map[string]any{"rotation": what}); err != nil {
		return KeyState{}, err
	}
	if err := s.reseal(ctx); err != nil {
		return KeyState{}, err
	}
	after, err := s.state(ctx)
	if err != nil {
		return KeyState{}, err
	}
	if len(after.Unopened) > 0 {
		return after, notOpened(after.Unopened)
	}
	return after, s.note(ctx, map[string]any{"rotation": "done", "sealed": after.Sealed})
}

// reseal walks until nothing is left under an older key: a token that is refreshed
// meanwhile may be written once more as it was read.
func (s *Service) reseal(ctx context.Context) error {
	for range 10 {
		left := 0
		err := s.each(ctx, func(r store.SealedRow) error {
			done, err := s.resealRow(ctx, r)
			if !done {
				left++
			}
			return err
		})
		if err != nil || left == 0 {
			return err
		}
	}
	return nil
}

// resealRow is one transaction. done is false if somebody changed the row meanwhile.
func (s *Service) resealRow(ctx context.Context, r store.SealedRow) (done bool, err error) {
	next, changed := map[string][]byte{}, false
	for field, sealed := range r.Values {
		next[field] = sealed
		if s.Sealer.Newest(sealed) {
			continue
		}
		again, err := s.Sealer.Reseal(sealed, r.Binding(field))
		if err != nil {
			continue // it is told at the end; the rest is sealed anew all the same
		}
		next[field], changed = again, true
	}
	if !changed {
		return true, nil
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		done, err = store.PutSealed(ctx, tx, r, next)
		return err
	})
	return done && err == nil, err
}

// note writes the text by which the newest key is recognized, and the audit log.
func (s *Service) note(ctx context.Context, what map[string]any) error {
	check, err := s.Sealer.Check()
	if err != nil {
		return err
	}
	what["keys"] = s.Sealer.Number()
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.PutSetting(ctx, tx, SettingCheck, base64.StdEncoding.EncodeToString(check), purser.MicrosOf(s.Now())); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpBackup, Object: "key", ObjectName: "sealing key", After: what, At: s.Now()})
	})
}

// Retire takes the old keys out of the key file, once nothing needs them.
func (s *Service) Retire(ctx context.Context) (KeyState, error) {
	if err := s.Gate.Allow(ctx, purser.OpBackup); err != nil {
		return KeyState{}, err
	}
	s.one.Lock()
	defer s.one.Unlock()
	if s.Sealer.Number() == 1 {
		return KeyState{}, &purser.Problem{Kind: purser.ProblemConflict, What: "the key file holds one key only", Hint: "Nothing is to be retired"}
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := s.unneeded(ctx, tx); err != nil {
			return err
		}
		err := audit.Append(ctx, tx, audit.Entry{Operation: purser.OpBackup, Object: "key", ObjectName: "sealing key", At: s.Now(),
			Before: map[string]any{"keys": s.Sealer.Number()}, After: map[string]any{"keys": 1, "rotation": "old keys retired"}})
		if err != nil {
			return err
		}
		// Last: if the commit fails, only its entry is missing; nothing needs the old keys.
		return s.Sealer.RetireKeys(s.KeyFile)
	})
	if err != nil {
		return KeyState{}, err
	}
	return s.state(ctx)
}

// unneeded sees in tx that nothing is sealed with an old key, nor will be.
func (s *Service) unneeded(ctx context.Context, tx bun.Tx) error {
	if err := store.LockSealed(ctx, tx); err != nil {
		return err
	}
	// A refresh that began before the rotation may still write what it has read.
	busy, err := store.LeasedCredentials(ctx, tx, s.Now().Add(-time.Second).UnixMicro())
	if err != nil {
		return err
	}
	if busy > 0 {
		return &purser.Problem{Kind: purser.ProblemConflict, What: "a token is being refreshed at this moment", Hint: "Try again in a minute"}
	}
	var state KeyState
	for _, c := range store.SealedColumns() {
		for after := ""; ; {
			rows, err := store.SealedRows(ctx, tx, c, after, atOnce)
			if err != nil {
				return err
			}
			for _, r := range rows {
				state.look(s.Sealer, r)
				after = r.Key
			}
			if len(rows) < atOnce {
				break
			}
		}
	}
	switch {
	case len(state.Unopened) > 0:
		return notOpened(state.Unopened)
	case state.Old > 0:
		return &purser.Problem{Kind: purser.ProblemConflict, What: "some values are still sealed with an old key", Hint: "Finish the rotation first: `purser key rotate`"}
	}
	return nil
}
