package connect

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/credential"
	"purser/internal/store"
)

// Confirm is the person's yes to the account and the organization that Test has
// shown: the credential counts from now on, the instance is live, and the first
// sync of its enabled tasks begins.
func (s *Service) Confirm(ctx context.Context, instanceID string) error {
	if err := s.gate.Allow(ctx, purser.OpCredentialSet); err != nil {
		return err
	}
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return err
	}
	first := false
	var id string
	err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		i, err := store.Instance(ctx, tx, instanceID)
		if err != nil {
			return err
		}
		if err := notDeleting(i); err != nil {
			return err
		}
		t, err := store.TestedOf(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		if !t.OK {
			return &purser.Problem{Kind: purser.ProblemConflict, Field: "credential", What: "the connection was not tested successfully yet",
				Hint: "Test it first: whose credential it is has to be seen before it counts"}
		}
		if i.Confirmed && i.TenantID != "" && i.TenantID != t.TenantID {
			return &purser.Problem{Kind: purser.ProblemConflict, Field: "tenant", What: i.Name + " is connected to " + nameOf(i.TenantName, i.TenantID),
				Hint: "Connect the other organization as an instance of its own"}
		}
		id, first = i.ID, !i.Confirmed
		auth, err := promote(ctx, tx, i.ID, t)
		if err != nil {
			return err
		}
		before := map[string]any{"status": string(i.Status), "tenant": i.TenantID, "account": i.Account, "auth": i.Auth}
		now := s.now()
		i.Auth = auth
		i.Status, i.Reason, i.Confirmed = purser.StatusLive, "", true
		i.TenantID, i.TenantName, i.TenantBase, i.Account, i.UpdatedAt = t.TenantID, t.TenantName, t.TenantBase, t.Account, now
		i.Health, i.HealthWhy, i.HealthSince = purser.HealthUnknown, "", now
		if ok, err := store.UpdateInstance(ctx, tx, i); err != nil || !ok {
			return orConflict(err)
		}
		if first { // what stayed of the same tenant, should it have been deleted, is this instance's now
			if err := store.TakeFormerNumber(ctx, tx, i); err != nil {
				return err
			}
		}
		if err := s.due(ctx, tx, i); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpInstanceWrite, Object: i.ID, ObjectName: i.Name, At: now, Before: before,
			After: map[string]any{"status": string(i.Status), "tenant": i.TenantID, "tenant_name": i.TenantName, "account": i.Account, "auth": i.Auth}})
	})
	if err != nil {
		return err
	}
	trigger := purser.TriggerManual
	if first {
		trigger = purser.TriggerInitial
	}
	return s.start(ctx, id, trigger)
}

// promote puts the pending credential, if that was tested, in the place of the
// one in use, and returns the way to authorize of what is in use from now on.
func promote(ctx context.Context, tx bun.Tx, instanceID string, t store.Tested) (auth string, err error) {
	main := CredentialID(instanceID, false)
	tested, err := store.CredentialByID(ctx, tx, CredentialID(instanceID, t.Pending))
	if err != nil && !errors.Is(err, credential.ErrNoCredential) {
		return "", err
	}
	if err != nil || tested.EnteredAt.UnixMicro() != t.EnteredAt {
		return "", &purser.Problem{Kind: purser.ProblemConflict, Field: "credential", What: "another credential was entered since the test", Hint: "Test the connection again"}
	}
	if !t.Pending {
		return tested.Auth, nil
	}
	old, err := store.CredentialByID(ctx, tx, main)
	if err != nil && !errors.Is(err, credential.ErrNoCredential) {
		return "", err
	}
	if err := store.DeleteCredential(ctx, tx, tested.ID); err != nil {
		return "", err
	}
	tested.ID, tested.Generation = main, old.Generation+1
	return tested.Auth, store.SwapCredential(ctx, tx, tested, old.Generation)
}

// due makes the enabled tasks due, and forgets that the instance was refused before.
func (s *Service) due(ctx context.Context, tx bun.Tx, i purser.Instance) error {
	if err := store.DropProbe(ctx, tx, i.No); err != nil {
		return err
	}
	if err := store.AskAgain(ctx, tx, i.No); err != nil {
		return err
	}
	return store.DueNow(ctx, tx, i.ID, purser.MicrosOf(s.now()))
}

// start begins runs of the enabled tasks. They are due already: should this
// fail, the next look at what is due begins them.
func (s *Service) start(ctx context.Context, instanceID string, trigger purser.Trigger) error {
	if s.starter == nil {
		return nil
	}
	tasks, err := s.enabled(ctx, instanceID)
	if err != nil || len(tasks) == 0 {
		return err
	}
	_, err = s.starter.Start(ctx, instanceID, trigger, tasks...)
	return err
}

// Discard gives up a credential that was entered or granted anew and not confirmed.
func (s *Service) Discard(ctx context.Context, instanceID string) error {
	if err := s.gate.Allow(ctx, purser.OpCredentialSet); err != nil {
		return err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.DeleteCredential(ctx, tx, CredentialID(i.ID, true)); err != nil {
			return err
		}
		if err := store.PutTested(ctx, tx, i.ID, store.Tested{}); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: i.ID, ObjectName: i.Name, At: s.now(),
			After: map[string]any{"authorization": "discarded"}})
	})
}

func orConflict(err error) error {
	if err != nil {
		return err
	}
	return &purser.Problem{Kind: purser.ProblemConflict, What: "somebody else changed the instance meanwhile", Hint: "Look at it again and repeat the change"}
}
