package inventory

import (
	"context"

	"purser"
	"purser/internal/store"
)

// PersonSeats returns the seats that a person's accounts hold and what they cost in a
// year; prices are left out for those who may not see money.
func (s *Service) PersonSeats(ctx context.Context, id string) (purser.PersonSeats, error) {
	out := purser.PersonSeats{Seats: []purser.PersonSeat{}, Annual: []purser.Money{}}
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return out, err
	}
	if _, err := s.Person(ctx, id); err != nil {
		return out, err
	}
	rows, err := store.PersonSeats(ctx, s.db.Read(), store.KeyOf("per_", id))
	if err != nil {
		return out, err
	}
	return s.valued(ctx, rows), nil
}

// AccountSeats returns the seats of an account; it asks for what PersonSeats does.
func (s *Service) AccountSeats(ctx context.Context, id string) (purser.PersonSeats, error) {
	if _, err := s.Account(ctx, id); err != nil {
		return purser.PersonSeats{Seats: []purser.PersonSeat{}, Annual: []purser.Money{}}, err
	}
	rows, err := store.AccountSeats(ctx, s.db.Read(), store.KeyOf("acc_", id))
	return s.valued(ctx, rows), err
}

// valued are seats with what they cost, as the reader's role may see it.
func (s *Service) valued(ctx context.Context, rows []store.PersonSeatRow) purser.PersonSeats {
	out := purser.PersonSeats{Seats: []purser.PersonSeat{}, Annual: []purser.Money{}}
	money := s.mayMoney(ctx)
	for _, r := range rows {
		seat := purser.PersonSeat{AccountID: store.RowID("acc_", r.Account), AccountName: r.AccountName, InstanceID: r.Source, InstanceName: r.SourceName,
			PlanID: store.RowID("pln_", r.Plan), Plan: r.PlanName, Unvalued: "hidden for your role"}
		if money {
			seat.Annual, seat.Unvalued = r.Annual()
		}
		if seat.Annual != nil {
			out.Annual = purser.AddMoney(out.Annual, *seat.Annual)
		} else {
			out.Unvalued++
		}
		out.Seats = append(out.Seats, seat)
	}
	nameless(out.Seats, s.names(ctx))
	return out
}

// holds adds up what people of a list hold, as PersonSeats and PersonDevices list it.
func (s *Service) holds(ctx context.Context, people []purser.Person) error {
	if len(people) == 0 || s.gate.Allow(ctx, purser.OpAccountRead) != nil {
		return nil
	}
	ids, of := make([]int64, len(people)), make(map[int64]*purser.PersonHolds, len(people))
	for n := range people {
		ids[n] = store.KeyOf("per_", people[n].ID)
		people[n].Holds = &purser.PersonHolds{}
		of[ids[n]] = people[n].Holds
	}
	seats, err := store.SeatsOfPeople(ctx, s.db.Read(), ids)
	if err != nil {
		return err
	}
	money := s.mayMoney(ctx)
	for _, r := range seats {
		h := of[r.Person]
		if h.Seats += r.Seats; r.Currency == "" || !money {
			h.Unvalued += r.Seats
		} else {
			h.Annual = purser.AddMoney(h.Annual, purser.Money{Minor: r.Annual, Currency: r.Currency})
		}
	}
	devices, err := store.DevicesOfPeople(ctx, s.db.Read(), ids)
	for id, n := range devices {
		of[id].Devices = n
	}
	return err
}
