package main

import (
	"context"
	"net/url"
	"time"

	"purser"
)

type accountSSOCmd struct {
	listing
	grouping
	Query       string   `help:"Name, address, user name or application." short:"q"`
	Application []string `help:"Of applications, app_<number>." placeholder:"APPLICATION"`
	Instance    []string `help:"Of identity providers, by name or identifier." placeholder:"INSTANCE"`
	By          []string `help:"How it is given: direct, group, assigned, consent, sign_in." placeholder:"WAY"`
	Used        []string `help:"Last sign-in: recent (within thirty days), earlier, never, unknown." placeholder:"WHEN"`
	Matched     string   `help:"yes: those of people who are known; no: the others." enum:",yes,no" default:"" placeholder:"yes|no"`
	Person      string   `help:"Of one person, per_<number>." placeholder:"PERSON"`
	Sort        string   `help:"added or used." enum:",added,used" default:"" placeholder:"added|used"`
	Desc        bool     `help:"The other way round: the latest first."`
}

// Run prints who has applications through identity providers.
func (c *accountSSOCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	c.ask(q)
	set(q, "q", c.Query)
	set(q, "application", c.Application...)
	set(q, "instance", c.Instance...)
	set(q, "way", c.By...)
	set(q, "used", c.Used...)
	set(q, "matched", c.Matched)
	set(q, "person", c.Person)
	set(q, "sort", c.Sort)
	if c.Desc {
		q.Set("desc", "true")
	}
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
