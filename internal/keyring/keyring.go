// Package keyring changes the key under which secrets are sealed, while Purser
// works and in steps that may be cut off at any point: a new key is added to the
// key file, every sealed value is sealed anew, and only then, when an admin says
// so, the old keys are taken out.
package keyring

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"purser"
	"purser/internal/credential"
	"purser/internal/store"
)

// atOnce is how many rows are read at once.
const atOnce = 100

// Gate says whether the actor of a context may do something.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Options are what a Service stands on.
type Options struct {
	DB      *store.DB
	Gate    Gate
	Sealer  *credential.Sealer
	KeyFile string
	Now     func() time.Time
}

// Service rotates the key. Make one with New.
type Service struct {
	Options
	one sync.Mutex // one change of keys at a time
}

// New returns the service.
func New(o Options) *Service { return &Service{Options: o} }

// KeyState says how far a rotation is.
type KeyState struct {
	Keys     int      `json:"keys"`               // in the key file; more than one: a rotation is under way, or its old keys are not retired
	Sealed   int      `json:"sealed"`             // values that are sealed
	Old      int      `json:"old"`                // of them under an older key
	Unopened []string `json:"unopened,omitempty"` // rows whose values open with no key, as table/key
}

// Rotating reports whether values wait to be sealed anew.
func (s KeyState) Rotating() bool { return s.Keys > 1 && s.Old > 0 }

// State returns how far a rotation is.
func (s *Service) State(ctx context.Context) (KeyState, error) {
	if err := s.Gate.Allow(ctx, purser.OpBackup); err != nil {
		return KeyState{}, err
	}
	return s.state(ctx)
}

func (s *Service) state(ctx context.Context) (KeyState, error) {
	state := KeyState{Keys: s.Sealer.Number()}
	err := s.each(ctx, func(r store.SealedRow) error {
		state.look(s.Sealer, r)
		return nil
	})
	return state, err
}

// look counts the values of a row.
func (s *KeyState) look(sealer *credential.Sealer, r store.SealedRow) {
	open := true
	for field, sealed := range r.Values {
		s.Sealed++
		if !sealer.Newest(sealed) {
			s.Old++
		}
		_, err := sealer.Open(sealed, r.Binding(field))
		open = open && err == nil
	}
	if !open {
		s.Unopened = append(s.Unopened, r.Name())
	}
}

// each walks every row with sealed values, those that come meanwhile included.
func (s *Service) each(ctx context.Context, fn func(store.SealedRow) error) error {
	for _, c := range store.SealedColumns() {
		for after := ""; ; {
			rows, err := store.SealedRows(ctx, s.DB.Read(), c, after, atOnce)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := fn(r); err != nil {
					return err
				}
				after = r.Key
			}
			if len(rows) < atOnce {
				break
			}
		}
	}
	return nil
}

var errNotOpened = errors.New("some of what is sealed does not open")

func notOpened(rows []string) error {
	return fmt.Errorf("%w: %w", &purser.Problem{Kind: purser.ProblemConflict,
		What: fmt.Sprintf("the sealed values of %d rows open with no key of the key file (%s)", len(rows), rows[0]),
		Hint: "Enter those credentials again, or put back the key file that they were sealed with. Nothing is lost: the old keys stay"}, errNotOpened)
}
