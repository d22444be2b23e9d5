package main

import (
	"context"
	"net/http"
	"net/url"

	"purser"
)

type leaverCmd struct {
	Access leaverAccessCmd `cmd:"" help:"List the accounts of people who left that still let somebody in, the most dangerous first."`
	List   leaverListCmd   `cmd:"" help:"List checklists."`
	Start  leaverStartCmd  `cmd:"" help:"Start the checklist of a person, or show the one that is not closed."`
	Show   leaverShowCmd   `cmd:"" help:"Show a checklist."`
	Assign leaverAssignCmd `cmd:"" help:"Say whose task accounts of a checklist are."`
	Done   leaverDoneCmd   `cmd:"" help:"Say that accounts are closed; later data verifies it."`
	Reopen leaverReopenCmd `cmd:"" help:"Say that accounts are not closed after all."`
}

type leaverAccessCmd struct {
	listing
	grouping
	Query      string   `help:"Name or address of the account or the person." short:"q"`
	Instance   []string `help:"Instance, by name or identifier." placeholder:"NAME"`
	Status     []string `help:"Status of the account, such as active."`
	Department []string `help:"Department of the person."`
	Admin      string   `help:"Administrators' accounts: yes, no or unknown." enum:",yes,no,unknown" default:""`
	Local      string   `help:"With a sign-in of their own: yes or no." enum:",yes,no" default:""`
	Checklist  string   `help:"With a checklist that is not closed: yes or no." enum:",yes,no" default:""`
	Sort       string   `help:"urgency, age, person or left." enum:",urgency,age,person,left" default:""`
}

// Run prints who left and could still get in.
func (c *leaverAccessCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	c.ask(q)
	set(q, "q", c.Query)
	set(q, "instance", c.Instance...)
	set(q, "status", c.Status...)
	set(q, "department", c.Department...)
	set(q, "admin", c.Admin)
	set(q, "local", c.Local)
	set(q, "checklist", c.Checklist)
	set(q, "sort", c.Sort)
	return list(ctx, s, "/leavers", q, c.Limit, []string{"ACCOUNT", "NAME", "INSTANCE", "PERSON", "LEFT", "ADMIN", "LOCAL SIGN-IN", "CHECKLIST"}, func(a purser.LeaverAccess) []string {
		local := "no"
		if a.Local {
			local = "yes"
		}
		return []string{a.AccountID, a.Account, a.InstanceName, a.PersonName, a.EndedOn, a.Admin.String(), local, a.Checklist}
	})
}

type leaverListCmd struct {
	listing
	State string `help:"open or closed." enum:",open,closed" default:""`
	Mine  bool   `help:"Those with something of mine to do."`
}

// Run prints checklists.
func (c *leaverListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "state", c.State)
	if c.Mine {
		q.Set("assignee", "me")
	}
	return list(ctx, s, "/leaver-checklists", q, c.Limit, []string{"ID", "PERSON", "LEFT", "STARTED", "BY", "ACCOUNTS", "DONE", "VERIFIED", "CLOSED"}, func(l purser.LeaverChecklist) []string {
		return []string{l.ID, l.PersonName, l.EndedOn, moment(l.StartedAt), l.StartedBy, count(l.Total), count(l.Done), count(l.Verified), moment(l.ClosedAt)}
	})
}

// checklist asks for a checklist, or changes it, and prints it.
func (s *session) checklist(ctx context.Context, method, path string, in any) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	var l purser.LeaverChecklist
	if err := c.do(ctx, method, path, nil, in, &l); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(l)
	}
	rows := make([][]string, 0, len(l.Items))
	for _, t := range l.Items {
		rows = append(rows, []string{t.ID, t.Account, t.InstanceName, t.State, t.Assignee, t.DoneBy, moment(t.DoneAt), moment(t.VerifiedAt), t.VerifiedHow, t.AdminURL})
	}
	if err := s.say("%s: %s, %d of %d verified\n", l.ID, l.PersonName, l.Verified, l.Total); err != nil {
		return err
	}
	return s.table([]string{"ITEM", "ACCOUNT", "INSTANCE", "STATE", "ASSIGNED TO", "DONE BY", "DONE", "VERIFIED", "HOW", "PAGE"}, rows)
}

type leaverStartCmd struct {
	Person string `arg:"" help:"Person, per_<number>."`
}

// Run starts a checklist.
func (c *leaverStartCmd) Run(ctx context.Context, s *session) error {
	return s.checklist(ctx, http.MethodPost, "/people/"+url.PathEscape(c.Person)+"/leaver-checklist", nil)
}

type leaverShowCmd struct {
	Checklist string `arg:"" help:"Checklist, lvr_…"`
}

// Run shows a checklist.
func (c *leaverShowCmd) Run(ctx context.Context, s *session) error {
	return s.checklist(ctx, http.MethodGet, "/leaver-checklists/"+url.PathEscape(c.Checklist), nil)
}

type leaverItems struct {
	Checklist string   `arg:"" help:"Checklist, lvr_…"`
	Items     []string `arg:"" help:"Its items, such as lvi_12."`
}

func (c *leaverItems) send(ctx context.Context, s *session, in map[string]any) error {
	in["items"] = c.Items
	return s.checklist(ctx, http.MethodPost, "/leaver-checklists/"+url.PathEscape(c.Checklist)+"/items", in)
}

type leaverAssignCmd struct {
	leaverItems
	To string `required:"" help:"Address of a user of Purser; empty: nobody."`
}

// Run assigns items.
func (c *leaverAssignCmd) Run(ctx context.Context, s *session) error {
	return c.send(ctx, s, map[string]any{"assignee": c.To})
}

type leaverDoneCmd struct {
	leaverItems
	Note string `help:"What is to be noted."`
}

// Run calls items done.
func (c *leaverDoneCmd) Run(ctx context.Context, s *session) error {
	in := map[string]any{"done": true}
	if c.Note != "" {
		in["note"] = c.Note
	}
	return c.send(ctx, s, in)
}

type leaverReopenCmd struct {
	leaverItems
}

// Run takes that back.
func (c *leaverReopenCmd) Run(ctx context.Context, s *session) error {
	return c.send(ctx, s, map[string]any{"done": false})
}
