package login

import (
	"context"
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
		purser.OpBackup:         true,
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
	return ProofWays{Email: user.Email, Password: user.Password != ""}, nil
}

// Prove checks the asker's password again and notes that this session proved itself.
func (s *Service) Prove(ctx context.Context, password string) error {
	actor, err := s.ownUser(ctx)
	if err != nil {
		return err
	}
	user, err := s.userOf(ctx, actor)
	if err != nil {
		return err
	}
	if err := s.checkOwnPassword(ctx, user, password, "password", actor.Origin); err != nil {
		if refused := s.noteRefusal(ctx, user, actor.Origin); refused != nil {
			return refused
		}
		return err
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
