package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"purser"
)

type organizationCmd struct {
	Show organizationShowCmd `cmd:"" help:"Show name, mail domains, currency, time zone and fiscal year."`
	Set  organizationSetCmd  `cmd:"" help:"Change them; what is not given keeps its value."`
}

type organizationShowCmd struct{}

// Run prints the settings.
func (organizationShowCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var o purser.Organization
	if err := cl.do(ctx, http.MethodGet, "/organization", nil, nil, &o); err != nil {
		return err
	}
	return s.organization(o)
}

type organizationSetCmd struct {
	Name        string   `help:"Name." placeholder:"NAME"`
	MailDomain  []string `help:"Mail domain of its own people; several by repeating. Replaces those that were there." placeholder:"DOMAIN"`
	Currency    string   `help:"Currency, ISO 4217." placeholder:"EUR"`
	TimeZone    string   `help:"Time zone, IANA name." placeholder:"Europe/Berlin"`
	FiscalStart int      `help:"Month in which the fiscal year begins, 1 to 12." placeholder:"MONTH"`
}

// Run changes the settings.
func (c *organizationSetCmd) Run(ctx context.Context, s *session) error {
	in := map[string]any{}
	for name, value := range map[string]string{"name": c.Name, "currency": c.Currency, "time_zone": c.TimeZone} {
		if value != "" {
			in[name] = value
		}
	}
	if len(c.MailDomain) > 0 {
		in["mail_domains"] = c.MailDomain
	}
	if c.FiscalStart != 0 {
		in["fiscal_start"] = c.FiscalStart
	}
	if len(in) == 0 {
		return &exit{code: exitUsage, err: purser.Invalid("name", "nothing to change was given; see purser organization set --help")}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	var o purser.Organization
	if err := cl.do(ctx, http.MethodPut, "/organization", nil, in, &o); err != nil {
		return err
	}
	return s.organization(o)
}

func (s *session) organization(o purser.Organization) error {
	if s.json {
		return s.printJSON(o)
	}
	return s.table([]string{"NAME", "MAIL DOMAINS", "CURRENCY", "TIME ZONE", "FISCAL YEAR BEGINS"},
		[][]string{{o.Name, strings.Join(o.MailDomains, ", "), o.Currency, o.TimeZone, time.Month(max(o.FiscalStart, 1)).String()}})
}
