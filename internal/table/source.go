package table

import (
	"context"
	"net/url"
	"slices"

	"purser"
	"purser/internal/contract"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/leaver"
	"purser/internal/license"
	"purser/internal/run"
)

// Inventory hands out rows; package inventory does.
type Inventory interface {
	EachAccount(ctx context.Context, f inventory.AccountFilter, fn func(purser.Account) error) error
	EachFedAccount(ctx context.Context, f inventory.FedFilter, fn func(purser.FedAccount) error) error
	EachPerson(ctx context.Context, f inventory.PersonFilter, fn func(purser.Person) error) error
	EachRecent(ctx context.Context, f inventory.RecentFilter, fn func(purser.RecentChange) error) error
	EachAccess(ctx context.Context, f inventory.AccessFilter, begin func([]inventory.MatrixApplication) error, fn func(inventory.MatrixRow) error) error
	EachApplication(ctx context.Context, f inventory.ApplicationFilter, fn func(purser.Application) error) error
	EachDevice(ctx context.Context, f inventory.DeviceFilter, fn func(purser.Device) error) error
	EachSeat(ctx context.Context, f inventory.SeatFilter, fn func(inventory.Seat) error) error
	EachTransaction(ctx context.Context, f inventory.TransactionFilter, fn func(purser.Transaction) error) error
}

// LicenseKeeper hands out license plans; package license does.
type LicenseKeeper interface {
	List(ctx context.Context, f license.Filter, p purser.Page) (purser.List[purser.License], error)
}

// ContractKeeper hands out contracts; package contract does.
type ContractKeeper interface {
	Each(ctx context.Context, f contract.Filter, fn func(purser.Contract) error) error
	EachCost(ctx context.Context, on string, fn func(contract.CostLine) error) error
}

// Inbox hands out findings; package finding does.
type Inbox interface {
	Suspicious(ctx context.Context, f finding.SuspiciousFilter, p purser.Page) (purser.List[purser.SuspiciousUse], error)
	List(ctx context.Context, f finding.Filter, p purser.Page) (purser.List[purser.Finding], error)
}

// LeaverKeeper hands out the accounts of people who left; package leaver does.
type LeaverKeeper interface {
	Access(ctx context.Context, f leaver.AccessFilter, p purser.Page) (purser.List[purser.LeaverAccess], error)
}

// Matcher hands out accounts without a person; package identity does.
type Matcher interface {
	Unmatched(ctx context.Context, f inventory.AccountFilter, p purser.Page) (purser.List[purser.Unmatched], error)
}

// Runner hands out runs; package run does.
type Runner interface {
	Runs(ctx context.Context, f run.Filter, p purser.Page) (purser.List[purser.Run], error)
}

// source is a list with the way to its rows, whatever they are.
type source struct {
	name, title, path string
	op                purser.Operation
	heads             []Head
	conditions        Conditions
	// each hands all columns of a file to begin, those of heads and what the rows have
	// beside them, then the cells of every row that an address selects to fn, in its order.
	each func(ctx context.Context, q url.Values, heads []Head, begin func([]Head) error, fn func(cells []string) error) error
}

// of joins a list and the way to its rows.
func of[T any](l List[T], each func(ctx context.Context, q url.Values, fn func(T) error) error) source {
	return source{name: l.Name, title: l.Title, path: l.Path, op: l.Op, heads: l.Heads(), conditions: l.Conditions, each: func(ctx context.Context, q url.Values, heads []Head, begin func([]Head) error, fn func([]string) error) error {
		if err := l.Conditions.check(q, true); err != nil {
			return err
		}
		if err := begin(heads); err != nil {
			return err
		}
		cells := Cells(l, heads)
		return each(ctx, q, func(v T) error { return fn(cells(v)) })
	}}
}

// Cells returns what writes a row of l as the cells that some of its columns have in a file.
func Cells[T any](l List[T], heads []Head) func(T) []string {
	return cells(l, heads, Column[T].file)
}

// Cell is a cell of a page.
type Cell struct {
	Text  string
	Opens string // the address of the rows behind it, "" for none
}

// PageCells writes the same as a page does.
func PageCells[T any](l List[T], heads []Head) func(T) []Cell {
	texts, addresses := cells(l, heads, Column[T].page), cells(l, heads, Column[T].opens)
	return func(v T) []Cell {
		to := addresses(v)
		out := make([]Cell, len(to))
		for i, text := range texts(v) {
			out[i] = Cell{text, to[i]}
		}
		return out
	}
}

