package api

import (
	"context"
	"time"

	"purser"
	"purser/internal/contract"
	"purser/internal/inventory"
	"purser/internal/run"
	"purser/internal/table"
)

// exportAccounts is what an export of accounts takes; each export has one.
type exportAccounts struct {
	Exported
	AccountQuery
}

type exportSSOAccounts struct {
	Exported
	FedQuery
}

type exportPeople struct {
	Exported
	PersonQuery
}

type exportChanges struct {
	Exported
	RecentQuery
}

type exportApplications struct {
	Exported
	ApplicationQuery
}

type exportTransactions struct {
	Exported
	TransactionQuery
}

type exportDevices struct {
	Exported
	DeviceQuery
}

type exportFindings struct {
	Exported
	FindingQuery
}

type exportSuspicious struct {
	Exported
	SuspiciousQuery
}

type exportLeavers struct {
	Exported
	LeaverQuery
}

type exportUnmatched struct {
	Exported
	AccountQuery
}

type exportPlans struct {
	Exported
	LicenseQuery
}

type exportCost struct {
	Exported
	On string `query:"on" doc:"YYYY-MM-DD; today without it"`
}

type exportSeats struct {
	Exported
	Query string   `query:"q" doc:"name or address of account or person; refused to roles from which names are hidden"`
	Plan  []string `query:"plan,explode" doc:"pln_<number>, any of them; of every plan without it"`
	Use   []string `query:"use" doc:"active, inactive, never, unknown, closed or needed; any of them"`
}

type exportRuns struct {
	Exported
	RunGroups
	Instance []string          `query:"instance" doc:"identifiers; any of them"`
	Task     []purser.TaskName `query:"task" doc:"any of them"`
	State    []purser.RunState `query:"state" doc:"any of them"`
	Trigger  []purser.Trigger  `query:"trigger" doc:"schedule, manual, initial, confirm, retry; any of them"`
	From     string            `query:"from" doc:"queued from this day on (UTC)"`
	To       string            `query:"to" doc:"queued up to this day (UTC)"`
}

