package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// TransactionFilter selects lines of spend.
type TransactionFilter struct {
	ID          int64  // of one line, which may be removed
	Query       string // in payee, document and description
	InstanceNo  int64
	Application int64
	Types       []string
	Status      []string
	Since       string              // YYYY-MM-DD, included
	Until       string              // YYYY-MM-DD, included
	Any         []TransactionFilter // groups of conditions, of which a row meets one
}

type transactionRow struct {
	sorted
	ID           int64  `bun:"id"`
	InstanceID   string `bun:"instance_id"`
	InstanceName string `bun:"instance_name"`
	ExternalID   string `bun:"external_id"`
	Type         string `bun:"type"`
	Status       string `bun:"status"`
	Date         string `bun:"date"`
	DueOn        string `bun:"due_on"`
	Payee        string `bun:"payee"`
	Document     string `bun:"document"`
	Description  string `bun:"description"`
	Amount       int64  `bun:"amount"`
	Currency     string `bun:"currency"`
	CostCenter   string `bun:"cost_center"`
	InstanceGone bool   `bun:"instance_gone"`

	FirstSeenAt purser.Micros `bun:"first_seen_at"`
	RemovedAt   purser.Micros `bun:"removed_at"`
}

// transactionDate is the order of the list; the index transaction_by_date has the same expression.
const transactionDate = `COALESCE(t.date, '')`

// transactionAmount orders amounts within each currency, the currencies by their letters, as
// nobody can say which of 100 EUR and 100 USD is more. Below 0 they stay in order.
const transactionAmount = `(COALESCE(t.currency, '') || CAST(COALESCE(t.amount, 0) + 4000000000000000000 AS TEXT))`

// Transactions returns one page of lines of spend, the latest first.
func Transactions(ctx context.Context, db bun.IDB, f TransactionFilter, page purser.Page, count bool) (purser.List[purser.Transaction], error) {
	p := &pager{id: "t.id", from: `"transaction" AS t LEFT JOIN instance i ON i.no = t.instance_no LEFT JOIN former_instance f ON f.instance_no = t.instance_no`, first: "date", newest: true,
		orders: map[string]order{"date": {expr: transactionDate}, "payee": {expr: `lower(COALESCE(t.payee, ''))`}, "amount": {expr: transactionAmount}},
		columns: `t.id, COALESCE(i.id, f.instance_id, '') AS instance_id, COALESCE(i.name, f.name, '') AS instance_name, t.external_id, COALESCE(t.type, 'unknown') AS type,
		COALESCE(t.status, 'unknown') AS status, COALESCE(t.date, '') AS date, COALESCE(t.due_on, '') AS due_on, COALESCE(t.payee, '') AS payee,
		COALESCE(t.document, '') AS document, COALESCE(t.description, '') AS description, COALESCE(t.amount, 0) AS amount,
		COALESCE(t.currency, '') AS currency, COALESCE(t.cost_center, '') AS cost_center,
		i.no IS NULL AS instance_gone, t.first_seen_at, t.removed_at`}
	if f.ID != 0 {
		p.and("t.id = ?", f.ID)
	} else {
		p.and("t.gone_gen = 0")
	}
	f.narrow(p)
	p.either(len(f.Any), func(i int, g *pager) { f.Any[i].narrow(g) })
	return fetch(ctx, db, p, page, count, transactionRow.transaction)
}

// narrow adds the conditions that may also stand in a group.
func (f TransactionFilter) narrow(p *pager) {
	p.contains(f.Query, "t.payee", "t.document", "t.description")
	if f.InstanceNo != 0 {
		p.and("t.instance_no = ?", f.InstanceNo)
	}
	if f.Application != 0 {
		p.and("COALESCE(i.application_id, f.application_id) = ?", f.Application)
	}
	if len(f.Types) > 0 {
		p.and("COALESCE(t.type, 'unknown') IN (?)", bun.List(f.Types))
	}
	if len(f.Status) > 0 {
		p.and("COALESCE(t.status, 'unknown') IN (?)", bun.List(f.Status))
	}
	if f.Since != "" {
		p.and("t.date >= ?", f.Since)
	}
	if f.Until != "" {
		p.and("t.date <= ?", f.Until)
	}
}

func (r transactionRow) transaction() purser.Transaction {
	return purser.Transaction{ID: RowID("trx_", r.ID), InstanceID: r.InstanceID, InstanceName: r.InstanceName, ExternalID: r.ExternalID,
		Type: r.Type, Status: r.Status, Date: r.Date, DueOn: r.DueOn, Payee: r.Payee, Document: r.Document, Description: r.Description,
		Amount: purser.Money{Minor: r.Amount, Currency: r.Currency}, CostCenter: r.CostCenter,
		InstanceGone: r.InstanceGone, FirstSeenAt: r.FirstSeenAt.Time(), RemovedAt: r.RemovedAt.Time()}
}