func cells[T any](l List[T], heads []Head, as func(Column[T]) []func(T) string) func(T) []string {
	var write []func(T) string
	for _, h := range heads {
		if i := slices.IndexFunc(l.Columns, func(c Column[T]) bool { return c.Key == h.Key }); i >= 0 {
			write = append(write, as(l.Columns[i])...)
		}
	}
	return func(v T) []string {
		cells := make([]string, len(write))
		for i, w := range write {
			cells[i] = w(v)
		}
		return cells
	}
}

// sources are all lists, in the order of the navigation.
func (s *Service) sources() []source {
	return []source{
		of(Findings(), func(ctx context.Context, q url.Values, fn func(purser.Finding) error) error {
			return Paged(ctx, order(q), func(p purser.Page) (purser.List[purser.Finding], error) {
				return s.Findings.List(ctx, FindingFilter(q), p)
			}, fn)
		}),
		of(SuspiciousUse(), func(ctx context.Context, q url.Values, fn func(purser.SuspiciousUse) error) error {
			return Paged(ctx, order(q), func(p purser.Page) (purser.List[purser.SuspiciousUse], error) {
				return s.Findings.Suspicious(ctx, SuspiciousFilter(q), p)
			}, fn)
		}),
		of(Runs(), func(ctx context.Context, q url.Values, fn func(purser.Run) error) error {
			f := RunFilter(q, s.Zone(ctx))
			return Paged(ctx, purser.Page{}, func(p purser.Page) (purser.List[purser.Run], error) { return s.Runs.Runs(ctx, f, p) }, fn)
		}),
		of(Applications(), func(ctx context.Context, q url.Values, fn func(purser.Application) error) error {
			return s.Inventory.EachApplication(ctx, ApplicationFilter(q), fn)
		}),
		of(People(), func(ctx context.Context, q url.Values, fn func(purser.Person) error) error {
			return s.Inventory.EachPerson(ctx, PersonFilter(q), fn)
		}),
		s.access(),
		of(Changes(), func(ctx context.Context, q url.Values, fn func(purser.RecentChange) error) error {
			return s.Inventory.EachRecent(ctx, ChangeFilter(q, s.Zone(ctx)), fn)
		}),
		of(Leavers(), func(ctx context.Context, q url.Values, fn func(purser.LeaverAccess) error) error {
			return Paged(ctx, order(q), func(p purser.Page) (purser.List[purser.LeaverAccess], error) {
				return s.Leavers.Access(ctx, LeaverFilter(q), p)
			}, fn)
		}),
		of(Accounts(), func(ctx context.Context, q url.Values, fn func(purser.Account) error) error {
			return s.Inventory.EachAccount(ctx, AccountFilter(q), fn)
		}),
		of(FedAccounts(), func(ctx context.Context, q url.Values, fn func(purser.FedAccount) error) error {
			return s.Inventory.EachFedAccount(ctx, FedFilter(q), fn)
		}),
		of(Unmatched(), func(ctx context.Context, q url.Values, fn func(purser.Unmatched) error) error {
			return Paged(ctx, order(q), func(p purser.Page) (purser.List[purser.Unmatched], error) {
				return s.Identity.Unmatched(ctx, UnmatchedFilter(q), p)
			}, fn)
		}),
		of(Devices(), func(ctx context.Context, q url.Values, fn func(purser.Device) error) error {
			return s.Inventory.EachDevice(ctx, DeviceFilter(q), fn)
		}),
		of(Licenses(), func(ctx context.Context, q url.Values, fn func(purser.License) error) error {
			return Paged(ctx, order(q), func(p purser.Page) (purser.List[purser.License], error) {
				return s.Licenses.List(ctx, PlanFilter(q), p)
			}, fn)
		}),
		of(Seats(), func(ctx context.Context, q url.Values, fn func(inventory.Seat) error) error {
			return s.Inventory.EachSeat(ctx, SeatFilter(q), fn)
		}),
		of(Transactions(), func(ctx context.Context, q url.Values, fn func(purser.Transaction) error) error {
			return s.Inventory.EachTransaction(ctx, TransactionFilter(q), fn)
		}),
		of(Contracts(), func(ctx context.Context, q url.Values, fn func(purser.Contract) error) error {
			return s.Contracts.Each(ctx, ContractFilter(q), fn)
		}),
		of(ContractCost(), func(ctx context.Context, q url.Values, fn func(contract.CostLine) error) error {
			return s.Contracts.EachCost(ctx, q.Get("on"), fn)
		}),
	}
}

// Paged walks the pages of a list in an order.
func Paged[T any](ctx context.Context, page purser.Page, list func(purser.Page) (purser.List[T], error), fn func(T) error) error {
	for page.Limit, page.After = 1000, ""; ; {
		found, err := list(page)
		if err != nil {
			return err
		}
		for _, item := range found.Items {
			if err := fn(item); err != nil {
				return err
			}
		}
		if page.After = found.Next; page.After == "" || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}
