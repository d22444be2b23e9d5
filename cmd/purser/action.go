package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"purser"
)

type actionCmd struct {
	Plan      actionPlanCmd      `cmd:"" help:"Work out the exact requests of an action and show them. Nothing is sent."`
	Approve   actionApproveCmd   `cmd:"" help:"Approve an action that somebody else planned."`
	Run       actionRunCmd       `cmd:"" help:"Send the requests of an action."`
	List      actionListCmd      `cmd:"" help:"List actions, the newest first."`
	Show      actionShowCmd      `cmd:"" help:"Show an action with its targets and their requests."`
	Undo      actionUndoCmd      `cmd:"" help:"Plan the action that undoes one."`
	Cancel    actionCancelCmd    `cmd:"" help:"Give an action up; what was not begun is not sent."`
	Switch    actionSwitchCmd    `cmd:"" help:"Show the switches over an instance's actions, or turn one on or off."`
	Approval  actionApprovalCmd  `cmd:"" help:"Show or say when a second person has to approve actions."`
	Protected actionProtectedCmd `cmd:"" help:"List what no action ever touches."`
	Protect   actionProtectCmd   `cmd:"" help:"Put an account, a person or a pattern of e-mail addresses on the protected list."`
	Unprotect actionUnprotectCmd `cmd:"" help:"Take an entry off the protected list."`
}

type actionPlanCmd struct {
	Action   string            `arg:"" help:"As the connector calls it: suspend, reactivate … (purser connector list)."`
	Accounts []string          `arg:"" optional:"" help:"acc_… of one instance."`
	Instance string            `help:"Instance, by name or identifier; with --all, --status or --use." placeholder:"NAME"`
	All      bool              `help:"Every account of the instance that the filter selects."`
	Status   []string          `help:"Filter: status of the accounts." placeholder:"STATUS"`
	Use      []string          `help:"Filter: active, inactive, never, unknown." placeholder:"USE"`
	Query    string            `help:"Filter: part of name or address." short:"q"`
	Set      map[string]string `help:"What the action asks for: plan=…, group=…, to=…." placeholder:"NAME=VALUE"`
	Now      bool              `name:"run" help:"Run it at once, where no second person has to approve."`
	Wait     bool              `help:"With --run: wait for the end."`
}

// Run plans.
func (c *actionPlanCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	in := map[string]any{"action": c.Action}
	if c.Instance != "" {
		in["instance"] = c.Instance
	}
	if len(c.Set) > 0 {
		in["given"] = c.Set
	}
	switch {
	case c.All || len(c.Status)+len(c.Use) > 0 || c.Query != "":
		if len(c.Accounts) > 0 {
			return &exit{code: exitUsage, err: &purser.Problem{Kind: purser.ProblemInvalid, Field: "accounts", What: "name accounts or a filter, not both"}}
		}
		filter := map[string]any{"q": c.Query}
		if len(c.Status) > 0 {
			filter["status"] = c.Status
		}
		if len(c.Use) > 0 {
			filter["use"] = c.Use
		}
		in["filter"] = filter
	case len(c.Accounts) > 0:
		in["accounts"] = c.Accounts
	}
	var a purser.Action
	if err := cl.do(ctx, http.MethodPost, "/actions", nil, in, &a); err != nil {
		return err
	}
	if c.Now {
		return s.runAction(ctx, cl, a.ID, c.Wait)
	}
	return s.showAction(ctx, cl, a)
}

// byAction names an action.
type byAction struct {
	ID string `arg:"" help:"act_…"`
}

func (c byAction) path(step string) string { return "/actions/" + url.PathEscape(c.ID) + step }

// step does one thing with an action and shows it.
func (c byAction) step(ctx context.Context, s *session, step string) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var a purser.Action
	if err := cl.do(ctx, http.MethodPost, c.path(step), nil, nil, &a); err != nil {
		return err
	}
	return s.showAction(ctx, cl, a)
}

type actionApproveCmd struct{ byAction }

// Run approves.
func (c *actionApproveCmd) Run(ctx context.Context, s *session) error {
	return c.step(ctx, s, "/approve")
}

type actionUndoCmd struct{ byAction }

// Run plans the undoing.
func (c *actionUndoCmd) Run(ctx context.Context, s *session) error { return c.step(ctx, s, "/undo") }

type actionCancelCmd struct{ byAction }

// Run gives the action up.
func (c *actionCancelCmd) Run(ctx context.Context, s *session) error {
	return c.step(ctx, s, "/cancel")
}

type actionRunCmd struct {
	byAction
	Wait bool `help:"Wait for the end; exit code 3 if something failed or is unsure."`
}

