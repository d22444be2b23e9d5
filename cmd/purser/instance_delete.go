package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"purser"
)

// deletionFlags are the same for both deletions.
type deletionFlags struct {
	Name        string `arg:"" help:"Name or identifier."`
	IUnderstand bool   `name:"i-understand" help:"I understand that this action cannot be undone. Without it the command only says what would go and what would stay."`
	Wait        bool   `help:"Wait for the end, show progress."`
}

type instanceDeleteCmd struct{ deletionFlags }

// Run deletes the instance.
func (c *instanceDeleteCmd) Run(ctx context.Context, s *session) error {
	return s.delete(ctx, c.deletionFlags, purser.DeleteInstance)
}

type instanceDeleteUsersCmd struct{ deletionFlags }

// Run deletes all that was read of the users.
func (c *instanceDeleteUsersCmd) Run(ctx context.Context, s *session) error {
	return s.delete(ctx, c.deletionFlags, purser.DeleteUsers)
}

func (s *session) delete(ctx context.Context, f deletionFlags, scope purser.DeletionScope) error {
	cl, i, err := s.instance(ctx, f.Name)
	if err != nil {
		return err
	}
	if !f.IUnderstand {
		if err := s.showDeletionPlan(ctx, cl, i, scope); err != nil {
			return err
		}
		return &exit{code: exitUsage, err: &purser.Problem{Kind: purser.ProblemInvalid, Field: "i-understand", What: "nothing was deleted: the confirmation is missing",
			Hint: "Give --i-understand: \"" + purser.DeletionConfirmation + "\""}}
	}
	var d purser.Deletion
	in := map[string]any{"scope": scope, "i_understand": true}
	if err := cl.do(ctx, http.MethodPost, "/instances/"+i.ID+"/deletions", nil, in, &d); err != nil {
		return err
	}
	if f.Wait {
		if err := s.waitDeleted(ctx, cl, &d); err != nil {
			return err
		}
	}
	if s.json {
		return s.printJSON(d)
	}
	if !d.Ended() {
		return s.say("%s  %s, in the background; see how far it is on its page or with --wait\n", d.ID, plain(d.Phase))
	}
	rows := make([][]string, len(d.Gone))
	for n, c := range d.Gone {
		rows[n] = []string{c.What, count(c.Count)}
	}
	if err := s.table([]string{"GONE", "HOW MANY"}, rows); err != nil {
		return err
	}
	if d.Revocation != "" {
		return s.say("%s\n", plain(d.Revocation))
	}
	return nil
}

// showDeletionPlan says what would go and what would stay.
func (s *session) showDeletionPlan(ctx context.Context, cl *client, i purser.Instance, scope purser.DeletionScope) error {
	var plan purser.DeletionPlan
	if err := cl.do(ctx, http.MethodGet, "/instances/"+i.ID+"/deletions/plan", url.Values{"scope": {string(scope)}}, nil, &plan); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(plan)
	}
	var rows [][]string
	for _, c := range plan.Goes {
		rows = append(rows, []string{"goes", c.What, count(c.Count), ""})
	}
	for _, c := range plan.Stays {
		rows = append(rows, []string{"stays", c.What, count(c.Count), c.Why})
	}
	if err := s.table([]string{"", "WHAT", "HOW MANY", "WHY"}, rows); err != nil {
		return err
	}
	return s.say("%s", strings.TrimSpace(plan.Revoke)+"\n")
}

// waitDeleted follows a deletion to its end.
func (s *session) waitDeleted(ctx context.Context, cl *client, d *purser.Deletion) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	said := ""
	for !d.Ended() {
		if now := plain(count(d.Removed) + " of " + count(d.Total) + " removed, " + d.Phase); now != said {
			said = now
			s.note("%s\n", now)
		}
		select {
		case <-ctx.Done():
			s.note("the deletion goes on in the background\n")
			return ctx.Err()
		case <-tick.C:
		}
		if err := cl.do(ctx, http.MethodGet, "/deletions/"+d.ID, nil, nil, d); err != nil {
			return err
		}
	}
	return nil
}
