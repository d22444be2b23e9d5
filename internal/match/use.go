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
		case purser.KindSeat:
			if err := d.db.CountSeats(ctx, x.InstanceNo); err != nil {
				return err
			}
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
		counted[no] = counted[no] || yes
	}
	if err := d.keepClasses(ctx, counted); err != nil {
		return err
	}
	for _, x := range due {
		counted[x.InstanceNo] = counted[x.InstanceNo] || x.Kind == store.KindDecided
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
	reach, err := d.db.CountUse(ctx, all)
	if err != nil {
		return err
	}
	for no, yes := range written {
		if !yes {
			continue
		}
		if err := d.db.DeriveServed(ctx, no, at-monthMicros, reach); err != nil {
			return fmt.Errorf("add up what an identity provider serves: %w", err)
		}
	}
	return nil
}

func (d *Deriver) keepClasses(ctx context.Context, written map[int64]bool) error {
	var instances []int64
	for no, yes := range written {
		if yes {
			instances = append(instances, no)
		}
	}
	return d.db.KeepClasses(ctx, instances, store.UseAtMoment(d.now(), 0))
}

// Reclass decides anew how accounts are used where time alone, or another threshold,
// says something else than when it was decided last.
func (d *Deriver) Reclass(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.db.Deriving(ctx, func(ctx context.Context) error { return d.keepClasses(ctx, nil) })
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
