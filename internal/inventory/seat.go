package inventory

import (
	"context"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// Seat is one seat of a plan.
type Seat struct {
	PlanID       string          `json:"plan_id"`
	PlanName     string          `json:"plan_name"`
	InstanceName string          `json:"instance_name"`
	ExternalID   string          `json:"external_id,omitempty"` // the vendor's identifier
	AccountID    string          `json:"account_id,omitempty"`  // "" if the account was not read
	AccountName  string          `json:"account_name"`
	Email        string          `json:"email,omitempty"` // of the account
	PersonID     string          `json:"person_id,omitempty"`
	PersonName   string          `json:"person_name,omitempty"`
	Department   string          `json:"department,omitempty"`
	InUse        purser.Tristate `json:"in_use"` // as the vendor counts it
	AssignedAt   time.Time       `json:"assigned_at,omitzero"`
	LastActive   purser.LastUse  `json:"last_active"` // of its account
	Use          string          `json:"use"`         // of its account: active, inactive, never, unknown, or closed
}

// SeatFilter selects the live seats of plans; zero fields select every one.
type SeatFilter struct {
	Plans []string    // pln_<number>; any of them
	Query string      // in the names and addresses of account and person, for who may see them
	Uses  []string    // of [SeatUses]; any of them
	Order purser.Page // of EachSeat: Sort and Desc
}

// SeatUses are the words by which seats are chosen: how they are used, and needed, of which
// nothing says that it can be given up.
func SeatUses() []string { return append(purser.UseClasses(), "closed", "needed") }

// Seats returns one page of live seats, in the order in which they were added; sort by
// added, name or last_active.
func (s *Service) Seats(ctx context.Context, f SeatFilter, p purser.Page) (purser.List[Seat], error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return purser.List[Seat]{}, err
	}
	for _, use := range f.Uses {
		if !slices.Contains(SeatUses(), use) {
			return purser.List[Seat]{}, purser.Invalid("use", "%q is not one of %s", use, strings.Join(SeatUses(), ", "))
		}
	}
	plans, err := store.ChosenKeys("pln_", "plan", f.Plans)
	if err != nil {
		return purser.List[Seat]{}, err
	}
	names := s.names(ctx)
	if err := s.namedOnly(ctx, f.Query); err != nil {
		return purser.List[Seat]{}, err
	}
	rows, err := store.Seats(ctx, s.db.Read(), store.SeatFilter{Plans: plans, Query: f.Query, Uses: f.Uses, At: s.useAt(0)}, s.inOrder(names, p))
	out := purser.List[Seat]{Items: make([]Seat, 0, len(rows.Items)), Next: rows.Next, Total: rows.Total, More: rows.More}
	for _, r := range rows.Items {
		out.Items = append(out.Items, seat(r, names))
	}
	return out, err
}

// EachSeat hands every selected seat to fn, in the order of the list.
func (s *Service) EachSeat(ctx context.Context, f SeatFilter, fn func(Seat) error) error {
	if err := s.gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	return each(ctx, f.Order, func(ctx context.Context, p purser.Page) (purser.List[Seat], error) { return s.Seats(ctx, f, p) }, fn)
}

func seat(r store.SeatRow, names bool) Seat {
	x := Seat{PlanID: store.RowID("pln_", r.PlanID), PlanName: r.PlanName, InstanceName: r.InstanceName, AccountID: store.RowID("acc_", r.AccountID), Department: r.Department,
		InUse: r.InUse(), AssignedAt: r.AssignedAt.Time(), LastActive: store.LastUseOf(r.LastActiveAt), Use: r.Use}
	if !names {
		x.AccountName = purser.Activity{AccountID: x.AccountID}.WithoutNames().AccountName
		return x
	}
	x.ExternalID, x.AccountName, x.Email, x.PersonID, x.PersonName = r.ExternalID, r.AccountName, r.Email, store.RowID("per_", r.PersonID), r.PersonName
	return x
}
