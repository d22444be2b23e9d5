package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"purser"
)

type accountLinkCmd struct {
	Account string `arg:"" help:"Account, acc_<number>."`
	Person  string `arg:"" help:"Person, per_<number>."`
}

// Run links an account.
func (c *accountLinkCmd) Run(ctx context.Context, s *session) error {
	return s.decided(ctx, http.MethodPut, c.Account+"/person", map[string]any{"person_id": c.Person})
}

type accountUnlinkCmd struct {
	Account string `arg:"" help:"Account, acc_<number>."`
}

// Run unlinks an account.
func (c *accountUnlinkCmd) Run(ctx context.Context, s *session) error {
	return s.decided(ctx, http.MethodDelete, c.Account+"/person", nil)
}

type accountKindCmd struct {
	Account string `arg:"" help:"Account, acc_<number>."`
	Kind    string `arg:"" help:"person, guest, robot or shared; auto: as the vendor and the rules say." enum:"person,guest,robot,shared,auto"`
}

// Run says what an account is.
func (c *accountKindCmd) Run(ctx context.Context, s *session) error {
	return s.decided(ctx, http.MethodPut, c.Account+"/kind", map[string]any{"kind": strings.TrimPrefix(c.Kind, "auto")})
}

type accountUndoCmd struct {
	Account string `arg:"" help:"Account, acc_<number>."`
}

// Run takes decisions back.
func (c *accountUndoCmd) Run(ctx context.Context, s *session) error {
	return s.decided(ctx, http.MethodDelete, c.Account+"/decisions", nil)
}

// decided sends a decision about an account and prints whose it is now.
func (s *session) decided(ctx context.Context, method, path string, in any) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	var a purser.Account
	if err := c.do(ctx, method, "/accounts/"+path, nil, in, &a); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(a)
	}
	return s.table([]string{"ID", "INSTANCE", "NAME", "E-MAIL", "KIND", "PERSON", "BECAUSE", "HOW SURE"},
		[][]string{{a.ID, a.InstanceName, a.DisplayName, a.Email, a.Kind, a.PersonName, a.MatchReason, string(a.Sure)}})
}

type accountUnmatchedCmd struct {
	listing
	grouping
	Query    string   `help:"Name, address or identifier." short:"q"`
	Instance []string `help:"Instance, by name or identifier." placeholder:"NAME"`
	Status   []string `help:"Status, such as active."`
	Use      []string `help:"active, inactive, never or unknown."`
}

// Run prints the accounts without a person.
func (c *accountUnmatchedCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "q", c.Query)
	c.ask(q)
	set(q, "instance", c.Instance...)
	set(q, "status", c.Status...)
	set(q, "use", c.Use...)
	return list(ctx, s, "/unmatched-accounts", q, c.Limit, []string{"ID", "INSTANCE", "NAME", "E-MAIL", "MAY BELONG TO", "PERSON", "BECAUSE", "HOW SURE"},
		func(u purser.Unmatched) []string {
			row := []string{u.Account.ID, u.Account.InstanceName, u.Account.DisplayName, u.Account.Email, "", "", "", ""}
			if len(u.Suggestions) > 0 {
				best := u.Suggestions[0]
				copy(row[4:], []string{best.PersonName, best.PersonID, best.Why, string(best.Sure)})
			}
			return row
		})
}

type personRowsCmd struct {
	Person string `arg:"" help:"Person, per_<number>."`
}

// Run prints the rows that are one person.
func (c *personRowsCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var out struct {
		Items []purser.PersonRow `json:"items"`
	}
	if err := cl.do(ctx, http.MethodGet, "/people/"+c.Person+"/rows", nil, nil, &out); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(out.Items)
	}
	rows := make([][]string, len(out.Items))
	for i, r := range out.Items {
		rows[i] = []string{r.ID, r.InstanceName, r.DisplayName, r.Email, r.Why}
	}
	return s.table([]string{"ID", "ROSTER", "NAME", "E-MAIL", "THE SAME BECAUSE"}, rows)
}

type personMergeCmd struct {
	Person string `arg:"" help:"Person, per_<number>."`
	With   string `arg:"" help:"The same human, per_<number>."`
}

// Run merges two people.
func (c *personMergeCmd) Run(ctx context.Context, s *session) error {
	return s.person(ctx, c.Person+"/merge", map[string]any{"with": c.With})
}

type personSplitCmd struct {
	Row string `arg:"" help:"Row of a roster, per_<number>; see purser person rows."`
}

// Run splits a row off.
func (c *personSplitCmd) Run(ctx context.Context, s *session) error {
	return s.person(ctx, c.Row+"/split", nil)
}

func (s *session) person(ctx context.Context, path string, in any) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	var p purser.Person
	if err := c.do(ctx, http.MethodPost, "/people/"+path, nil, in, &p); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(p)
	}
	return s.table([]string{"ID", "NAME", "E-MAIL", "ROSTER", "ACCOUNTS"}, [][]string{{p.ID, p.DisplayName, p.Email, p.InstanceName, count(p.Accounts)}})
}
