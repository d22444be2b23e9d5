package identity

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Merge says that two people are the same human. The row that stands for both is
// HR's, else the one whose roster was connected first; nothing is lost, and it can
// be split again.
func (s *Service) Merge(ctx context.Context, one, other string) (purser.Person, error) {
	return s.judge(ctx, one, other, true)
}

// Split says that a row of a roster is somebody other than those whom it was
// taken for, whether a rule or a person had merged them.
func (s *Service) Split(ctx context.Context, row string) (purser.Person, error) {
	p, err := s.Inventory.Person(ctx, row)
	if err != nil {
		return p, err
	}
	lead, err := store.LeadOf(ctx, s.DB.Read(), store.KeyOf("per_", row))
	if err != nil {
		return p, err
	}
	return s.judge(ctx, row, store.RowID("per_", lead), false)
}

func (s *Service) judge(ctx context.Context, one, other string, same bool) (purser.Person, error) {
	if err := s.Gate.Allow(ctx, purser.OpIdentitySet); err != nil {
		return purser.Person{}, err
	}
	a, err := s.Inventory.Person(ctx, one)
	if err != nil {
		return a, err
	}
	b, err := s.Inventory.Person(ctx, other)
	if err != nil {
		return b, err
	}
	if a.ID == b.ID {
		if same {
			return a, purser.Invalid("person", "a person cannot be merged with themselves")
		}
		return a, purser.Invalid("person", "this row stands for the person; split one of the others from it")
	}
	aNo, bNo := store.KeyOf("per_", a.ID), store.KeyOf("per_", b.ID)
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		others := []int64{bNo}
		if !same {
			if others, err = s.rest(ctx, tx, aNo, bNo); err != nil {
				return err
			}
		}
		for _, no := range others {
			err := store.PutPersonVerdict(ctx, tx, store.PersonVerdict{PersonID: aNo, OtherID: no, Same: same, DecidedBy: actorName(ctx), DecidedAt: purser.MicrosOf(s.Now())})
			if err != nil {
				return err
			}
		}
		if err := store.MarkPeople(ctx, tx, purser.MicrosOf(s.Now()), append(others, aNo)...); err != nil {
			return err
		}
		what := "merged with"
		if !same {
			what = "split from"
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpIdentitySet, Object: a.ID, ObjectName: personName(a), At: s.Now(),
			After: map[string]any{what: b.ID + " " + personName(b)}})
	})
	if err != nil {
		return a, err
	}
	if err := s.Matcher.Derive(ctx, 0); err != nil {
		return a, err
	}
	lead, err := store.LeadOf(ctx, s.DB.Read(), aNo)
	if err != nil {
		return a, err
	}
	return s.Inventory.Person(ctx, store.RowID("per_", lead))
}

// rest are the rows with which one is merged: that one leaves them all.
func (s *Service) rest(ctx context.Context, tx bun.Tx, row, lead int64) ([]int64, error) {
	rows, err := store.PersonRowsOf(ctx, tx, lead)
	var out []int64
	for _, r := range rows {
		if no := store.KeyOf("per_", r.ID); no != row {
			out = append(out, no)
		}
	}
	if !slices.Contains(out, lead) {
		out = append(out, lead)
	}
	return out, err
}

// Rows returns the rows of rosters that are one person, the one that stands for
// all first. Of a row for which another stands it returns those of the other.
func (s *Service) Rows(ctx context.Context, person string) ([]purser.PersonRow, error) {
	p, err := s.Inventory.Person(ctx, person) // asks the gate
	if err != nil {
		return nil, err
	}
	if s.Gate.Allow(ctx, purser.OpNameRead) != nil {
		return nil, nil // they name people
	}
	lead, err := store.LeadOf(ctx, s.DB.Read(), store.KeyOf("per_", p.ID))
	if err != nil {
		return nil, err
	}
	return store.PersonRowsOf(ctx, s.DB.Read(), lead)
}

func personName(p purser.Person) string {
	for _, n := range []string{p.DisplayName, p.Email} {
		if n != "" {
			return n
		}
	}
	return p.ExternalID
}
