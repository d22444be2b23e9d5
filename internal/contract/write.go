package contract

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Create writes down a contract. The errors are *purser.Problem that name the field.
func (s *Service) Create(ctx context.Context, in purser.ContractInput) (purser.Contract, error) {
	if err := s.mayWrite(ctx); err != nil {
		return purser.Contract{}, err
	}
	var id string
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		id, err = s.create(ctx, tx, in)
		return err
	})
	if err != nil {
		return purser.Contract{}, err
	}
	s.changed()
	return s.Contract(ctx, id)
}

func (s *Service) create(ctx context.Context, tx bun.Tx, in purser.ContractInput) (string, error) {
	c := purser.Contract{ID: s.ids.New(purser.PrefixContract), Period: 1, Decision: purser.Undecided, Version: 1, CreatedAt: s.Now()}
	applications, err := s.settle(ctx, tx, &c, in)
	if err != nil {
		return "", err
	}
	row, err := store.ContractRowOf(c)
	if err != nil {
		return "", err
	}
	no, err := store.InsertContract(ctx, tx, row)
	if err != nil {
		return "", err
	}
	if err := store.SetContractApplications(ctx, tx, no, applications); err != nil {
		return "", err
	}
	if err := store.PutContractPeriod(ctx, tx, no, purser.ContractPeriod{Period: 1, Terms: c.Terms, MadeAt: s.Now(), MadeBy: by(ctx)}); err != nil {
		return "", err
	}
	if err := store.InsertContractChange(ctx, tx, no, store.ContractChangeRow{At: purser.MicrosOf(s.Now()), By: by(ctx), Field: "contract", After: "written down"}); err != nil {
		return "", err
	}
	return c.ID, s.note(ctx, tx, c, nil, noted(c))
}

// noted is what the audit log keeps of a whole contract.
func noted(c purser.Contract) map[string]any {
	out := map[string]any{}
	for _, f := range factsOf(c) {
		if f.text != "" {
			out[f.field] = f.text
		}
	}
	return out
}

// settle checks what somebody wrote down and puts it into c; it returns the numbers
// of the applications.
func (s *Service) settle(ctx context.Context, tx bun.Tx, c *purser.Contract, in purser.ContractInput) (applications []int64, err error) {
	applications, _, err = s.settled(ctx, tx, c, in)
	return applications, err
}

// settled is settle, which also names the applications that became managed.
func (s *Service) settled(ctx context.Context, tx bun.Tx, c *purser.Contract, in purser.ContractInput) (applications []int64, managed []string, err error) {
	if c.ContractFacts, err = in.ContractFacts.Check(); err != nil {
		return nil, nil, err
	}
	if c.Terms, err = in.Terms.Check(s.Currencies); err != nil {
		return nil, nil, err
	}
	if c.Owner, err = s.owner(ctx, tx, c.Owner, in.Owner); err != nil {
		return nil, nil, err
	}
	c.Applications, c.UpdatedAt, c.UpdatedBy = []purser.ContractApplication{}, s.Now(), by(ctx)
	for _, text := range in.Applications {
		if text = strings.Join(strings.Fields(text), " "); text == "" {
			continue
		}
		a, changed, err := s.application(ctx, tx, c.Name, text)
		if err != nil {
			return nil, nil, err
		}
		if changed {
			managed = append(managed, a.Name)
		}
		applications, c.Applications = append(applications, a.ID), append(c.Applications, purser.ContractApplication{ID: store.ApplicationID(a.ID), Name: a.Name})
	}
	if len(applications) > 50 {
		return nil, nil, purser.Invalid("applications", "a contract is about at most 50 applications")
	}
	return applications, managed, nil
}

// Update changes a contract to what was written down; the decision and the period
// stay. It is refused if somebody else changed the contract since in.Version.
func (s *Service) Update(ctx context.Context, id string, in purser.ContractInput) (purser.Contract, error) {
	err := s.change(ctx, id, in.Version, func(ctx context.Context, tx bun.Tx, c *purser.Contract) ([]int64, error) {
		return s.settle(ctx, tx, c, in)
	})
	if err != nil {
		return purser.Contract{}, err
	}
	return s.Contract(ctx, id)
}

// change lets fn change a contract, and keeps what it changed in the contract, its
// newest period, its history and the audit log.
func (s *Service) change(ctx context.Context, id string, version int64, fn func(ctx context.Context, tx bun.Tx, c *purser.Contract) ([]int64, error)) error {
	if err := s.mayWrite(ctx); err != nil {
		return err
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return s.changeIn(ctx, tx, id, version, fn) })
	if err == nil {
		s.changed()
	}
	return err
}

func (s *Service) changeIn(ctx context.Context, tx bun.Tx, id string, version int64, fn func(ctx context.Context, tx bun.Tx, c *purser.Contract) ([]int64, error)) error {
	before, no, err := s.one(ctx, tx, id)
	if err != nil {
		return err
	}
	if version != 0 && version != before.Version {
		return conflict(before)
	}
	c := before
	applications, err := fn(ctx, tx, &c)
	if err != nil {
		return err
	}
	fields, was := changed(before, c)
	if len(fields) == 0 && before.Decision == c.Decision && before.Period == c.Period {
		return nil
	}
	c.UpdatedAt, c.UpdatedBy = s.Now(), by(ctx)
	if err := s.keep(ctx, tx, no, c, applications); err != nil {
		return err
	}
	old, now := map[string]any{}, map[string]any{}
	for _, f := range fields {
		old[f.field], now[f.field] = was[f.field], f.text
		change := store.ContractChangeRow{At: purser.MicrosOf(s.Now()), By: by(ctx), Field: f.field, Before: was[f.field], After: f.text}
		if f.money {
			change.Money = 1
		}
		if err := store.InsertContractChange(ctx, tx, no, change); err != nil {
			return err
		}
	}
	if before.Decision != c.Decision { // a new period begins undecided
		old["decision"], now["decision"] = string(before.Decision), string(c.Decision)
	}
	if before.Period != c.Period {
		old["period"], now["period"] = before.Period, c.Period
	}
	return s.note(ctx, tx, c, old, now)
}

// keep writes a contract and its newest period.
func (s *Service) keep(ctx context.Context, tx bun.Tx, no int64, c purser.Contract, applications []int64) error {
	row, err := store.ContractRowOf(c)
	if err != nil {
		return err
	}
	ok, err := store.UpdateContract(ctx, tx, row)
	if err != nil {
		return err
	}
	if !ok {
		return conflict(c)
	}
	if applications != nil || len(c.Applications) == 0 {
		if err := store.SetContractApplications(ctx, tx, no, applications); err != nil {
			return err
		}
	}
	return store.PutContractPeriod(ctx, tx, no, purser.ContractPeriod{Period: c.Period, Terms: c.Terms, MadeAt: s.Now(), MadeBy: by(ctx)})
}

func conflict(c purser.Contract) error {
	return &purser.Problem{Kind: purser.ProblemConflict, What: c.Name + " was changed by " + c.UpdatedBy + " meanwhile",
		Hint: "Open it again, and make your change once more"}
}
