package connect

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// InstanceFilter selects instances; zero fields select every one.
type InstanceFilter = store.InstanceFilter

// Instances returns the selected instances by name.
func (s *Service) Instances(ctx context.Context, f InstanceFilter) ([]purser.Instance, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return nil, err
	}
	all, err := store.Instances(ctx, s.db.Read(), f)
	for n := range all {
		all[n].Account = s.named(ctx, all[n].Account)
	}
	return all, err
}

// named is whose credential it is at the vendor, mostly an address, for those who may know who is who.
func (s *Service) named(ctx context.Context, account string) string {
	if account != "" && s.gate.Allow(ctx, purser.OpNameRead) != nil {
		return "somebody"
	}
	return account
}

// Instance returns one instance by its id or its name.
func (s *Service) Instance(ctx context.Context, idOrName string) (purser.Instance, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return purser.Instance{}, err
	}
	i, err := store.Instance(ctx, s.db.Read(), idOrName)
	i.Account = s.named(ctx, i.Account)
	return i, err
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
	if err := notDeleting(i); err != nil {
		return err
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
	m := map[string]any{"name": i.Name, "status": string(i.Status), "reason": i.Reason, "auth": i.Auth, "owner": i.OwnerID, "hr_source": i.HR}
	for k, v := range i.Settings {
		m["settings."+k] = v
	}
	return m
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
			if i.Status == purser.StatusDeleting {
				return &purser.Problem{Kind: purser.ProblemConflict, What: i.Name + " is being deleted"}
			}
			i.Status, i.Reason = purser.StatusInactive, "deactivated by a person"
			return nil
		})
	})
}
