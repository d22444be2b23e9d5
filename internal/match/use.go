package match

import (
	"context"
	"fmt"
	"slices"
	"time"

	"purser"
	"purser/internal/store"
)

// use derives how applications are used, and what identity providers serve.
func (d *Deriver) use(ctx context.Context, due []store.DueDerivation, at purser.Micros) error {
	used := map[int64]bool{}
	written := map[int64]bool{} // instances whose applications are counted anew
	counted := map[int64]bool{} // as well, but nothing of theirs was written
	for _, x := range due {
		if (x.Kind == purser.KindActivity || x.Kind == purser.KindAccount) && !used[x.InstanceNo] {
			used[x.InstanceNo] = true
			if err := d.db.UseFromActivity(ctx, x.InstanceNo); err != nil {
				return fmt.Errorf("note the last use of accounts: %w", err)
			}
		}
		switch x.Kind {
		case purser.KindApplication:
			found, err := d.db.DiscoverApplications(ctx, x.InstanceNo, at, d.known().Recognize)
			if err != nil {
				return fmt.Errorf("note the applications that were discovered: %w", err)
			}
			written[x.InstanceNo] = written[x.InstanceNo] || found > 0
		case purser.KindAccount, purser.KindAssignment:
			some, err := store.WrittenSince(ctx, d.db.Read(), x)
			if err != nil {
				return fmt.Errorf("look for rows that were written: %w", err)
			}
			written[x.InstanceNo] = written[x.InstanceNo] || some
		case purser.KindActivity:
			written[x.InstanceNo] = true
		case store.KindLink:
			counted[x.InstanceNo] = true
		}
	}
	for no, yes := range written {
		if !yes {
			continue
		}
		counted[no] = true
		if err := d.db.DeriveServed(ctx, no, at-monthMicros); err != nil {
			return fmt.Errorf("add up what an identity provider serves: %w", err)
		}
	}
	fed, err := d.applications(ctx, written)
	if err != nil {
		return err
	}
	if err := d.db.DeriveFeeds(ctx, fed); err != nil {
		return err
	}
	all, err := d.applications(ctx, counted)
	if err != nil {
		return err
	}
	return d.db.CountUse(ctx, all)
}

// monthMicros are the thirty days of sign-ins that are told of what a provider serves.
const monthMicros = purser.Micros(30 * 24 * time.Hour / time.Microsecond)

// applications lists those of which instances tell.
func (d *Deriver) applications(ctx context.Context, instances map[int64]bool) (ids []int64, err error) {
	for no, yes := range instances {
		if !yes {
			continue
		}
		some, err := store.AffectedApplications(ctx, d.db.Read(), no)
		if err != nil {
			return nil, fmt.Errorf("list the applications: %w", err)
		}
		ids = append(ids, some...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
