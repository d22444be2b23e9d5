package api

import (
	"context"

	"purser"
	"purser/internal/inventory"
)

// Organization is what an admin says of the organization, and how far getting
// started is; package organization keeps it.
type Organization interface {
	Show(ctx context.Context) (purser.Organization, error)
	Set(ctx context.Context, o purser.Organization) (purser.Organization, error)
	Start(ctx context.Context) (purser.GettingStarted, error)
	Skip(ctx context.Context, key string, skip bool) error
	Dismiss(ctx context.Context, dismiss bool) error
}

func (a *API) organization() {
	const tag = "Organization"
	add(a, call{method: "GET", path: "/organization", tag: tag, id: "getOrganization", does: "Show name, mail domains, currency, time zone and fiscal year", op: purser.OpSettingRead},
		func(ctx context.Context, _ *none) (*body[purser.Organization], error) {
			return answer(a.Organization.Show(ctx))
		})
	add(a, call{method: "PUT", path: "/organization", tag: tag, id: "setOrganization", does: "Change them; a field that is left out keeps its value", op: purser.OpSettingWrite},
		func(ctx context.Context, in *struct {
			Body struct {
				Name        *string   `json:"name,omitempty"`
				MailDomains *[]string `json:"mail_domains,omitempty" doc:"of the organization's own people, such as example.com"`
				Currency    *string   `json:"currency,omitempty" doc:"ISO 4217" example:"EUR"`
				TimeZone    *string   `json:"time_zone,omitempty" doc:"name in the IANA list" example:"Europe/Berlin"`
				FiscalStart *int      `json:"fiscal_start,omitempty" minimum:"1" maximum:"12" doc:"month in which the fiscal year begins"`
			}
		}) (*body[purser.Organization], error) {
			o, err := a.Organization.Show(ctx)
			if err != nil {
				return nil, err
			}
			b := in.Body
			put(&o.Name, b.Name)
			put(&o.MailDomains, b.MailDomains)
			put(&o.Currency, b.Currency)
			put(&o.TimeZone, b.TimeZone)
			put(&o.FiscalStart, b.FiscalStart)
			return answer(a.Organization.Set(ctx, o))
		})
	add(a, call{method: "GET", path: "/getting-started", tag: tag, id: "gettingStarted", does: "Show how far getting started is, as the data says it", op: purser.OpInstanceRead},
		func(ctx context.Context, _ *none) (*body[purser.GettingStarted], error) {
			return answer(a.Organization.Start(ctx))
		})
	add(a, call{method: "PUT", path: "/getting-started", tag: tag, id: "dismissGettingStarted", does: "Hide getting started, or show it again", op: purser.OpSettingWrite, status: 204},
		func(ctx context.Context, in *struct {
			Body struct {
				Dismissed bool `json:"dismissed"`
			}
		}) (*empty, error) {
			return done(a.Organization.Dismiss(ctx, in.Body.Dismissed))
		})
	add(a, call{method: "PUT", path: "/getting-started/{step}", tag: tag, id: "skipStep", does: "Skip a step, or take it up again", op: purser.OpSettingWrite, status: 204},
		func(ctx context.Context, in *struct {
			Step string `path:"step"`
			Body struct {
				Skipped bool `json:"skipped"`
			}
		}) (*empty, error) {
			return done(a.Organization.Skip(ctx, in.Step, in.Body.Skipped))
		})
	add(a, call{method: "GET", path: "/worth-connecting", tag: "Catalog", id: "worthConnecting", does: "List connectors worth connecting next, ranked by people and money", op: purser.OpCatalogRead},
		func(ctx context.Context, _ *none) (*body[items[inventory.Worth]], error) {
			return whole(a.Inventory.WorthConnecting(ctx))
		})
}

// put takes what was sent.
func put[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
