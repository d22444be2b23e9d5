package api

import (
	"context"
	"strconv"
	"strings"

	"purser"
	"purser/internal/finding"
)

// exportAccounts is what an export of accounts takes; each export has one.
type exportAccounts struct {
	Exported
	AccountQuery
}

type exportPeople struct {
	Exported
	PersonQuery
}

type exportApplications struct {
	Exported
	ApplicationQuery
}

type exportFindings struct {
	Exported
	FindingQuery
}

type exportTransactions struct {
	Exported
	TransactionQuery
}

func (a *API) exports() {
	export(a, "accounts", "Write the accounts of a filter as a file", purser.OpAccountRead,
		[]string{"id", "instance", "external_id", "email", "user_name", "display_name", "kind", "status", "admin", "mfa", "role", "department",
			"title", "created_at", "last_active", "last_active_by", "person_id", "person", "match_reason", "plans", "first_seen_at", "removed_at", "data_as_of"},
		func(v purser.Account) []string {
			return []string{v.ID, v.InstanceName, v.ExternalID, v.Email, v.UserName, v.DisplayName, v.Kind, v.Status, v.Admin.String(), v.MFA.String(),
				v.Role, v.Department, v.Title, day(v.CreatedAt), used(v.LastActive), v.LastActiveBy, v.PersonID, v.PersonName, v.MatchReason,
				strings.Join(v.Plans, "; "), day(v.FirstSeenAt), day(v.RemovedAt), day(v.DataAsOf)}
		},
		func(in *exportAccounts) string { return in.Format },
		func(ctx context.Context, in *exportAccounts, fn func(purser.Account) error) error {
			return a.Inventory.EachAccount(ctx, in.filter(), fn)
		})
	export(a, "people", "Write the people of a filter as a file", purser.OpPersonRead,
		[]string{"id", "instance", "external_id", "employee_number", "email", "display_name", "employment", "type", "department", "division", "location",
			"cost_center", "title", "manager", "started_on", "ended_on", "accounts", "first_seen_at", "removed_at", "data_as_of"},
		func(v purser.Person) []string {
			return []string{v.ID, v.InstanceName, v.ExternalID, v.EmployeeNumber, v.Email, v.DisplayName, v.Employment, v.Type, v.Department, v.Division,
				v.Location, v.CostCenter, v.Title, v.Manager, v.StartedOn, v.EndedOn, number(v.Accounts), day(v.FirstSeenAt), day(v.RemovedAt), day(v.DataAsOf)}
		},
		func(in *exportPeople) string { return in.Format },
		func(ctx context.Context, in *exportPeople, fn func(purser.Person) error) error {
			return a.Inventory.EachPerson(ctx, in.filter(), fn)
		})
	export(a, "applications", "Write the applications of a filter as a file", purser.OpAccountRead,
		[]string{"id", "name", "category", "status", "owner", "source", "accounts", "people", "active", "inactive", "never", "unknown", "data_as_of"},
		func(v purser.Application) []string {
			return []string{v.ID, v.Name, v.Category, v.Status, v.OwnerName, v.Source, number(v.Accounts), number(v.People), number(v.Active),
				number(v.Inactive), number(v.Never), number(v.Unknown), day(v.DataAsOf)}
		},
		func(in *exportApplications) string { return in.Format },
		func(ctx context.Context, in *exportApplications, fn func(purser.Application) error) error {
			return a.Inventory.EachApplication(ctx, in.filter(), fn)
		})
	export(a, "findings", "Write the findings of a filter as a file", purser.OpFindingRead, finding.ExportColumns(), finding.ExportRow,
		func(in *exportFindings) string { return in.Format },
		func(ctx context.Context, in *exportFindings, fn func(purser.Finding) error) error {
			return a.Findings.Each(ctx, in.filter(), fn)
		})
	export(a, "transactions", "Write the transactions of a filter as a file", purser.OpMoneyRead,
		[]string{"id", "instance", "external_id", "type", "status", "date", "due_on", "payee", "document", "description", "amount", "currency",
			"cost_center", "data_as_of"},
		func(v purser.Transaction) []string {
			amount, _, _ := strings.Cut(v.Amount.String(), " ")
			return []string{v.ID, v.InstanceName, v.ExternalID, v.Type, v.Status, v.Date, v.DueOn, v.Payee, v.Document, v.Description, amount,
				v.Amount.Currency, v.CostCenter, day(v.DataAsOf)}
		},
		func(in *exportTransactions) string { return in.Format },
		func(ctx context.Context, in *exportTransactions, fn func(purser.Transaction) error) error {
			return a.Inventory.EachTransaction(ctx, in.filter(), fn)
		})
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
