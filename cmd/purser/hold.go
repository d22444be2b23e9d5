package main

import (
	"context"
	"net/http"
	"net/url"

	"purser"
)

type holdCmd struct {
	List    holdListCmd    `cmd:"" help:"List what waits for a person."`
	Show    holdShowCmd    `cmd:"" help:"List every record of a hold by name."`
	Approve holdApproveCmd `cmd:"" help:"Let it happen: all of it, or some."`
	Reject  holdRejectCmd  `cmd:"" help:"Keep things as they are: all of them, or some."`
}

type holdListCmd struct {
	Instance string `help:"Instance, by name or identifier." placeholder:"NAME"`
}

// Run prints the holds.
func (c *holdListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "instance", c.Instance)
	return wholeList(ctx, s, "/holds", q, []string{"ID", "RUN", "STREAM", "WHAT", "COUNT", "OF", "WHY", "DECISION"}, func(h purser.Hold) []string {
		return []string{h.ID, h.RunID, h.Stream, h.What, count(h.Count), count(h.Live), h.Why, h.Decision}
	})
}

type holdShowCmd struct {
	listing
	ID    string `arg:"" help:"hld_…"`
	Query string `help:"Part of the name." short:"q"`
}

// Run prints the records.
func (c *holdShowCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "q", c.Query)
	return list(ctx, s, "/holds/"+url.PathEscape(c.ID)+"/rows", q, c.Limit, []string{"ROW", "NAME", "NOW", "VENDOR SAYS", "DECISION"}, func(r purser.HeldRow) []string {
		return []string{r.ID, r.Name, r.Before, r.After, r.Decision}
	})
}

// chosen is a hold, or some of its records.
type chosen struct {
	ID   string   `arg:"" help:"hld_…"`
	Only []string `help:"Rows of purser hold show; all that still waits without it." placeholder:"ROW"`
}

type holdApproveCmd struct{ chosen }

// Run approves.
func (c *holdApproveCmd) Run(ctx context.Context, s *session) error { return c.decide(ctx, s, true) }

type holdRejectCmd struct{ chosen }

// Run rejects.
func (c *holdRejectCmd) Run(ctx context.Context, s *session) error { return c.decide(ctx, s, false) }

func (c *chosen) decide(ctx context.Context, s *session, approve bool) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	in := map[string]any{"approve": approve}
	if len(c.Only) > 0 {
		in["rows"] = c.Only
	}
	path := "/holds/" + url.PathEscape(c.ID)
	if err := cl.do(ctx, http.MethodPost, path+"/decision", nil, in, nil); err != nil {
		return err
	}
	var h purser.Hold
	if err := cl.do(ctx, http.MethodGet, path, nil, nil, &h); err != nil {
		return err
	}
	if h.DecidedAt.IsZero() {
		return s.done(h, "%s: decided of some, %s still wait\n", c.ID, count(h.Count))
	}
	return s.done(h, "%s is decided\n", c.ID)
}
