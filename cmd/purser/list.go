package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"purser"
)

// list prints the items of a paged list: as a table, or as a JSON array.
func list[T any](ctx context.Context, s *session, path string, query url.Values, limit int, heads []string, row func(T) []string) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	if s.json {
		all := []json.RawMessage{}
		if err := pages(ctx, c, path, query, limit, func(raw json.RawMessage) error { all = append(all, raw); return nil }); err != nil {
			return err
		}
		return s.printJSON(all)
	}
	var rows [][]string
	if err := pages(ctx, c, path, query, limit, func(item T) error { rows = append(rows, row(item)); return nil }); err != nil {
		return err
	}
	return s.table(heads, rows)
}

// listing is what commands take that print a paged list.
type listing struct {
	Limit int `help:"At most so many; 0 means all." default:"0" placeholder:"N"`
}

type accountCmd struct {
	List      accountListCmd      `cmd:"" help:"List accounts, as they are or as of a date."`
	Seats     accountSeatsCmd     `cmd:"" help:"List the seats of an account and what they cost in a year."`
	Timeline  timelineCmd         `cmd:"" help:"Show everything that happened to an account."`
	Link      accountLinkCmd      `cmd:"" help:"Say whose an account is; no rule changes it."`
	Unlink    accountUnlinkCmd    `cmd:"" help:"Say that an account is not the person's to whom it is linked."`
	Kind      accountKindCmd      `cmd:"" help:"Say what an account is."`
	Undo      accountUndoCmd      `cmd:"" help:"Take back what people decided about an account: rules decide again."`
	SSO       accountSSOCmd       `cmd:"" name:"sso" help:"List who has managed applications through identity providers."`
	Fields    accountFieldsCmd    `cmd:"" help:"Show what counts of an account field by field, whose word it is, and what other sources say."`
	Unmatched accountUnmatchedCmd `cmd:"" help:"List accounts without a person, with whom they may belong to."`
}

type accountListCmd struct {
	listing
	grouping
	Query       string   `help:"Name, address or identifier." short:"q"`
	Instance    []string `help:"Instance, by name or identifier." placeholder:"NAME"`
	Status      []string `help:"Status, such as active."`
	Kind        []string `help:"person, guest, robot or shared."`
	Use         []string `help:"active, inactive, never or unknown."`
	Application string   `help:"Application, such as app_3." placeholder:"APP"`
	GiveUp      []string `help:"What a renewal of the application makes of open accounts: left, idle or needed."`
	External    string   `help:"Address outside the organization's mail domains: yes or no." enum:",yes,no" default:""`
	Matched     string   `help:"Linked to a person: yes or no." enum:",yes,no" default:""`
	Removed     bool     `help:"Those that are gone."`
	AsOf        string   `help:"Who had an account at the end of that day (UTC), with the status of that day." placeholder:"YYYY-MM-DD"`
}

// Run prints the accounts.
func (c *accountListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	c.ask(q)
	set(q, "q", c.Query)
	set(q, "instance", c.Instance...)
	set(q, "status", c.Status...)
	set(q, "kind", c.Kind...)
	set(q, "use", c.Use...)
	set(q, "application", c.Application)
	set(q, "give_up", c.GiveUp...)
	set(q, "external", c.External)
	set(q, "matched", c.Matched)
	set(q, "as_of", c.AsOf)
	if c.Removed {
		q.Set("removed", "true")
	}
	return list(ctx, s, "/accounts", q, c.Limit, []string{"ID", "INSTANCE", "NAME", "E-MAIL", "KIND", "STATUS", "LAST ACTIVE", "PERSON"},
		func(a purser.Account) []string {
			return []string{a.ID, a.InstanceName, a.DisplayName, a.Email, a.Kind, a.Status, lastUse(a.LastActive), a.PersonName}
		})
}

func lastUse(u purser.LastUse) string {
	switch {
	case u.Never:
		return "never"
	case u.Unknown():
		return "unknown"
	}
	return moment(u.At)
}

type personCmd struct {
	List     personListCmd     `cmd:"" help:"List people."`
	Changes  personChangesCmd  `cmd:"" help:"List what changed lately of people, accounts and seats."`
	Access   personAccessCmd   `cmd:"" help:"Show who has an account where: people by applications."`
	Seats    personSeatsCmd    `cmd:"" help:"List the seats of a person and what they cost in a year."`
	Timeline personTimelineCmd `cmd:"" help:"Show everything that happened to a person and the accounts of the person."`
	Rows     personRowsCmd     `cmd:"" help:"List the rows of rosters that are one person."`
	Fields   personFieldsCmd   `cmd:"" help:"Show what counts of a person field by field, whose word it is, and what other sources say."`
	Merge    personMergeCmd    `cmd:"" help:"Say that two people are the same human."`
	Split    personSplitCmd    `cmd:"" help:"Say that a row of a roster is somebody other than those whom it was taken for."`
}

// peopleAsked are the conditions of people, wherever they are listed.
type peopleAsked struct {
	grouping
	Query      string   `help:"Name or address." short:"q"`
	Employment []string `help:"Employment, such as active."`
	Department []string `help:"Department."`
	Leavers    bool     `help:"Those who left and still have accounts."`
	Has        []string `help:"Applications by identifier: those with an open account in each of them." placeholder:"APP"`
	Uses       []string `help:"Applications by identifier: those who use each of them." placeholder:"APP"`
	Disputed   bool     `help:"Those of whom sources say different things."`
}

func (c *peopleAsked) query() url.Values {
	q := url.Values{}
	c.ask(q)
	set(q, "q", c.Query)
	set(q, "employment", c.Employment...)
	set(q, "department", c.Department...)
	set(q, "has", c.Has...)
	set(q, "uses", c.Uses...)
	if c.Leavers {
		q.Set("leavers_with_access", "true")
	}
	if c.Disputed {
		q.Set("disputed", "true")
	}
	return q
}

type personListCmd struct {
	listing
	peopleAsked
}

// Run prints the people.
func (c *personListCmd) Run(ctx context.Context, s *session) error {
	q := c.query()
	return list(ctx, s, "/people", q, c.Limit, []string{"ID", "NAME", "E-MAIL", "EMPLOYMENT", "DEPARTMENT", "ACCOUNTS", "DEVICES", "SEATS, A YEAR", "MANAGER"},
		func(p purser.Person) []string {
			devices, worth := "", ""
			if p.Holds != nil {
				devices, worth = count(p.Holds.Devices), purser.SumsText(p.Holds.Annual)
			}
			return []string{p.ID, p.DisplayName, p.Email, p.Employment, p.Department, count(p.Accounts), devices, worth, p.ManagerName}
		})
}

// set gives a parameter its values; huma reads lists as one value with commas.
func set(q url.Values, name string, values ...string) {
	joined := ""
	for i, v := range values {
		if i > 0 {
			joined += ","
		}
		joined += v
	}
	if joined != "" {
		q.Set(name, joined)
	}
}

// show asks for one thing and prints it: as print writes it, or in JSON.
func show[T any](ctx context.Context, s *session, path string, query url.Values, print func(T) error) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	var one T
	if err := c.do(ctx, http.MethodGet, path, query, nil, &one); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(one)
	}
	return print(one)
}
