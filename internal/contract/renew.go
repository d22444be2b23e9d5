package contract

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Amend adds a dated change of the plans of the newest period.
func (s *Service) Amend(ctx context.Context, id string, version int64, a purser.Amendment) (purser.Contract, error) {
	err := s.change(ctx, id, version, func(ctx context.Context, _ bun.Tx, c *purser.Contract) (_ []int64, err error) {
		a.By = by(ctx)
		c.Terms.Amendments = append(slices.Clone(c.Terms.Amendments), a)
		c.Terms, err = c.Terms.Check(s.Currencies)
		return nil, err
	})
	if err != nil {
		return purser.Contract{}, err
	}
	return s.Contract(ctx, id)
}

// unamended returns the plans that an amended contract began with. A file says which
// plans hold now: it cannot say whether others hold from now on, or always did.
func (s *Service) unamended(ctx context.Context, t purser.ContractTerms, plans []purser.ContractPlan) ([]purser.ContractPlan, error) {
	now := t.PlansOn(inside(t, s.Today(ctx)))
	said, err := purser.ContractTerms{Plans: plans}.Check(s.Currencies)
	if err != nil {
		return nil, err
	}
	if len(said.Plans) != len(now) || len(now) > 0 && !reflect.DeepEqual(said.Plans, now) {
		return nil, purser.Invalid("plan", "the contract was amended, so that a file does not change its plans; add an amendment on its page, which says from when they hold")
	}
	return t.Plans, nil
}

// NextTerms proposes the terms of the next period.
func (s *Service) NextTerms(ctx context.Context, id string) (purser.ContractTerms, error) {
	if err := s.mayWrite(ctx); err != nil {
		return purser.ContractTerms{}, err
	}
	c, err := s.Contract(ctx, id)
	if err != nil {
		return purser.ContractTerms{}, err
	}
	next, ok := c.Terms.Next()
	if !ok {
		return next, &purser.Problem{Kind: purser.ProblemConflict, Field: "end", What: c.Name + " has no end, so that no next period follows",
			Hint: "Write down its end, or change its terms as they are"}
	}
	return next, nil
}

// Renew begins the next period with these terms, or with those that were agreed
// for it if terms is nil. The period before is kept, and nothing is decided yet of
// the new one.
func (s *Service) Renew(ctx context.Context, id string, version int64, terms *purser.ContractTerms) (purser.Contract, error) {
	next, err := s.NextTerms(ctx, id)
	if err != nil {
		return purser.Contract{}, err
	}
	if terms != nil {
		next = *terms
		next.Amendments = nil
	}
	err = s.change(ctx, id, version, func(_ context.Context, _ bun.Tx, c *purser.Contract) (_ []int64, err error) {
		if next.Start <= c.Terms.End {
			return nil, purser.Invalid("start", "the next period begins after %s, the last day of this one", c.Terms.End)
		}
		next, err := next.Check(s.Currencies)
		if err == nil && next.End == "" {
			err = purser.Invalid("end", "say when the next period ends: this one is not so many whole months long, so that it does not follow")
		}
		c.Terms = next
		c.Period, c.Decision = c.Period+1, purser.Undecided
		return nil, err
	})
	if err != nil {
		return purser.Contract{}, err
	}
	return s.Contract(ctx, id)
}

// Decide says what is to become of the contract at the end of its period, and why.
// The renewal sheet is kept as it is at that moment.
func (s *Service) Decide(ctx context.Context, id string, version int64, d purser.Decision, why string) (purser.Contract, error) {
	if !slices.Contains(purser.Decisions(), d) {
		return purser.Contract{}, purser.Invalid("decision", "%q is none of renew, change, cancel, undecided", d)
	}
	if why = strings.TrimSpace(why); why == "" && d != purser.Undecided {
		return purser.Contract{}, purser.Invalid("why", "say why: whoever reads it later was not there")
	}
	if utf8.RuneCountInString(why) > 4000 {
		return purser.Contract{}, purser.Invalid("why", "the reason is longer than 4,000 characters")
	}
	if err := s.mayWrite(ctx); err != nil {
		return purser.Contract{}, err
	}
	frozen, err := s.freeze(ctx, id)
	if err != nil {
		return purser.Contract{}, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		c, no, err := s.one(ctx, tx, id)
		if err != nil {
			return err
		}
		row := store.ContractDecisionRow{Period: c.Period, Decision: string(d), Why: why, MadeAt: purser.MicrosOf(s.Now()), MadeBy: by(ctx), Sheet: frozen}
		if _, err := store.InsertContractDecision(ctx, tx, no, row); err != nil {
			return err
		}
		if version != 0 && version != c.Version {
			return conflict(c)
		}
		change := store.ContractChangeRow{At: row.MadeAt, By: row.MadeBy, Field: "decision", Before: string(c.Decision), After: string(d) + ": " + why}
		if err := store.InsertContractChange(ctx, tx, no, change); err != nil {
			return err
		}
		before := map[string]any{"decision": string(c.Decision)}
		c.Decision, c.UpdatedAt, c.UpdatedBy = d, s.Now(), by(ctx)
		if err := s.keep(ctx, tx, no, c, nil); err != nil {
			return err
		}
		return s.note(ctx, tx, c, before, map[string]any{"decision": string(d), "why": why})
	})
	if err != nil {
		return purser.Contract{}, err
	}
	s.changed()
	return s.Contract(ctx, id)
}
