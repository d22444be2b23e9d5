package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// ProofTable returns the operations whose changes a browser's session may make
// only shortly after the person at it proved who they are: whoever finds an open
// browser must not take over what Purser holds. Routes say so themselves where
// the operation alone does not tell (httpd.Route.Proof).
func ProofTable() map[purser.Operation]bool {
	return map[purser.Operation]bool{
		purser.OpCredentialSet:  true,
		purser.OpUserWrite:      true,
		purser.OpTokenOwn:       true,
		purser.OpTokenAny:       true,
		purser.OpInstanceDelete: true,
		purser.OpInstanceHR:     true,
		purser.OpConnectorTrust: true,
		purser.OpBackup:         true,
		purser.OpActionRun:      true,
		purser.OpActionSwitch:   true,
	}
}

// Proven returns nil if the actor of ctx may go on: the operation needs no fresh
// proof, the actor is no browser's session (API tokens and the host prove
// themselves with each request), or the session's last proof is young enough.
// marked is what the route says, change whether the request changes anything.
func (s *Service) Proven(ctx context.Context, op purser.Operation, change, marked bool) error {
	actor, ok := purser.ActorFrom(ctx)
	if !ok || actor.Kind != purser.ActorUser || !marked && (!change || !s.proofs[op]) || s.now().Sub(actor.Proven) < s.proof {
		return nil
	}
	return &purser.Problem{Kind: purser.ProblemProve, What: "before this, Purser asks again who you are",
		Hint: "Confirm that it is you at /sign-in/again, then send it again"}
}

// ProofWays says how the asker can prove themselves again.
type ProofWays struct {
	Email    string
	Password bool
	Code     bool   // with the password, a code of the second factor
	Provider string // "" if the asker is not connected with one
}

// ProofWays returns how the asker can prove themselves again.
func (s *Service) ProofWays(ctx context.Context) (ProofWays, error) {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return ProofWays{}, err
	}
	user, err := s.userOf(ctx, actor)
	if err != nil {
		return ProofWays{}, err
	}
	factor, ok, err := store.TOTPOf(ctx, s.db.Read(), actor.ID)
	if err != nil {
		return ProofWays{}, fmt.Errorf("looking up the second factor: %w", err)
	}
	ways := ProofWays{Email: user.Email, Password: user.Password != "", Code: ok && factor.ConfirmedAt > 0}
	identities, err := s.Identities(ctx)
	for _, i := range identities {
		if i.Current {
			ways.Provider = s.ProviderName()
		}
	}
	return ways, err
}

// Prove checks the asker's password again, and a code of the second factor where
// there is one, and notes that this session proved itself.
func (s *Service) Prove(ctx context.Context, password, code string) error {
	ways, err := s.ProofWays(ctx)
	if err != nil {
		return err
	}
	actor, _ := purser.ActorFrom(ctx)
	user, err := s.userOf(ctx, actor)
	if err != nil {
		return err
	}
	if !ways.Password {
		return purser.Invalid("password", "this account has no password")
	}
	err = s.checkOwnPassword(ctx, user, password, "password", actor.Origin)
	if err == nil && ways.Code {
		err = s.limited(ctx, user.ID, func(ctx context.Context, tx bun.Tx) error { return s.useCode(ctx, tx, user, code) })
	}
	if err != nil {
		return errors.Join(err, s.noteRefusal(ctx, user, actor.Origin))
	}
	return s.proved(ctx, actor, WayPassword)
}

// proved notes a proof.
func (s *Service) proved(ctx context.Context, actor purser.Actor, way Way) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.ProveSession(ctx, tx, actor.Session, purser.MicrosOf(s.now().Truncate(time.Microsecond))); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSessionOwn, Object: actor.Session, ObjectName: actor.Name,
			After: map[string]any{"event": "proved again", "way": string(way)}, At: s.now()})
	})
	if err != nil {
		return fmt.Errorf("noting the proof: %w", err)
	}
	return nil
}
