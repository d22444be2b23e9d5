package inventory_test

import (
	"context"
	"testing"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestAHomeWithContractsAloneIsNotEmpty(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for n, contracts := range [][]purser.RunningContract{nil, {{ID: "ctr_1", Name: "Suite"}}} {
			s := inventory.New(inventory.Options{DB: db, Gate: everything(), Now: now, Standings: func(context.Context) ([]purser.Placed, error) { return nil, nil },
				Contracts: func(context.Context) ([]purser.RunningContract, error) { return contracts, nil }})
			if home, err := s.Home(t.Context()); err != nil || home.Empty != (n == 0) {
				t.Errorf("with %d contracts and no instance the home is empty: %v, %v", len(contracts), home.Empty, err)
			}
		}
	})
}
