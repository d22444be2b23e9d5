package main

import (
	"context"
	"net/http"
	"net/url"

	"purser"
)

type findingCmd struct {
	List       findingListCmd       `cmd:"" help:"List what somebody should look at."`
	Suspicious findingSuspiciousCmd `cmd:"" help:"List accounts that are used although HR says that their person is not at work, or knows no such person."`
	Accept     findingAcceptCmd     `cmd:"" help:"Say why findings may stay as they are; they do not come back."`
	Snooze     findingSnoozeCmd     `cmd:"" help:"Put findings off until a day."`
	Done       findingDoneCmd       `cmd:"" help:"Say that something was done; later data verifies it."`
	Open       findingOpenCmd       `cmd:"" help:"Take a decision back."`
}

type findingListCmd struct {
	listing
	grouping
	Query       string   `help:"Name of an application, a plan or a contract, name or address of an account or a person." short:"q"`
	Kind        []string `help:"Kind, such as unused_seat."`
	State       []string `help:"open, snoozed, accepted, done or verified; open if none."`
	Application string   `help:"Application, by identifier." placeholder:"APP"`
	Instance    []string `help:"Instance, by name or identifier; any of them." placeholder:"NAME"`
	Account     string   `help:"Account, by identifier." placeholder:"ACC"`
	Plan        string   `help:"Plan, by identifier." placeholder:"PLAN"`
	Currency    string   `help:"Those with a value in a currency, such as EUR." placeholder:"CUR"`
	Owner       string   `help:"What somebody looks after: me, an address or an identifier; or nobody." placeholder:"WHO"`
	Sort        string   `help:"age or value." enum:",age,value" default:""`
}

// Run prints the findings.
func (c *findingListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	c.ask(q)
	set(q, "q", c.Query)
	set(q, "kind", c.Kind...)
	set(q, "state", c.State...)
	set(q, "application", c.Application)
	set(q, "instance", c.Instance...)
	set(q, "account", c.Account)
	set(q, "plan", c.Plan)
	set(q, "currency", c.Currency)
	set(q, "owner", c.Owner)
	if set(q, "sort", c.Sort); c.Sort != "" {
		q.Set("desc", "true")
	}
	return list(ctx, s, "/findings", q, c.Limit, []string{"ID", "KIND", "WHAT", "IN A YEAR", "REALIZABLE", "FOUND", "OWNER", "STATE"}, func(f purser.Finding) []string {
		worth := f.Unvalued
		if f.Annual != nil {
			worth = f.Annual.String()
		}
		return []string{f.ID, string(f.Kind), f.Sentence, worth, f.Realizable, moment(f.FoundAt), f.Owner, f.State}
	})
}

// decide sends one decision about findings.
func decide(ctx context.Context, s *session, ids []string, in map[string]any) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	in["findings"] = ids
	var out struct {
		Count int64 `json:"count"`
	}
	if err := cl.do(ctx, http.MethodPost, "/findings/decide", nil, in, &out); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(out)
	}
	return s.say("%d decided\n", out.Count)
}

type findingAcceptCmd struct {
	Findings []string `arg:"" help:"Identifiers, such as fnd_12."`
	Reason   string   `required:"" help:"Why they may stay as they are."`
	Until    string   `help:"The day on which they open again; for ever without it." placeholder:"YYYY-MM-DD"`
}

// Run accepts findings.
func (c *findingAcceptCmd) Run(ctx context.Context, s *session) error {
	return decide(ctx, s, c.Findings, map[string]any{"state": purser.FindingAccepted, "reason": c.Reason, "until": c.Until})
}

type findingSnoozeCmd struct {
	Findings []string `arg:"" help:"Identifiers, such as fnd_12."`
	Until    string   `required:"" help:"The day on which they open again." placeholder:"YYYY-MM-DD"`
}

// Run puts findings off.
func (c *findingSnoozeCmd) Run(ctx context.Context, s *session) error {
	return decide(ctx, s, c.Findings, map[string]any{"state": purser.FindingSnoozed, "until": c.Until})
}

type findingDoneCmd struct {
	Findings []string `arg:"" help:"Identifiers, such as fnd_12."`
}

// Run calls findings done.
func (c *findingDoneCmd) Run(ctx context.Context, s *session) error {
	return decide(ctx, s, c.Findings, map[string]any{"state": purser.FindingDone})
}

type findingOpenCmd struct {
	Findings []string `arg:"" help:"Identifiers, such as fnd_12."`
}

// Run opens findings again.
func (c *findingOpenCmd) Run(ctx context.Context, s *session) error {
	return decide(ctx, s, c.Findings, map[string]any{"state": purser.FindingOpen})
}
