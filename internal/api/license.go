package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"purser"
	"purser/internal/license"
	"purser/internal/table"
)

// Licenses says what is bought, assigned, used and spare; package license does.
type Licenses interface {
	List(ctx context.Context, f license.Filter, p purser.Page) (purser.List[purser.License], error)
	ByHand(ctx context.Context, application string) ([]purser.License, error)
	License(ctx context.Context, id string) (purser.License, error)
	Set(ctx context.Context, id string, t purser.PlanTerms) error
	Add(ctx context.Context, application, name string, t purser.PlanTerms) error
	Exclusions(ctx context.Context, application string) ([]license.Exclusion, error)
	Exclude(ctx context.Context, application, what, value, reason string) error
	Include(ctx context.Context, id string) error
}

// LicenseQuery is the filter of license plans.
type LicenseQuery struct {
	AnyOf
	Query       string   `query:"q" doc:"name"`
	Instance    []string `query:"instance" doc:"identifier or name; any of them"`
	Application string   `query:"application" doc:"app_<number>"`
	Seats       []string `query:"seats" doc:"idle, unknown, closed: plans with such seats; any of them"`
}

// Resolve checks the groups of conditions.
func (q *LicenseQuery) Resolve(ctx huma.Context) []error { return q.of(ctx, table.Licenses().Name) }

func (q LicenseQuery) filter() license.Filter {
	return license.Filter{Query: q.Query, Instances: q.Instance, Application: q.Application, Seats: q.Seats, Any: table.PlanFilter(q.address).Any}
}

func (a *API) licenses() {
	add(a, call{method: "GET", path: "/licenses", tag: "Licenses", id: "listLicenses", does: "List license plans with what is bought, assigned, used and spare, and what was entered of them; sort by name or idle, the number of idle seats",
		op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			Paging
			LicenseQuery
		}) (*body[purser.List[purser.License]], error) {
			return listed(a.Licenses.List(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "GET", path: "/licenses-by-hand", tag: "Licenses", id: "listLicensesByHand", does: "List the plans that were entered by hand", op: purser.OpAccountRead},
		func(ctx context.Context, in *struct {
			Application string `query:"application" doc:"app_<number>"`
		}) (*body[items[purser.License]], error) {
			return whole(a.Licenses.ByHand(ctx, in.Application))
		})
	add(a, call{method: "POST", path: "/licenses", tag: "Licenses", id: "addLicense", does: "Enter a plan of which no vendor tells anything", op: purser.OpLicenseSet, status: 204},
		func(ctx context.Context, in *struct {
			Body struct {
				Application string           `json:"application" doc:"app_<number>"`
				Name        string           `json:"name" maxLength:"200"`
				Terms       purser.PlanTerms `json:"terms"`
			}
		}) (*empty, error) {
			return done(a.Licenses.Add(ctx, in.Body.Application, in.Body.Name, in.Body.Terms))
		})
	add(a, call{method: "GET", path: "/licenses/{id}", tag: "Licenses", id: "getLicense", does: "Show a plan of a vendor, and how its seats are used", op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[purser.License], error) {
			return answer(a.Licenses.License(ctx, in.ID))
		})
	add(a, call{method: "PUT", path: "/licenses/{id}/terms", tag: "Licenses", id: "setLicenseTerms", does: "Enter price, period and quantities of a plan: pln_<number>, or lic_<number> of one by hand",
		op: purser.OpLicenseSet, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Body purser.PlanTerms
		}) (*empty, error) {
			return done(a.Licenses.Set(ctx, in.ID, in.Body))
		})
	add(a, call{method: "GET", path: "/applications/{id}/license-exclusions", tag: "Licenses", id: "listLicenseExclusions", does: "List the accounts and rules that are left out of findings about seats",
		op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[items[license.Exclusion]], error) {
			return whole(a.Licenses.Exclusions(ctx, in.ID))
		})
	add(a, call{method: "POST", path: "/applications/{id}/license-exclusions", tag: "Licenses", id: "addLicenseExclusion", does: "Leave an account, a kind of accounts or a mail domain out of findings about seats",
		op: purser.OpLicenseSet, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				What   string `json:"what" enum:"account,kind,domain"`
				Value  string `json:"value" doc:"acc_<number>, robot, example.com"`
				Reason string `json:"reason"`
			}
		}) (*empty, error) {
			return done(a.Licenses.Exclude(ctx, in.ID, in.Body.What, in.Body.Value, in.Body.Reason))
		})
	add(a, call{method: "DELETE", path: "/license-exclusions/{id}", tag: "Licenses", id: "removeLicenseExclusion", does: "Take such a rule away", op: purser.OpLicenseSet, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) {
			return done(a.Licenses.Include(ctx, in.ID))
		})
}
