package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"purser"
	"purser/internal/notify"
)

type notifyRecipientsCmd struct {
	List   recipientsListCmd   `cmd:"" help:"List who gets mail."`
	Add    recipientsAddCmd    `cmd:"" help:"Add addresses."`
	Remove recipientsRemoveCmd `cmd:"" help:"Take an address off."`
}

// recipientsOf says of which list.
type recipientsOf struct {
	Instance string `help:"Of one instance, by name or identifier; else of everything." placeholder:"NAME"`
}

func (r recipientsOf) path() string {
	if r.Instance == "" {
		return "/notifications/recipients"
	}
	return "/instances/" + url.PathEscape(r.Instance) + "/recipients"
}

type recipientsListCmd struct{ recipientsOf }

// Run prints a list of recipients.
func (c *recipientsListCmd) Run(ctx context.Context, s *session) error {
	return show(ctx, s, c.path(), nil, func(a notify.Audience) error {
		rows := make([][]string, len(a.Recipients))
		for i, r := range a.Recipients {
			state := r.Error
			if r.Gone {
				state = "no longer a user: nothing is sent there"
			}
			rows[i] = []string{r.Email, moment(r.SentAt), state}
		}
		if err := s.table([]string{"ADDRESS", "LAST MAIL", "TROUBLE"}, rows); err != nil {
			return err
		}
		s.note("%s\n", a.Why)
		if len(a.Told) > 0 {
			s.note("Told now: %s\n", plain(strings.Join(a.Told, ", ")))
		}
		if a.Warning != "" {
			s.note("Warning: %s\n", a.Warning)
		}
		return nil
	})
}

type recipientsAddCmd struct {
	recipientsOf
	Email []string `arg:"" help:"E-mail addresses."`
}

// Run adds addresses.
func (c *recipientsAddCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var added struct {
		Added int `json:"added"`
	}
	if err := cl.do(ctx, http.MethodPost, c.path(), nil, map[string]string{"email": strings.Join(c.Email, ",")}, &added); err != nil {
		return err
	}
	return s.done(added, "%d added\n", added.Added)
}

type recipientsRemoveCmd struct {
	recipientsOf
	Email string `arg:"" help:"E-mail address."`
}

// Run takes an address off.
func (c *recipientsRemoveCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodDelete, c.path()+"/"+url.PathEscape(c.Email), nil, nil, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"email": c.Email}, "%s is taken off\n", c.Email)
}

type notifyWebhookCmd struct {
	List   webhookListCmd   `cmd:"" help:"List webhooks and chats."`
	Add    webhookAddCmd    `cmd:"" help:"Add one; a webhook's secret is printed, this once."`
	Remove webhookRemoveCmd `cmd:"" help:"Remove one."`
}

type webhookListCmd struct{}

// Run prints the webhooks and chats.
func (webhookListCmd) Run(ctx context.Context, s *session) error {
	return wholeList(ctx, s, "/notifications/endpoints", nil, []string{"ID", "NAME", "WAY", "FORMAT", "HOST", "IS TOLD"}, func(e notify.Endpoint) []string {
		return []string{e.ID, e.Name, e.Way, e.Format, e.Host, joined(e.Kinds, "everything")}
	})
}

type webhookAddCmd struct {
	Name    string             `arg:"" help:"Its name."`
	Address string             `help:"Its address: @file, or - for standard input. Without it you are asked." placeholder:"FROM"`
	Format  string             `help:"How a chat wants its messages, by the name of its format; Without it: a signed webhook." placeholder:"NAME"`
	Kind    []purser.EventKind `help:"Kind of event, such as sync_failed; can be repeated. Without it: every kind." placeholder:"KIND"`
}

// Run adds a webhook or chat. The address is a secret, and so not an argument.
func (c *webhookAddCmd) Run(ctx context.Context, s *session) error {
	address, err := s.secret("address", c.Address)
	if err != nil {
		return err
	}
	cl, err := s.client()
	if err != nil {
		return err
	}
	var made struct {
		notify.Endpoint
		Secret string `json:"secret,omitempty"`
	}
	in := map[string]any{"name": c.Name, "url": strings.TrimSpace(address), "format": c.Format, "kinds": c.Kind}
	if err := cl.do(ctx, http.MethodPost, "/notifications/endpoints", nil, in, &made); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(made)
	}
	if made.Secret == "" {
		return s.say("%s is added\n", made.ID)
	}
	s.note("%s is added. Its secret is shown once:\n", made.ID)
	return s.say("%s\n", made.Secret)
}

type webhookRemoveCmd struct {
	ID string `arg:"" help:"Identifier or name."`
}

// Run removes a webhook or chat.
func (c *webhookRemoveCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	if err := cl.do(ctx, http.MethodDelete, "/notifications/endpoints/"+url.PathEscape(c.ID), nil, nil, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"id": c.ID}, "%s is removed\n", c.ID)
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
