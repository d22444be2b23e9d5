package connect

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/egress"
	"purser/internal/store"
)

// InstanceFilter selects instances; zero fields select every one.
type InstanceFilter = store.InstanceFilter

// Instances returns the selected instances by name.
func (s *Service) Instances(ctx context.Context, f InstanceFilter) ([]purser.Instance, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return nil, err
	}
	return store.Instances(ctx, s.db.Read(), f)
}

// Instance returns one instance by its id or its name.
func (s *Service) Instance(ctx context.Context, idOrName string) (purser.Instance, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return purser.Instance{}, err
	}
	return store.Instance(ctx, s.db.Read(), idOrName)
}

// change reads an instance, lets fn change it and writes it back, in tx. version
// is the version that the person saw, 0 if none was shown.
func (s *Service) change(ctx context.Context, tx bun.Tx, id string, version int64, fn func(*purser.Instance) error) error {
	i, err := store.Instance(ctx, tx, id)
	if err != nil {
		return err
	}
	if version != 0 && version != i.Version {
		return orConflict(nil)
	}
	before := facts(i)
	if err := fn(&i); err != nil {
		return err
	}
	i.UpdatedAt = s.now()
	ok, err := store.UpdateInstance(ctx, tx, i)
	if err != nil || !ok {
		return orConflict(err)
	}
	after := facts(i)
	for k := range after {
		if before[k] == after[k] {
			delete(before, k)
			delete(after, k)
		}
	}
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpInstanceWrite, Object: i.ID, ObjectName: i.Name, Before: before, After: after, At: s.now()})
}

func facts(i purser.Instance) map[string]any {
	m := map[string]any{"name": i.Name, "status": string(i.Status), "reason": i.Reason, "auth": i.Auth, "owner": i.OwnerID}
	for k, v := range i.Settings {
		m["settings."+k] = v
	}
	return m
}

// Rename gives an instance another name. version is the one that the person saw
// (Instance.Version): a change of somebody else meanwhile is not overwritten.
func (s *Service) Rename(ctx context.Context, id, name string, version int64) error {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return err
	}
	name, err := checkName(name, "")
	if err != nil {
		return err
	}
	if name == "" {
		return purser.Invalid("name", "the name is missing")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return s.change(ctx, tx, id, version, func(i *purser.Instance) error {
			other, err := store.Instance(ctx, tx, name)
			if err == nil && other.ID != i.ID {
				return &purser.Problem{Kind: purser.ProblemConflict, Field: "name", What: "there is an instance of this name already", Hint: "Choose another name"}
			}
			i.Name = name
			return nil
		})
	})
}

// SetSettings changes the settings of an instance. If that changes its hosts,
// the credential is unusable until it is entered again: it was meant for the others.
func (s *Service) SetSettings(ctx context.Context, id string, settings map[string]string, version int64) (again bool, err error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return false, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return s.change(ctx, tx, id, version, func(i *purser.Instance) error {
			c, err := s.connector(i.Connector)
			if err != nil {
				return err
			}
			kept, _, err := c.Manifest.CheckSettings(settings)
			if err != nil {
				return err
			}
			hosts, err := c.Manifest.HostsFor(kept)
			if err != nil {
				return err
			}
			r, err := store.CredentialByID(ctx, tx, CredentialID(i.ID, false))
			again = err == nil && r.Hosts != egress.Pins(hosts).Digest()
			i.Settings = kept
			return store.PutTested(ctx, tx, i.ID, store.Tested{})
		})
	})
	return again && err == nil, err
}

// Deactivate stops the syncing of an instance; credential and data stay.
func (s *Service) Deactivate(ctx context.Context, id string) error {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return s.change(ctx, tx, id, 0, func(i *purser.Instance) error {
			if i.Status == purser.StatusDraft {
				return &purser.Problem{Kind: purser.ProblemConflict, What: i.Name + " is a draft: nothing is synced yet", Hint: "Connect it, or leave it as it is"}
			}
			i.Status, i.Reason = purser.StatusInactive, "deactivated by a person"
			return nil
		})
	})
}

// Activate lets an inactive instance sync again, at once. A revoked one is tested
// with its kept credential first; what is wrong with it is the refusal.
func (s *Service) Activate(ctx context.Context, id string) error {
	r, err := s.CheckAgain(ctx, id)
	if err == nil && !r.OK {
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "credential", What: strings.TrimRight(r.Message, "."), Hint: r.Hint}
	}
	return err
}

// CheckAgain is Activate for those who want to see what the test of a revoked
// instance said.
func (s *Service) CheckAgain(ctx context.Context, id string) (TestResult, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return TestResult{}, err
	}
	i, err := store.Instance(ctx, s.db.Read(), id)
	if err != nil {
		return TestResult{}, err
	}
	r := TestResult{OK: true, Message: i.Name + " is live."}
	switch {
	case !i.Confirmed:
		return r, &purser.Problem{Kind: purser.ProblemConflict, What: i.Name + " is not connected yet", Hint: "Enter its credential, test it and confirm"}
	case i.Status == purser.StatusDeleting:
		return r, &purser.Problem{Kind: purser.ProblemConflict, What: i.Name + " is being deleted"}
	case i.Status == purser.StatusRevoked || i.Status == purser.StatusLive && i.Health != purser.HealthOK:
		if r, err = s.Test(ctx, i.ID); err != nil || !r.OK || r.Pending {
			return r, err
		}
	case i.Status == purser.StatusLive:
		return r, nil
	}
	now := s.now()
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		err := s.change(ctx, tx, i.ID, 0, func(n *purser.Instance) error {
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
		return r, err
	}
	return r, s.start(ctx, i.ID, purser.TriggerManual)
}
