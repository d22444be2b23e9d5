package connect

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// endsSoon is how far ahead the end of a credential is told.
const endsSoon = 30 * 24 * time.Hour

// Cares says, by instance, what somebody has to care for that does not show in
// how it reads now: a credential that ends or whose person has left, and an owner
// who is gone. Unless names is set nobody is named.
func Cares(ctx context.Context, db bun.IDB, now time.Time, names bool) (map[string][]purser.Care, error) {
	out := map[string][]purser.Care{}
	leavers, err := store.LeaversCredentials(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, l := range leavers {
		if !names {
			l.Account = "somebody"
		}
		out[l.InstanceID] = append(out[l.InstanceID], purser.Care{Tone: "failing", Button: "Replace it", URL: "/instances/" + l.InstanceID + "/credential",
			Sentence: l.Name + " is connected with the credential of " + l.Account + ", who has left. It dies with the account: enter another one before."})
	}
	ending, err := store.EndingCredentials(ctx, db, purser.MicrosOf(now.Add(endsSoon)))
	if err != nil {
		return nil, err
	}
	for _, e := range ending {
		out[e.InstanceID] = append(out[e.InstanceID], ends(e, now))
	}
	lost, err := store.LostOwners(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, l := range lost {
		c := purser.Care{Sentence: l.Instance + " has no owner any more: the user was removed.", Button: "Choose an owner", URL: "/instances/" + l.InstanceID + "/settings", Tone: "stale"}
		if l.Owner != "" && !names {
			c.Sentence = "Whoever looks after " + l.Instance + " has left the organization."
		} else if l.Owner != "" {
			c.Sentence = l.Owner + ", who looks after " + l.Instance + ", has left the organization."
		}
		out[l.InstanceID] = append(out[l.InstanceID], c)
	}
	return out, nil
}

// ends says when a credential ends, or that it has.
func ends(e store.EndingCredential, now time.Time) purser.Care {
	c := purser.Care{Sentence: "The credential of " + e.Name + " has ended.", Button: "Replace it", URL: "/instances/" + e.InstanceID + "/credential", Tone: "failing"}
	if left := e.ExpiresAt.Time().Sub(now); left > 0 {
		days := int64(left / (24 * time.Hour))
		c.Sentence, c.Tone = "The credential of "+e.Name+" ends in "+purser.Counted(days, "day", "days")+".", "stale"
		if days == 0 {
			c.Sentence = "The credential of " + e.Name + " ends within a day."
		}
	}
	return c
}

// cares are those that the actor of ctx may read.
func (s *Service) cares(ctx context.Context) (map[string][]purser.Care, error) {
	return Cares(ctx, s.db.Read(), s.now(), s.gate.Allow(ctx, purser.OpNameRead) == nil)
}
