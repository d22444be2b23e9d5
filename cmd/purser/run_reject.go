package main

import (
	"context"
	"net/url"
	"strings"

	"purser"
)

type runRejectsCmd struct {
	ID string `arg:"" help:"run_…"`
}

// Run prints the records that could not be read.
func (c *runRejectsCmd) Run(ctx context.Context, s *session) error {
	return wholeList(ctx, s, "/runs/"+url.PathEscape(c.ID)+"/rejects", nil, []string{"STREAM", "RECORD", "REASON"}, func(r purser.Reject) []string {
		return []string{r.Stream, r.ExternalID, r.Reason}
	})
}

// each adds a parameter of which any value selects.
func each(q url.Values, name string, values []string) {
	if len(values) > 0 {
		q.Set(name, strings.Join(values, ","))
	}
}
