package run

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// tries are the times after the first refusal at which a credential is tried
// again. After the last one the instance counts as revoked.
func tries() []time.Duration { return []time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour} }

// setHealth derives the health of an instance from how a run ended, and revokes
// it where the vendor has confirmed that it no longer accepts the credential.
// It is the only place that does.
func (r *Runner) setHealth(ctx context.Context, tx bun.Tx, i purser.Instance, o outcome) error {
	class, why := purser.Class(""), ""
	if o.err != nil {
		class, why = o.err.Class, sentence(o.err)
	}
	switch {
	case o.state == purser.RunFailed && o.refused:
		return r.revoke(ctx, tx, i, purser.HealthUnauthorized, why)
	case o.state == purser.RunFailed && class == purser.ClassAuthRevoked:
		return r.doubt(ctx, tx, i, purser.HealthUnauthorized, why)
	case o.state == purser.RunPartial && o.barred:
		return r.doubt(ctx, tx, i, purser.HealthForbidden, why)
	case o.state == purser.RunFailed:
		return store.SetInstanceHealth(ctx, tx, i.ID, purser.HealthFailing, why, r.now())
	case o.state == purser.RunSucceeded || o.state == purser.RunPartial:
		if err := store.DropProbe(ctx, tx, i.No); err != nil {
			return err
		}
		return r.healthOfAll(ctx, tx, i)
	}
	return nil // canceled, abandoned: nothing was learned
}

// healthOfAll looks at the last runs of all enabled tasks: one good task does not make up for a failing one.
func (r *Runner) healthOfAll(ctx context.Context, tx bun.Tx, i purser.Instance) error {
	failed, err := store.FailedRuns(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	for _, row := range failed {
		if row.Class != string(purser.ClassAuthRevoked) {
			return store.SetInstanceHealth(ctx, tx, i.ID, purser.HealthFailing,
				sentence(&purser.Error{What: purser.TaskName(row.Task).Title() + ": " + row.Message, Hint: row.Hint}), r.now())
		}
	}
	return store.SetInstanceHealth(ctx, tx, i.ID, purser.HealthOK, "", r.now())
}

func sentence(e *purser.Error) string {
	if e.Hint == "" {
		return e.Error()
	}
	return e.Error() + ". " + e.Hint
}

// doubt begins the tries of a credential that was refused; tasks wait meanwhile.
func (r *Runner) doubt(ctx context.Context, tx bun.Tx, i purser.Instance, h purser.Health, why string) error {
	if err := store.SetInstanceHealth(ctx, tx, i.ID, h, why, r.now()); err != nil {
		return err
	}
	if _, ok, err := store.ProbeOf(ctx, tx, i.No); err != nil || ok {
		return err
	}
	return store.PutProbe(ctx, tx, store.ProbeRow{InstanceNo: i.No, NextAt: r.now() + purser.Micros(tries()[0].Microseconds())})
}

// revoke moves a live instance to revoked, with the reason in words. Its health
// still says whether the credential is refused, or may not read.
func (r *Runner) revoke(ctx context.Context, tx bun.Tx, i purser.Instance, h purser.Health, why string) error {
	if err := store.DropProbe(ctx, tx, i.No); err != nil {
		return err
	}
	if err := store.SetInstanceHealth(ctx, tx, i.ID, h, why, r.now()); err != nil {
		return err
	}
	ok, err := store.SetInstanceStatus(ctx, tx, i.ID, purser.StatusRevoked, why, r.now(), purser.StatusLive)
	if err != nil || !ok {
		return err
	}
	if err := r.tellRevoked(ctx, tx, i, why); err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpInstanceWrite, Object: i.ID, ObjectName: i.Name,
		Before: map[string]any{"status": i.Status}, After: map[string]any{"status": purser.StatusRevoked, "reason": why}, At: r.Now()})
}

// probe tries a refused credential once more.
func (r *Runner) probe(ctx context.Context, p store.ProbeRow) error {
	i, err := store.InstanceByNo(ctx, r.DB.Read(), p.InstanceNo)
	if err != nil {
		return err
	}
	var refused bool
	var told error
	err = r.counted(ctx, i.No, func(record func(purser.LogLine)) { refused, told = r.ask(ctx, i, record) })
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return nil
	}
	err = r.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		switch purser.ClassOf(told) {
		case "":
			if err := store.DropProbe(ctx, tx, i.No); err != nil {
				return err
			}
			return store.SetInstanceHealth(ctx, tx, i.ID, purser.HealthUnknown, "", r.now())
		case purser.ClassAuthRevoked, purser.ClassPermission:
			p.Tries++
			if refused || int(p.Tries) >= len(tries()) {
				return r.revoke(ctx, tx, i, refusedAs(told), sentence(asError(told)))
			}
			// The times count from the first refusal.
			p.NextAt = r.now() + purser.Micros((tries()[p.Tries] - tries()[p.Tries-1]).Microseconds())
		default: // the vendor is away: that says nothing about the credential
			p.NextAt = r.now() + purser.Micros(tries()[0].Microseconds())
		}
		return store.PutProbe(ctx, tx, p)
	})
	if err != nil || told != nil {
		return err
	}
	_, err = r.Start(purser.WithActor(ctx, purser.Actor{Kind: purser.ActorSystem, ID: "run", Name: "Purser", Role: purser.RoleAdmin, Origin: "system"}),
		i.ID, purser.TriggerRetry)
	return err
}

// refusedAs is the health of an instance whose probe the vendor refused.
func refusedAs(told error) purser.Health {
	if purser.ClassOf(told) == purser.ClassPermission {
		return purser.HealthForbidden
	}
	return purser.HealthUnauthorized
}

// ask returns nil if the vendor accepts the credential.
func (r *Runner) ask(ctx context.Context, i purser.Instance, record func(purser.LogLine)) (refused bool, told error) {
	access, err := r.Sources.Open(ctx, i, record)
	if err == nil {
		if access.Close != nil {
			defer access.Close()
		}
		if access.Probe != nil {
			err = access.Probe(ctx)
		}
	}
	return err != nil && r.Refused != nil && r.Refused(err), err
}