// Run lets the action run.
func (c *actionRunCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	return s.runAction(ctx, cl, c.ID, c.Wait)
}

func (s *session) runAction(ctx context.Context, cl *client, id string, wait bool) error {
	var a purser.Action
	path := "/actions/" + url.PathEscape(id)
	if err := cl.do(ctx, http.MethodPost, path+"/run", nil, nil, &a); err != nil {
		return err
	}
	for wait && !a.Ended() {
		select {
		case <-ctx.Done():
			s.note("the action goes on in the background\n")
			return ctx.Err()
		case <-time.After(pollEvery):
		}
		if err := cl.do(ctx, http.MethodGet, path, nil, nil, &a); err != nil {
			return err
		}
	}
	if err := s.showAction(ctx, cl, a); err != nil {
		return err
	}
	if wait && a.Counts.Failed+a.Counts.Unsure+a.Counts.Canceled > 0 {
		return &exit{code: exitPartial}
	}
	return nil
}

type actionShowCmd struct{ byAction }

// Run shows the action.
func (c *actionShowCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var a purser.Action
	if err := cl.do(ctx, http.MethodGet, c.path(""), nil, nil, &a); err != nil {
		return err
	}
	return s.showAction(ctx, cl, a)
}

// shownAction is an action with its targets, for programs.
type shownAction struct {
	purser.Action
	Items []purser.ActionItem `json:"items"`
}

// showAction prints an action, what happens to the data, and each target with its
// exact requests.
func (s *session) showAction(ctx context.Context, cl *client, a purser.Action) error {
	out := shownAction{Action: a, Items: []purser.ActionItem{}}
	q := url.Values{"limit": {"1000"}}
	for {
		var page purser.List[purser.ActionItem]
		if err := cl.do(ctx, http.MethodGet, "/actions/"+url.PathEscape(a.ID)+"/items", q, nil, &page); err != nil {
			return err
		}
		out.Items = append(out.Items, page.Items...)
		if page.Next == "" {
			break
		}
		q.Set("after", page.Next)
	}
	if s.json {
		return s.printJSON(out)
	}
	if err := s.say("%s  %s at %s: %s, %s\n", a.ID, a.Name, plain(a.InstanceName), string(a.State), tally(a.Counts)); err != nil {
		return err
	}
	if err := s.say("What happens to the data: %s\n", plain(orUnknown(a.DataEffect))); err != nil {
		return err
	}
	if a.WaitReason != "" {
		s.note("waiting: %s\n", plain(a.WaitReason))
	}
	if a.NeedsApproval && a.State == purser.ActionPlanned {
		s.note("a second person has to approve it: purser action approve %s\n", a.ID)
	}
	var rows [][]string
	for _, i := range out.Items {
		asked := make([]string, len(i.Requests))
		for n, r := range i.Requests {
			asked[n] = strings.TrimSpace(r.Method + " " + r.URL + " " + r.Body)
		}
		rows = append(rows, []string{i.ExternalID, plain(i.Name), string(i.State), plain(strings.Join(asked, "; ")), plain(i.Why)})
	}
	return s.table([]string{"TARGET", "NAME", "STATE", "REQUESTS", "WHY"}, rows)
}

func orUnknown(text string) string {
	if text == "" {
		return "the connector does not say"
	}
	return text
}

// tally writes the counts that are not 0.
func tally(c purser.ActionCounts) string {
	var parts []string
	for _, p := range []struct {
		n    int64
		word string
	}{{c.Planned, "planned"}, {c.Running, "running"}, {c.Sent, "sent"}, {c.Verified, "verified"}, {c.Unsure, "unsure"}, {c.Skipped, "skipped"}, {c.Failed, "failed"}, {c.Canceled, "canceled"}} {
		if p.n > 0 {
			parts = append(parts, count(p.n)+" "+p.word)
		}
	}
	return strings.Join(parts, ", ")
}

type actionListCmd struct {
	listing
	Instance string   `help:"Instance, by name or identifier." placeholder:"NAME"`
	Account  string   `help:"acc_…: those that have it as a target." placeholder:"ID"`
	State    []string `help:"planned, approved, running, done, canceled." placeholder:"STATE"`
}

// Run prints the actions.
func (c *actionListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "instance", c.Instance)
	set(q, "account", c.Account)
	for _, state := range c.State {
		q.Add("state", state)
	}
	return list(ctx, s, "/actions", q, c.Limit, []string{"ID", "ACTION", "INSTANCE", "STATE", "TARGETS", "PLANNED BY"}, func(a purser.Action) []string {
		return []string{a.ID, a.Name, plain(a.InstanceName), string(a.State), tally(a.Counts), plain(a.PlannedBy)}
	})
}
