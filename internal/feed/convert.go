package feed

import (
	"context"
	"strconv"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Choice is how an application goes over to its own instances.
type Choice struct {
	// Feed is whose accounts count: "" lets the first complete roster decide, sso
	// keeps or goes back to the identity providers, direct ends a parallel run.
	Feed purser.Feed
	// ParallelDays is how long after the first complete roster both are read, and
	// the identity providers still count.
	ParallelDays int64
	Why          string
}

// mostDays is how long a parallel run may be.
const mostDays = 90

// Choose says how an application goes over, or takes it back. Nothing is read or
// deleted by it: both sources stay, and the choice says which of them counts.
func (s *Service) Choose(ctx context.Context, id string, c Choice) (out purser.FeedState, err error) {
	if err := s.gate.Allow(ctx, purser.OpApplicationSet); err != nil {
		return out, err
	}
	switch {
	case c.Feed != "" && c.Feed != purser.FeedSSO && c.Feed != purser.FeedDirect:
		return out, purser.Invalid("feed", "%q is none of sso, direct", c.Feed)
	case c.ParallelDays < 0 || c.ParallelDays > mostDays:
		return out, purser.Invalid("parallel_days", "a parallel run takes 0 to %d days", mostDays)
	}
	no := store.KeyOf("app_", id)
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		a, ok, err := store.ApplicationByID(ctx, tx, no)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("application", id)
		}
		feeds, err := store.Feeds(ctx, tx, []int64{no})
		if err != nil {
			return err
		}
		was := feeds[no]
		if c.Feed == purser.FeedDirect && (!was.Connected || was.SwitchAt() == 0) {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "no instance of " + a.Name + " has read all of its users yet",
				Hint: "Connect it, and wait for its first complete sync; until then the identity provider goes on"}
		}
		if c.Feed == purser.FeedSSO && !was.Via && !was.Fed {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "no identity provider lists " + a.Name, Hint: "Its own instances are all that tells of it"}
		}
		now := was
		now.Chosen, now.ParallelDays = string(c.Feed), c.ParallelDays
		if ok, err = store.PutFeed(ctx, tx, now); err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "somebody else changed this meanwhile", Hint: "Look at it again and repeat the change"}
		}
		if err := store.AppendStep(ctx, tx, no, s.at(), purser.FeedStep{What: "feed", Before: chosenText(was), After: chosenText(now), Note: c.Why}); err != nil {
			return err
		}
		if err := store.MarkFeeds(ctx, tx, no); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpApplicationSet, Object: id, ObjectName: a.Name, At: s.now(),
			Before: map[string]any{"feed": was.Chosen, "parallel_days": was.ParallelDays}, After: map[string]any{"feed": now.Chosen, "parallel_days": now.ParallelDays}})
	})
	if err != nil {
		return out, err
	}
	s.again(ctx, no)
	return s.State(ctx, id)
}

func chosenText(f store.FeedRow) string {
	switch {
	case f.Chosen == string(purser.FeedSSO):
		return "identity provider"
	case f.Chosen == string(purser.FeedDirect):
		return "direct"
	case f.ParallelDays > 0:
		return "direct, " + strconv.FormatInt(f.ParallelDays, 10) + " days after its first complete list of users"
	}
	return "direct, with its first complete list of users"
}

// Differences says how the two feeds of an application differ, and shows a page
// of the differences of one kind: only_sso, only_direct, status or last_use.
type Differences struct {
	OnlySSO    int64               `json:"only_sso"`
	OnlyDirect int64               `json:"only_direct"`
	Status     int64               `json:"status"`
	LastUse    int64               `json:"last_use"`
	Alike      int64               `json:"alike"`
	What       string              `json:"what"`
	Items      []purser.Difference `json:"items"`
	Next       string              `json:"next,omitempty"` // cursor of the next page, "" at the end
}

// Differences compares what identity providers say of an application with what
// its own instances say.
func (s *Service) Differences(ctx context.Context, id, what string, p purser.Page) (out Differences, err error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return out, err
	}
	if what == "" {
		what = store.OnlySSO
	}
	switch what {
	case store.OnlySSO, store.OnlyDirect, store.OtherState, store.OtherUse:
	default:
		return out, purser.Invalid("what", "%q is none of only_sso, only_direct, status, last_use", what)
	}
	no := store.KeyOf("app_", id)
	if _, ok, err := store.ApplicationByID(ctx, s.db.Read(), no); err != nil || !ok {
		if err == nil {
			err = purser.NotFound("application", id)
		}
		return out, err
	}
	counts, err := store.CountDifferences(ctx, s.db.Read(), no)
	if err != nil {
		return out, err
	}
	for _, c := range counts {
		*map[string]*int64{store.OnlySSO: &out.OnlySSO, store.OnlyDirect: &out.OnlyDirect, store.OtherState: &out.Status, store.OtherUse: &out.LastUse, "": &out.Alike}[c.What] = c.N
	}
	limit := p.Limit
	if limit <= 0 || limit > 1000 {
		limit = 50
	}
	out.What = what
	out.Items, out.Next, err = store.Differences(ctx, s.db.Read(), no, what, p.After, limit)
	if s.gate.Allow(ctx, purser.OpNameRead) != nil {
		for i := range out.Items {
			out.Items[i] = out.Items[i].WithoutNames()
		}
	}
	return out, err
}