func (a *API) exports() {
	export(a, table.Accounts(), "Write the accounts of a filter as a file", func(in *exportAccounts) Exported { return in.Exported },
		func(ctx context.Context, in *exportAccounts, fn func(purser.Account) error) error {
			f := in.filter()
			f.Order = in.order()
			return a.Inventory.EachAccount(ctx, f, fn)
		})
	export(a, table.FedAccounts(), "Write the accounts through identity providers of a filter as a file", func(in *exportSSOAccounts) Exported { return in.Exported },
		func(ctx context.Context, in *exportSSOAccounts, fn func(purser.FedAccount) error) error {
			f := in.filter()
			f.Order = in.order()
			return a.Inventory.EachFedAccount(ctx, f, fn)
		})
	export(a, table.Unmatched(), "Write the accounts without a person as a file", func(in *exportUnmatched) Exported { return in.Exported },
		func(ctx context.Context, in *exportUnmatched, fn func(purser.Unmatched) error) error {
			return table.Paged(ctx, in.order(), func(p purser.Page) (purser.List[purser.Unmatched], error) {
				return a.Identity.Unmatched(ctx, in.filter(), p)
			}, fn)
		})
	export(a, table.Leavers(), "Write the accounts of people who left that still let somebody in as a file", func(in *exportLeavers) Exported { return in.Exported },
		func(ctx context.Context, in *exportLeavers, fn func(purser.LeaverAccess) error) error {
			return table.Paged(ctx, in.order(), func(p purser.Page) (purser.List[purser.LeaverAccess], error) {
				return a.Leavers.Access(ctx, in.filter(), p)
			}, fn)
		})
	export(a, table.People(), "Write the people of a filter as a file", func(in *exportPeople) Exported { return in.Exported },
		func(ctx context.Context, in *exportPeople, fn func(purser.Person) error) error {
			f := in.filter()
			f.Order = in.order()
			return a.Inventory.EachPerson(ctx, f, fn)
		})
	export(a, table.Changes(), "Write what changed lately as a file, the newest first", func(in *exportChanges) Exported { return in.Exported },
		func(ctx context.Context, in *exportChanges, fn func(purser.RecentChange) error) error {
			f, err := in.filter()
			if err != nil {
				return err
			}
			return a.Inventory.EachRecent(ctx, f, fn)
		})
	export(a, table.Applications(), "Write the applications of a filter as a file", func(in *exportApplications) Exported { return in.Exported },
		func(ctx context.Context, in *exportApplications, fn func(purser.Application) error) error {
			f := in.filter()
			f.Order = in.order()
			return a.Inventory.EachApplication(ctx, f, fn)
		})
	export(a, table.Transactions(), "Write the transactions of a filter as a file", func(in *exportTransactions) Exported { return in.Exported },
		func(ctx context.Context, in *exportTransactions, fn func(purser.Transaction) error) error {
			f := in.filter()
			f.Order = in.order()
			return a.Inventory.EachTransaction(ctx, f, fn)
		})
	export(a, table.Devices(), "Write the devices of a filter as a file", func(in *exportDevices) Exported { return in.Exported },
		func(ctx context.Context, in *exportDevices, fn func(purser.Device) error) error {
			f := in.filter()
			f.Order = in.order()
			return a.Inventory.EachDevice(ctx, f, fn)
		})
	export(a, table.Findings(), "Write the findings of a filter as a file", func(in *exportFindings) Exported { return in.Exported },
		func(ctx context.Context, in *exportFindings, fn func(purser.Finding) error) error {
			return table.Paged(ctx, in.order(), func(p purser.Page) (purser.List[purser.Finding], error) { return a.Findings.List(ctx, in.filter(), p) }, fn)
		})
	export(a, table.SuspiciousUse(), "Write suspicious use as a file, the newest first", func(in *exportSuspicious) Exported { return in.Exported },
		func(ctx context.Context, in *exportSuspicious, fn func(purser.SuspiciousUse) error) error {
			return table.Paged(ctx, in.order(), func(p purser.Page) (purser.List[purser.SuspiciousUse], error) {
				return a.Findings.Suspicious(ctx, in.filter(), p)
			}, fn)
		})
	export(a, table.Licenses(), "Write the license plans of a filter as a file", func(in *exportPlans) Exported { return in.Exported },
		func(ctx context.Context, in *exportPlans, fn func(purser.License) error) error {
			return table.Paged(ctx, in.order(), func(p purser.Page) (purser.List[purser.License], error) {
				return a.Licenses.List(ctx, in.filter(), p)
			}, fn)
		})
	export(a, table.ContractCost(), "Write the contracts that run on a day as a file, with what each costs in a year", func(in *exportCost) Exported { return in.Exported },
		func(ctx context.Context, in *exportCost, fn func(contract.CostLine) error) error {
			return a.Contracts.EachCost(ctx, in.On, fn)
		})
	export(a, table.Seats(), "Write the seats of a plan, or of all plans, as a file", func(in *exportSeats) Exported { return in.Exported },
		func(ctx context.Context, in *exportSeats, fn func(inventory.Seat) error) error {
			return a.Inventory.EachSeat(ctx, inventory.SeatFilter{Plans: in.Plan, Query: in.Query, Uses: in.Use, Order: in.order()}, fn)
		})
	export(a, table.Runs(), "Write the runs of a filter as a file, the newest first", func(in *exportRuns) Exported { return in.Exported },
		func(ctx context.Context, in *exportRuns, fn func(purser.Run) error) (err error) {
			f := run.Filter{Instances: in.Instance, Tasks: in.Task, States: in.State, Triggers: in.Trigger, Any: table.RunFilter(in.address, time.UTC).Any}
			if f.From, f.To, err = purser.Days(in.From, in.To, time.UTC); err != nil {
				return err
			}
			return table.Paged(ctx, purser.Page{}, func(p purser.Page) (purser.List[purser.Run], error) { return a.Runs.Runs(ctx, f, p) }, fn)
		})
}
