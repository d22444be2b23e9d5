package main

import (
	"context"
	"net/http"
	"strings"

	"purser"
	"purser/internal/connect"
)

type instanceCallsCmd struct {
	Name string `arg:"" help:"Name or identifier."`
}

// Run prints every host and path that was asked.
func (c *instanceCallsCmd) Run(ctx context.Context, s *session) error {
	_, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	return wholeList(ctx, s, "/instances/"+i.ID+"/calls", nil, []string{"METHOD", "HOST", "PATH", "CALLS", "FAILED", "BYTES", "LAST CALL", "LAST FAILURE", "WHY"},
		func(x purser.Call) []string {
			return []string{x.Method, x.Host, x.Path, count(x.Calls), count(x.Errors), count(x.Bytes), moment(x.LastAt), moment(x.FailedAt), x.FailedBy}
		})
}

type instancePermissionsCmd struct {
	Name string `arg:"" help:"Name or identifier."`
}

// Run prints what was granted, and what of it lies idle.
func (c *instancePermissionsCmd) Run(ctx context.Context, s *session) error {
	cl, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	var p connect.Permissions
	if err := cl.do(ctx, http.MethodGet, "/instances/"+i.ID+"/permissions", nil, nil, &p); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(p)
	}
	if err := s.say("%s\n", plain(p.Sentence)); err != nil || !p.Known {
		return err
	}
	rows := make([][]string, len(p.Granted))
	for n, x := range p.Granted {
		used := "not used"
		if x.Used {
			used = "used"
		}
		rows[n] = []string{x.Scope, x.Access, used, strings.Join(x.By, ", ")}
	}
	return s.table([]string{"PERMISSION", "ACCESS", "USED", "BY"}, rows)
}
