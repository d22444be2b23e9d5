package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"purser/internal/notify"
)

type notifyCmd struct {
	Status     notifyStatusCmd     `cmd:"" help:"Say how telling people stands: the mail server, and what waits or failed."`
	List       notifyListCmd       `cmd:"" help:"List what people were told."`
	Show       notifyShowCmd       `cmd:"" help:"Show one message with each try."`
	Retry      notifyRetryCmd      `cmd:"" help:"Send again what failed."`
	Drop       notifyDropCmd       `cmd:"" help:"Leave what failed as it is."`
	Test       notifyTestCmd       `cmd:"" help:"Send one message now and say how that went."`
	Recipients notifyRecipientsCmd `cmd:"" help:"Who gets mail."`
	Webhook    notifyWebhookCmd    `cmd:"" help:"Webhooks and chats."`
}

type notifyStatusCmd struct{}

// Run prints how telling people stands.
func (notifyStatusCmd) Run(ctx context.Context, s *session) error {
	return show(ctx, s, "/notifications", nil, func(st notify.Outbox) error {
		server := "none is configured: set --smtp-url and --mail-from"
		if st.Configured {
			server = st.Server + " (" + string(st.Security) + "), sender " + st.From
		}
		if err := s.say("mail server  %s\nwaiting      %d\nfailed       %d\nnot sure     %d\n", plain(server), st.Waiting, st.Failed, st.Unsure); err != nil {
			return err
		}
		if st.Frozen {
			s.note("Nothing is sent now: outgoing calls are stopped.\n")
		}
		if st.Trouble != "" {
			s.note("Mail waits: %s\n  %s\n", plain(st.Trouble), plain(st.Hint))
		}
		return nil
	})
}

type notifyListCmd struct {
	listing
	State string `help:"waiting, sending, sent, failed, unsure or dropped."`
	Way   string `help:"mail, webhook or chat."`
}

// Run prints the deliveries.
func (c *notifyListCmd) Run(ctx context.Context, s *session) error {
	q := url.Values{}
	set(q, "state", c.State)
	set(q, "way", c.Way)
	return list(ctx, s, "/notifications/deliveries", q, c.Limit, []string{"ID", "STATE", "TO", "WAY", "WHEN", "TRIES", "WHAT", "ERROR"}, func(d notify.Delivery) []string {
		return []string{d.ID, d.State, d.To, d.Way, moment(d.At), number(d.Tries), d.What, d.Error}
	})
}

type notifyShowCmd struct {
	ID string `arg:"" help:"dlv_…"`
}

// Run prints one delivery with its tries.
func (c *notifyShowCmd) Run(ctx context.Context, s *session) error {
	return show(ctx, s, "/notifications/deliveries/"+url.PathEscape(c.ID), nil, func(d notify.Delivery) error {
		if err := s.say("%s\nto %s by %s: %s\n", plain(d.What), plain(d.To), d.Way, d.State); err != nil {
			return err
		}
		rows := make([][]string, len(d.Log))
		for i, t := range d.Log {
			rows[i] = []string{moment(t.At), t.Took.String(), number(t.Status), t.Error}
		}
		if err := s.table([]string{"WHEN", "TOOK", "ANSWER", "ERROR"}, rows); err != nil {
			return err
		}
		if d.Hint != "" {
			s.note("%s\n", plain(d.Hint))
		}
		return nil
	})
}

type notifyRetryCmd struct {
	ID string `arg:"" help:"dlv_…"`
}

// Run sends it again.
func (c *notifyRetryCmd) Run(ctx context.Context, s *session) error {
	return s.deliveryStep(ctx, c.ID, "retry", "%s is sent again\n")
}

type notifyDropCmd struct {
	ID string `arg:"" help:"dlv_…"`
}

// Run leaves it.
func (c *notifyDropCmd) Run(ctx context.Context, s *session) error {
	return s.deliveryStep(ctx, c.ID, "drop", "%s is left as it is\n")
}

func (s *session) deliveryStep(ctx context.Context, id, step, said string) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	if err := c.do(ctx, http.MethodPost, "/notifications/deliveries/"+url.PathEscape(id)+"/"+step, nil, nil, nil); err != nil {
		return err
	}
	return s.done(map[string]string{"id": id}, said, id)
}

type notifyTestCmd struct {
	To string `arg:"" help:"An e-mail address, or the name of a webhook or chat."`
}

// Run sends a test message; its exit code is 4 if it was not taken.
func (c *notifyTestCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	var d notify.Delivery
	if err := cl.do(ctx, http.MethodPost, "/notifications/test", nil, map[string]string{"to": c.To}, &d); err != nil {
		return err
	}
	if s.json {
		err = s.printJSON(d)
	} else if d.State == "sent" {
		err = s.say("the test message to %s was taken\n", plain(d.To))
	} else {
		s.note("the test message to %s was not taken: %s\n", plain(d.To), plain(d.Error))
		if d.Hint != "" {
			s.note("  %s\n", plain(d.Hint))
		}
	}
	if err == nil && d.State != "sent" {
		return &exit{code: exitFailed}
	}
	return err
}

func joined[T ~string](all []T, empty string) string {
	if len(all) == 0 {
		return empty
	}
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	return strings.Join(words, " ")
}
