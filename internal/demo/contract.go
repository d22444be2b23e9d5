package demo

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"purser"
)

// Contracts keeps contracts; package contract does.
type Contracts interface {
	Create(ctx context.Context, in purser.ContractInput) (purser.Contract, error)
	Today(ctx context.Context) string
}

// agreement is with whom there is a contract, and about which plans; nil where the
// vendor tells of none. A quantity of 0 is made up.
type agreement struct {
	application string
	plans       []string
	quantity    int64
}

// write writes down a contract for each application, so that their deadlines lie
// around today: the first is past, the next ones come one after the other.
func (d *Demo) write(ctx context.Context, all []agreement) error {
	if d.Contracts == nil {
		return nil
	}
	today, err := time.Parse(time.DateOnly, d.Contracts.Today(ctx))
	if err != nil {
		return fmt.Errorf("read the day: %w", err)
	}
	for i, a := range all {
		name := a.application
		end := today.AddDate(0, 2*i+1, 0)
		quantity := cmp.Or(a.quantity, int64(400-60*i))
		in := purser.ContractInput{ContractFacts: purser.ContractFacts{Name: name + " 2026", Vendor: name, CostCenters: []purser.CostShare{{Center: "IT", Percent: "60"}, {Center: "Operations", Percent: "40"}},
			Contact: purser.ContractContact{Name: "Sam Seller", Email: "sam@vendor.example.com"}}, Applications: []string{name},
			Terms: purser.ContractTerms{Start: purser.DayText(end.AddDate(-1, 0, 1)), End: purser.DayText(end), Notice: purser.Notice{Count: 2, Unit: purser.NoticeMonths}, AutoRenew: purser.Yes,
				Uplift: "5", Payment: "yearly", PONumber: fmt.Sprintf("PO-2026-%03d", 17+i),
				Plans: []purser.ContractPlan{{Name: "Plus", Per: "user", Quantity: &quantity, Price: &purser.Money{Minor: int64(600 + 150*i), Currency: []string{"EUR", "USD"}[i%2]}, Billing: "monthly"}}}}
		for n, plan := range a.plans { // what a vendor tells of has its own name, so that a seat of it has a price
			if n > 0 {
				fewer := quantity / int64(n+3)
				in.Terms.Plans = append(in.Terms.Plans, in.Terms.Plans[0])
				in.Terms.Plans[n].Quantity, in.Terms.Plans[n].Price = &fewer, &purser.Money{Minor: int64(1800 + 400*n), Currency: in.Terms.Plans[0].Price.Currency}
			}
			in.Terms.Plans[n].Name = plan
		}
		if i == len(all)-1 { // one of which not all is known
			in.Terms.Notice, in.Terms.AutoRenew, in.Terms.Plans[0].Price = purser.Notice{}, purser.Unknown, nil
		}
		if _, err := d.Contracts.Create(ctx, in); err != nil {
			return fmt.Errorf("write down the contract of %s: %w", name, err)
		}
	}
	d.Say("%d contracts written down", len(all))
	return nil
}
