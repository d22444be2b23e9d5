package main

import (
	"context"
	"net/url"
	"time"

	"purser"
)

type accountSSOCmd struct {
	listing
	Query  string `help:"Name, address, user name or application." short:"q"`
	Person string `help:"Of one person, per_<number>." placeholder:"PERSON"`
}

// Run prints who has applications through identity providers.
func (c *accountSSOCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "q", c.Query)
	set(q, "person", c.Person)
	return list(ctx, s, "/sso-accounts", q, c.Limit, []string{"APPLICATION", "SOURCE", "ACCOUNT", "E-MAIL", "PERSON", "BY", "LAST SIGN-IN"},
		func(a purser.FedAccount) []string {
			used := "unknown"
			switch {
			case a.LastActive.Never:
				used = "never"
			case !a.LastActive.At.IsZero():
				used = a.LastActive.At.UTC().Format(time.DateOnly)
			}
			return []string{a.Application, a.Source, a.AccountID, a.Email, a.PersonName, a.Way, used}
		})
}
