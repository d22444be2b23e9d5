package inventory

import (
	"context"

	"purser"
	"purser/internal/store"
)

// PlanFilter selects license plans; zero fields select every one.
type PlanFilter struct {
	Query       string
	InstanceID  string // or its name
	Application string // app_<number>
}

// Plans returns one page of license plans with the seats that are assigned.
// Prices are left out for those who may not see money.
func (s *Service) Plans(ctx context.Context, f PlanFilter, p purser.Page) (purser.List[purser.Plan], error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return purser.List[purser.Plan]{}, err
	}
	application, err := store.ChosenKey("app_", "application", f.Application)
	if err != nil {
		return purser.List[purser.Plan]{}, err
	}
	filter := store.PlanFilter{Query: f.Query, Application: application}
	if f.InstanceID != "" {
		i, err := store.Instance(ctx, s.db.Read(), f.InstanceID)
		if err != nil {
			return purser.List[purser.Plan]{}, err
		}
		filter.InstanceNos = []int64{i.No}
	}
	list, err := store.Plans(ctx, s.db.Read(), filter, p, true)
	if err != nil {
		return list, err
	}
	asOf, err := s.asOf(ctx, purser.TaskLicenseInformation)
	if err != nil {
		return list, err
	}
	money := s.mayMoney(ctx)
	for i := range list.Items {
		list.Items[i].DataAsOf = asOf[list.Items[i].InstanceID]
		if !money {
			list.Items[i].Price = nil
		}
	}
	return list, s.release(ctx, list.Items)
}

// release notes on plans when their terms end, and when something of them can be saved.
func (s *Service) release(ctx context.Context, plans []purser.Plan) error {
	var contracts []purser.RunningContract
	if s.contracts != nil && len(plans) > 0 {
		var err error
		if contracts, err = s.contracts(ctx); err != nil {
			return err
		}
	}
	today := s.zone.Today(ctx, s.now())
	releases := purser.Releases(contracts, today)
	for i, p := range plans {
		r := releases[p.ApplicationID]
		on, by := r.Realizable(p.EndsOn, p.RenewsAt, today)
		plans[i].ContractID, plans[i].ContractName = r.Contract, r.Name
		if p.EndsOn == "" {
			plans[i].EndsOn = r.EndsOn
		}
		plans[i].RealizableOn, plans[i].Realizable = on, purser.RealizableWords(on, by)
	}
	return nil
}

// TransactionFilter selects lines of spend; zero fields select every one.
type TransactionFilter struct {
	Query        string
	InstanceID   string // or its name
	Application  string // app_<number>
	Types        []string
	Status       []string
	Since, Until string              // YYYY-MM-DD, both included
	Order        purser.Page         // of EachTransaction: Sort and Desc
	Any          []TransactionFilter // groups of conditions: a row meets all of one of them
}

func (s *Service) transactionFilter(ctx context.Context, f TransactionFilter) (store.TransactionFilter, error) {
	out := store.TransactionFilter{Query: f.Query, Types: f.Types, Status: f.Status, Since: f.Since, Until: f.Until}
	var err error
	if out.Application, err = store.ChosenKey("app_", "application", f.Application); err != nil {
		return out, err
	}
	for _, g := range f.Any {
		group, err := s.transactionFilter(ctx, g)
		if err != nil {
			return out, err
		}
		out.Any = append(out.Any, group)
	}
	if f.InstanceID == "" {
		return out, nil
	}
	i, err := store.Instance(ctx, s.db.Read(), f.InstanceID)
	out.InstanceNo = i.No
	return out, err
}

// Transactions returns one page of lines of spend, the latest first.
func (s *Service) Transactions(ctx context.Context, f TransactionFilter, p purser.Page) (purser.List[purser.Transaction], error) {
	if err := s.gate.Allow(ctx, purser.OpMoneyRead); err != nil {
		return purser.List[purser.Transaction]{}, err
	}
	filter, err := s.transactionFilter(ctx, f)
	if err != nil {
		return purser.List[purser.Transaction]{}, err
	}
	return s.transactions(ctx, filter, p, true)
}

// Transaction returns one line of spend, also one that its vendor does not list any more.
func (s *Service) Transaction(ctx context.Context, id string) (purser.Transaction, error) {
	if err := s.gate.Allow(ctx, purser.OpMoneyRead); err != nil {
		return purser.Transaction{}, err
	}
	no := store.KeyOf("trx_", id)
	if no == 0 {
		return purser.Transaction{}, purser.NotFound("line of spend", id)
	}
	list, err := s.transactions(ctx, store.TransactionFilter{ID: no}, purser.Page{Limit: 1}, false)
	if err != nil {
		return purser.Transaction{}, err
	}
	if len(list.Items) == 0 {
		return purser.Transaction{}, purser.NotFound("line of spend", id)
	}
	return list.Items[0], nil
}

func (s *Service) transactions(ctx context.Context, f store.TransactionFilter, p purser.Page, count bool) (purser.List[purser.Transaction], error) {
	list, err := store.Transactions(ctx, s.db.Read(), f, p, count)
	if err != nil {
		return list, err
	}
	asOf, err := s.asOf(ctx, purser.TaskExpenseDiscovery)
	for i := range list.Items {
		list.Items[i].DataAsOf = asOf[list.Items[i].InstanceID]
	}
	return list, err
}

// EachTransaction hands every selected line to fn, in the order of the list.
func (s *Service) EachTransaction(ctx context.Context, f TransactionFilter, fn func(purser.Transaction) error) error {
	for _, op := range []purser.Operation{purser.OpExport, purser.OpMoneyRead} {
		if err := s.gate.Allow(ctx, op); err != nil {
			return err
		}
	}
	filter, err := s.transactionFilter(ctx, f)
	if err != nil {
		return err
	}
	return each(ctx, f.Order, func(ctx context.Context, p purser.Page) (purser.List[purser.Transaction], error) {
		return s.transactions(ctx, filter, p, false)
	}, fn)
}
