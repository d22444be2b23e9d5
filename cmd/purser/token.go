package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"purser"
	"purser/internal/login"
)

type tokenCmd struct {
	List   tokenListCmd   `cmd:"" help:"List API tokens."`
	Create tokenCreateCmd `cmd:"" help:"Make an API token; its secret is printed, this once."`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke an API token."`
}

type tokenListCmd struct{}

// Run prints the tokens.
func (tokenListCmd) Run(ctx context.Context, s *session) error {
	return wholeList(ctx, s, "/tokens", nil, []string{"ID", "NAME", "MAKER", "SCOPES", "EXPIRES", "LAST USED"}, func(t login.Token) []string {
		scopes := make([]string, len(t.Scopes))
		for i, op := range t.Scopes {
			scopes[i] = string(op)
		}
		return []string{t.ID, t.Name, t.Maker, strings.Join(scopes, " "), moment(t.ExpiresAt), moment(t.LastUsedAt)}
	})
}

type tokenCreateCmd struct {
	Name    string   `arg:"" optional:"" help:"What it is for." default:"command line"`
	Scope   []string `required:"" help:"What it may do, such as account.read; can be repeated." placeholder:"OPERATION"`
	Expires string   `required:"" help:"When it ends: 30d, 12h, or a date like 2027-01-31."`
}

// Run makes the token. The secret alone goes to standard output.
func (c *tokenCreateCmd) Run(ctx context.Context, s *session) error {
	expires, err := end(c.Expires, time.Now())
	if err != nil {
		return &exit{code: exitUsage, err: err}
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	var made struct {
		login.Token
		Secret string `json:"secret"`
	}
	in := map[string]any{"name": c.Name, "scopes": c.Scope, "expires_at": expires}
	if err := cl.do(ctx, http.MethodPost, "/tokens", nil, in, &made); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(made)
	}
	s.note("%s, until %s. This is shown once:\n", made.ID, moment(made.ExpiresAt))
	return s.say("%s\n", made.Secret)
}

// end reads "30d", "12h" or a date.
func end(text string, now time.Time) (time.Time, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 {
			return now.Add(time.Duration(n) * 24 * time.Hour), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return now.Add(d), nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return t, nil
	}
	return time.Time{}, purser.Invalid("expires", "%q is neither a time like 30d or 12h nor a date like 2027-01-31", text)
}

type tokenRevokeCmd struct {
	ID string `arg:"" help:"tok_…"`
}

// Run revokes the token.
func (c *tokenRevokeCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodDelete, "/tokens/"+url.PathEscape(c.ID), nil, nil, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"id": c.ID}, "%s is revoked\n", c.ID)
}

// wholeList prints a list that comes whole.
func wholeList[T any](ctx context.Context, s *session, path string, q url.Values, heads []string, row func(T) []string) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	var all struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := c.do(ctx, http.MethodGet, path, q, nil, &all); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(all.Items)
	}
	rows := make([][]string, len(all.Items))
	for i, raw := range all.Items {
		var item T
		if err := json.Unmarshal(raw, &item); err != nil {
			return err
		}
		rows[i] = row(item)
	}
	return s.table(heads, rows)
}
