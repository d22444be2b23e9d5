package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"purser/internal/connect"
)

type credentialCmd struct {
	List     credentialListCmd   `cmd:"" help:"List credentials: kind, account, permissions, age, last use, end."`
	Expiry   credentialExpiryCmd `cmd:"" help:"Note on which day an instance's credential ends."`
	Delegate delegateCmd         `cmd:"" help:"Links with which a vendor's administrator completes a connection."`
}

type credentialListCmd struct {
	Instance string `help:"Instance, by name or identifier." placeholder:"NAME"`
}

// Run prints what is known of the credentials. What is sealed is never shown.
func (c *credentialListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "instance", c.Instance)
	heads := []string{"INSTANCE", "KIND", "ACCOUNT", "TENANT", "PERMISSIONS", "UNUSED", "ENTERED", "LAST USE", "ENDS", "IDLE UNTIL", "OWNER", "NOTE"}
	return wholeList(ctx, s, "/credentials", q, heads, func(f connect.CredentialFacts) []string {
		var notes []string
		if f.Pending {
			notes = append(notes, "not confirmed yet")
		}
		if f.Leaver {
			notes = append(notes, "its person has left")
		}
		if f.Unusable != "" {
			notes = append(notes, f.Unusable)
		}
		granted := f.Granted
		if !f.ScopesKnown {
			granted = nil
			for _, scope := range f.Scopes {
				granted = append(granted, scope.Name)
			}
		}
		return []string{f.InstanceName, f.Kind, f.Account, or(f.TenantName, f.TenantID), strings.Join(granted, " "), strings.Join(f.Unused, " "),
			moment(f.EnteredAt), moment(f.UsedAt), moment(f.ExpiresAt), moment(f.IdleUntil), f.Owner, strings.Join(notes, "; ")}
	})
}

type credentialExpiryCmd struct {
	Name string `arg:"" help:"Name or identifier of the instance."`
	Day  string `arg:"" help:"YYYY-MM-DD, or none."`
}

// Run notes the day.
func (c *credentialExpiryCmd) Run(ctx context.Context, s *session) error {
	cl, i, err := s.instance(ctx, c.Name)
	if err != nil {
		return err
	}
	day := c.Day
	if day == "none" {
		day = ""
	}
	if err := cl.do(ctx, http.MethodPut, "/instances/"+i.ID+"/credential/expiry", nil, map[string]string{"expires_on": day}, nil); err != nil {
		return err
	}
	return s.done(map[string]any{"instance": i.ID, "expires_on": day}, "%s: the credential ends on %s\n", plain(i.Name), plain(or(day, "no known day")))
}
