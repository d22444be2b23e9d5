package connect

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// SetHR says whether an instance may end a person's employment. Without it what
// it reports as ended is shown, and nothing follows from it: an identity provider
// that lost half of its users must not make leavers of half of the organization.
func (s *Service) SetHR(ctx context.Context, id string, hr bool) error {
	if err := s.gate.Allow(ctx, purser.OpInstanceHR); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		i, err := store.Instance(ctx, tx, id)
		if err != nil || i.HR == hr {
			return err
		}
		_, has, err := store.TaskRowOf(ctx, tx, i.ID, purser.TaskHRRoster)
		if err != nil {
			return err
		}
		if hr && !has {
			return &purser.Problem{Kind: purser.ProblemConflict, Field: "hr_source", What: i.Name + " reads no HR roster, so it cannot say who has left",
				Hint: "Mark the instance of your HR system, or of the directory that is kept as one"}
		}
		if err := store.SetHR(ctx, tx, i.ID, hr); err != nil {
			return err
		}
		// Who stands for whom, and whose word counts first, follows from it.
		if err := store.MarkDerivation(ctx, tx, i.No, 0, purser.KindPerson); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpInstanceHR, Object: i.ID, ObjectName: i.Name, At: s.now(),
			Before: map[string]any{"hr_source": i.HR}, After: map[string]any{"hr_source": hr}})
	})
}
