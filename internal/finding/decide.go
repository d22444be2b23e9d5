package finding

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Decision is what somebody decides about findings.
type Decision struct {
	State  string // accepted, snoozed, done, or open to take a decision back
	Reason string // of accepted ones: why it may stay
	Until  string // of snoozed ones: YYYY-MM-DD; of accepted ones "" for ever, or the day on which they open again
}

// most is how many findings one decision may be about.
const most = 100_000

// Decide decides about the findings of some identifiers, or about all that a
// filter selects, and returns how many that were.
func (s *Service) Decide(ctx context.Context, ids []string, all *Filter, d Decision) (n int64, err error) {
	if err := s.Gate.Allow(ctx, purser.OpFindingDecide); err != nil {
		return 0, err
	}
	if d.Reason = strings.TrimSpace(d.Reason); len(d.Reason) > 1000 {
		return 0, purser.Invalid("reason", "keep it below 1,000 characters")
	}
	day, isDay := purser.ParseDay(d.Until)
	ahead := isDay && purser.DayText(day) > s.Zone.Today(ctx, s.Now())
	switch d.State {
	case purser.FindingAccepted:
		if d.Reason == "" {
			return 0, purser.Invalid("reason", "say why it may stay as it is: nobody is asked again")
		}
		if d.Until != "" && !ahead {
			return 0, purser.Invalid("until", "name the last day in the future, as YYYY-MM-DD, or leave it empty for ever")
		}
	case purser.FindingSnoozed:
		if !ahead {
			return 0, purser.Invalid("until", "name a day in the future, as YYYY-MM-DD")
		}
	case purser.FindingDone, purser.FindingOpen:
	default:
		return 0, purser.Invalid("state", "a finding is accepted, snoozed, done, or opened again")
	}
	nos := make([]int64, 0, len(ids))
	for _, id := range ids {
		no := store.KeyOf("fnd_", id)
		if no == 0 {
			return 0, purser.NotFound("finding", id)
		}
		nos = append(nos, no)
	}
	if all != nil {
		if nos, err = s.selected(ctx, *all); err != nil {
			return 0, err
		}
	}
	if len(nos) == 0 {
		return 0, purser.Invalid("findings", "nothing is chosen")
	}
	if err := s.recognizable(ctx, nos, d); err != nil {
		return 0, err
	}
	actor, _ := purser.ActorFrom(ctx)
	change := store.FindingChange{State: d.State, Until: d.Until, Reason: d.Reason, By: actor.Name, At: purser.MicrosOf(s.Now())}
	if d.State != purser.FindingSnoozed && d.State != purser.FindingAccepted {
		change.Until = ""
	}
	for part := range slices.Chunk(nos, 500) {
		err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			decided, err := store.DecideFindings(ctx, tx, part, change)
			if err != nil || len(decided) == 0 {
				return err
			}
			n += int64(len(decided))
			names := make([]string, len(decided))
			for i, no := range decided {
				names[i] = store.RowID("fnd_", no)
			}
			return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpFindingDecide, Object: names[0], ObjectName: fmt.Sprintf("%d findings", len(decided)),
				After: map[string]any{"state": d.State, "until": change.Until, "reason": d.Reason, "findings": names}, At: s.Now()})
		})
		if err != nil {
			return n, err
		}
	}
	if n == 0 {
		return 0, purser.Invalid("findings", "none of them is there any more: later data shows that they are no longer so")
	}
	return n, nil
}

func (s *Service) selected(ctx context.Context, f Filter) (nos []int64, err error) {
	filter, err := s.filter(ctx, f)
	if err != nil {
		return nil, err
	}
	p := purser.Page{Limit: 1000}
	for {
		rows, err := store.Findings(ctx, s.DB.Read(), filter, p, false)
		if err != nil {
			return nil, err
		}
		for _, r := range rows.Items {
			nos = append(nos, r.No)
		}
		if rows.Next == "" {
			return nos, nil
		}
		if len(nos) >= most {
			return nil, purser.Invalid("findings", "more than %d are too many at once; select fewer", most)
		}
		p.After = rows.Next
	}
}
