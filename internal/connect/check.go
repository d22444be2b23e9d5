package connect

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Activate lets an inactive instance sync again, at once. A revoked one is tested
// with its kept credential first; what is wrong with it is the refusal.
func (s *Service) Activate(ctx context.Context, id string) error {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return err
	}
	i, err := store.Instance(ctx, s.db.Read(), id)
	if err != nil {
		return err
	}
	switch {
	case i.Status == purser.StatusLive && i.Health == purser.HealthOK:
		return nil
	case i.Status == purser.StatusInactive && i.Confirmed:
		return s.revive(ctx, i)
	}
	r, err := s.CheckAgain(ctx, id)
	if err == nil && !r.OK {
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "credential", What: strings.TrimRight(r.Message, "."), Hint: r.Hint}
	}
	return err
}

// CheckAgain asks the vendor with the kept credential, also where another one was
// entered and not confirmed yet: after permissions were mended there nothing has
// to be entered. If it works, the instance is live again, what was blocked or not
// offered is asked for anew, and its tasks run at once.
func (s *Service) CheckAgain(ctx context.Context, id string) (TestResult, error) {
	for _, op := range []purser.Operation{purser.OpInstanceWrite, purser.OpCredentialSet} {
		if err := s.gate.Allow(ctx, op); err != nil {
			return TestResult{}, err
		}
	}
	i, err := store.Instance(ctx, s.db.Read(), id)
	if err != nil {
		return TestResult{}, err
	}
	switch {
	case !i.Confirmed:
		return TestResult{}, &purser.Problem{Kind: purser.ProblemConflict, What: i.Name + " is not connected yet", Hint: "Enter its credential, test it and confirm"}
	case i.Status == purser.StatusDeleting:
		return TestResult{}, &purser.Problem{Kind: purser.ProblemConflict, What: i.Name + " is being deleted"}
	}
	kept := CredentialID(i.ID, false)
	if err := s.forget(ctx, i, kept); err != nil {
		return s.told(i, err)
	}
	r, _, err := s.testOf(ctx, i, kept)
	if err != nil || !r.OK || i.Status == purser.StatusInactive {
		return r, err
	}
	return r, s.revive(ctx, i)
}

// forget gives up tokens that were obtained before permissions were mended: they
// would not know of it.
func (s *Service) forget(ctx context.Context, i purser.Instance, credentialID string) error {
	r, err := s.record(ctx, i, credentialID)
	if err != nil {
		return err
	}
	i.Auth = r.Auth
	link, err := s.linkFor(ctx, i, credentialID)
	if err != nil {
		return err
	}
	return s.links.Broker.Forget(ctx, link.Session)
}

// revive makes an instance live, with nothing held against it, and runs its tasks.
func (s *Service) revive(ctx context.Context, i purser.Instance) error {
	now := s.now()
	err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		err := s.change(ctx, tx, i.ID, 0, func(n *purser.Instance) error {
			if n.Status == purser.StatusDeleting {
				return &purser.Problem{Kind: purser.ProblemConflict, What: n.Name + " is being deleted"}
			}
			n.Status, n.Reason = purser.StatusLive, ""
			n.Health, n.HealthWhy, n.HealthSince = purser.HealthUnknown, "", now
			return nil
		})
		if err != nil {
			return err
		}
		return s.due(ctx, tx, i)
	})
	if err != nil {
		return err
	}
	return s.start(ctx, i.ID, purser.TriggerManual)
}
