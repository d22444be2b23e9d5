package action

import (
	"context"

	"purser"
	"purser/internal/store"
)

// Filter selects actions; zero fields select every one.
type Filter struct {
	Instance string // id or name
	Account  string // acc_<number>
	States   []purser.ActionState
}

// Action returns one action.
func (s *Service) Action(ctx context.Context, id string) (purser.Action, error) {
	if err := s.Gate.Allow(ctx, purser.OpActionRead); err != nil {
		return purser.Action{}, err
	}
	return s.show(ctx, id)
}

func (s *Service) show(ctx context.Context, id string) (purser.Action, error) {
	row, err := store.ActionByID(ctx, s.DB.Read(), id)
	if err != nil {
		return purser.Action{}, err
	}
	counts, err := store.ActionCounts(ctx, s.DB.Read(), row.No)
	if err != nil {
		return purser.Action{}, err
	}
	return s.described(row, counts[row.No])
}

// described adds what the connector says of the action.
func (s *Service) described(row store.ActionRow, counts purser.ActionCounts) (purser.Action, error) {
	out, err := row.Action(counts)
	if err != nil {
		return out, err
	}
	c := s.Catalog.Get(row.Connector)
	if c == nil {
		return out, nil
	}
	a := c.Action(row.Name)
	if a == nil {
		return out, nil
	}
	out.Target, out.Switch, out.DataEffect, out.Irreversible, out.Undo = purser.Kind(a.Target), purser.Switch(a.Switch()), a.DataEffect, a.Irreversible, a.Undo
	out.ReadsBack, out.Scopes = a.Proof(), a.Scopes.Names()
	if out.Scopes == nil {
		out.Scopes = []string{}
	}
	return out, nil
}

// Actions returns one page of actions, the newest first.
func (s *Service) Actions(ctx context.Context, f Filter, page purser.Page) (purser.List[purser.Action], error) {
	out := purser.List[purser.Action]{Items: []purser.Action{}}
	if err := s.Gate.Allow(ctx, purser.OpActionRead); err != nil {
		return out, err
	}
	filter := store.ActionFilter{States: f.States, AccountID: store.KeyOf("acc_", f.Account)}
	if f.Instance != "" {
		i, err := store.Instance(ctx, s.DB.Read(), f.Instance)
		if err != nil {
			return out, err
		}
		filter.InstanceNo = i.No
	}
	if f.Account != "" && filter.AccountID == 0 {
		return out, purser.NotFound("account", f.Account)
	}
	rows, err := store.Actions(ctx, s.DB.Read(), filter, page)
	if err != nil {
		return out, err
	}
	nos := make([]int64, len(rows.Items))
	for n, r := range rows.Items {
		nos[n] = r.No
	}
	counts, err := store.ActionCounts(ctx, s.DB.Read(), nos...)
	if err != nil {
		return out, err
	}
	out.Next, out.Total, out.More = rows.Next, rows.Total, rows.More
	for _, r := range rows.Items {
		a, err := s.described(r, counts[r.No])
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, a)
	}
	return out, nil
}

// Items returns one page of the targets of an action, each with its exact requests.
func (s *Service) Items(ctx context.Context, id string, states []purser.ItemState, page purser.Page) (purser.List[purser.ActionItem], error) {
	for _, op := range []purser.Operation{purser.OpActionRead, purser.OpAccountRead} {
		if err := s.Gate.Allow(ctx, op); err != nil {
			return purser.List[purser.ActionItem]{Items: []purser.ActionItem{}}, err
		}
	}
	row, err := store.ActionByID(ctx, s.DB.Read(), id)
	if err != nil {
		return purser.List[purser.ActionItem]{Items: []purser.ActionItem{}}, err
	}
	return store.ActionItems(ctx, s.DB.Read(), row.No, states, page)
}
