package login

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// keptLife is how long a form is kept while its sender proves who they are.
const keptLife = 30 * time.Minute

// mostKept is the most that is kept of a form, in bytes of JSON.
const mostKept = 256 << 10

// KeptForm is what was typed into a form that was not acted upon.
type KeptForm struct {
	Action string              `json:"action"` // where it was sent to
	Fields map[string][]string `json:"fields"`
}

// KeepForm keeps a form, sealed, for the session that sent it, and returns its
// name. It is "" where nothing can be kept: nothing is sealed here, or the form is
// too large.
func (s *Service) KeepForm(ctx context.Context, f KeptForm) (name string, err error) {
	actor, err := s.ownUser(ctx)
	if err != nil || s.sealer == nil {
		return "", err
	}
	plain, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("writing the form: %w", err)
	}
	if len(plain) > mostKept {
		return "", nil
	}
	if name, err = newSecret(s.rand); err != nil {
		return "", err
	}
	row := store.KeptForm{Hash: digest(name), SessionID: actor.Session, ExpiresAt: purser.MicrosOf(s.now().Add(keptLife))}
	if row.Sealed, err = s.sealer.Seal(plain, row.Hash, "form"); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.PutKeptForm(ctx, tx, row, purser.MicrosOf(s.now()))
	})
	if err != nil {
		return "", fmt.Errorf("keeping the form: %w", err)
	}
	return name, nil
}

// KeptForm returns a form that this session kept; ok is false if there is none.
func (s *Service) KeptForm(ctx context.Context, name string) (f KeptForm, ok bool, err error) {
	actor, err := s.ownUser(ctx)
	if err != nil || s.sealer == nil || name == "" {
		return f, false, err
	}
	row, ok, err := store.KeptFormByHash(ctx, s.db.Read(), digest(name))
	if err != nil {
		return f, false, fmt.Errorf("looking up the form: %w", err)
	}
	if !ok || row.SessionID != actor.Session || s.now().After(row.ExpiresAt.Time()) {
		return f, false, nil
	}
	plain, err := s.sealer.Open(row.Sealed, row.Hash, "form")
	if err != nil {
		return f, false, err
	}
	if err := json.Unmarshal(plain, &f); err != nil {
		return f, false, fmt.Errorf("reading the form: %w", err)
	}
	return f, true, nil
}
