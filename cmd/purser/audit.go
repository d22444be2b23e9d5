package main

import (
	"context"
	"net/http"
	"net/url"

	"purser/internal/audit"
)

type auditCmd struct {
	List   auditListCmd   `cmd:"" help:"List what was done, the newest first."`
	Verify auditVerifyCmd `cmd:"" help:"Walk the chain of hashes: was anything changed behind Purser's back?"`
}

type auditListCmd struct {
	Limit     int    `help:"At most so many; 0 means all." default:"50" placeholder:"N"`
	Operation string `help:"Operation, such as instance.write."`
	Object    string `help:"Identifier of what was changed."`
	Actor     string `help:"Identifier of who did it."`
}

// Run prints the entries.
func (c *auditListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "operation", c.Operation)
	set(q, "object", c.Object)
	set(q, "actor", c.Actor)
	return list(ctx, s, "/audit", q, c.Limit, []string{"NO", "WHEN", "WHO", "FROM", "OPERATION", "WHAT", "OBJECT", "BEFORE", "AFTER"}, func(l audit.Line) []string {
		object := l.Object
		if l.ObjectName != "" {
			object = l.ObjectName
		}
		return []string{count(l.ID), moment(l.At), l.ActorName, l.Origin, string(l.Operation), l.What, object, string(l.Before), string(l.After)}
	})
}

type auditVerifyCmd struct{}

// Run walks the chain; a broken one is exit code 1.
func (auditVerifyCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var v struct {
		Whole   bool   `json:"whole"`
		Entries int64  `json:"entries"`
		Broken  int64  `json:"broken,omitempty"`
		Message string `json:"message,omitempty"`
	}
	if err := cl.do(ctx, http.MethodGet, "/audit/verify", nil, nil, &v); err != nil {
		return err
	}
	text := "the audit log is whole: %d entries\n"
	if !v.Whole {
		text = "the audit log is broken after %d entries\n"
	}
	if err := s.done(v, text, v.Entries); err != nil {
		return err
	}
	if !v.Whole {
		s.note("%s\n", v.Message)
		return &exit{code: exitError}
	}
	return nil
}

type adminCmd struct {
	Link adminLinkCmd `cmd:"" help:"Print a one-time link that makes an admin, for 30 minutes. On the server only."`
}

type adminLinkCmd struct{}

// Run prints the link.
func (adminLinkCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var made struct {
		URL       string `json:"url"`
		ExpiresAt string `json:"expires_at"`
	}
	if err := cl.do(ctx, http.MethodPost, "/admin-link", nil, nil, &made); err != nil {
		return err
	}
	return s.done(made, "%s\n", made.URL)
}
