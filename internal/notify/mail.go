package notify

import (
	"context"
	"errors"
	"net/mail"
	"time"

	"purser"
	"purser/internal/store"
)

// sendMails hands in mails, all one after the other.
func (s *Service) sendMails(ctx context.Context, rows []store.DeliveryRow) {
	if s.Mail == nil {
		s.withoutServer(ctx, rows)
		return
	}
	if s.resting() {
		return
	}
	for _, d := range rows {
		if ctx.Err() != nil || s.frozen() {
			return
		}
		if t := s.sendMail(ctx, d); t != nil && t.server {
			s.rest()
			return // the others would fare no better
		}
	}
}

// sendMail makes one try and notes how it ended.
func (s *Service) sendMail(ctx context.Context, d store.DeliveryRow) *trouble {
	began := s.Now()
	from := store.DeliveryWaiting
	t := s.handIn(ctx, d, &from)
	if t != nil && (ctx.Err() != nil || s.frozen()) && !t.unsure {
		t.stopped = true
	}
	if t == nil || !t.server {
		s.wakeMail()
	}
	s.ended(ctx, d, from, began, t)
	return t
}

func (s *Service) handIn(ctx context.Context, d store.DeliveryRow, state *string) *trouble {
	from, err := mail.ParseAddress(s.Mail.From)
	if err != nil {
		return &trouble{what: "the sender's address is not valid", hint: "Check --mail-from", server: true}
	}
	text, err := s.mail(ctx, d, from)
	if p, ok := errors.AsType[*purser.Problem](err); ok { // whoever asked for the report may no longer see it
		return &trouble{what: p.What, hint: p.Hint, final: true}
	}
	if err != nil {
		return &trouble{what: err.Error(), hint: "Please report this", final: true}
	}
	c, t := s.Mail.open(ctx, domain(from.Address))
	if t != nil {
		return t
	}
	t = c.send(from.Address, d.Target, text, func() *trouble {
		t := s.begin(ctx, d)
		if t == nil {
			*state = store.DeliverySending
		}
		return t
	})
	if t != nil && t.status == 0 {
		c.cut()
		return t
	}
	c.end()
	return t
}

// withoutServer leaves mail waiting until there is a server, for as long as one that is away.
func (s *Service) withoutServer(ctx context.Context, rows []store.DeliveryRow) {
	for _, d := range rows {
		s.ended(ctx, d, store.DeliveryWaiting, s.Now(), &trouble{what: "no mail server is configured", server: true,
			hint: "The operator of this server sets --smtp-url and --mail-from; mail that waits goes out then"})
	}
}

// The mail server is left alone for a while after it was not there, whatever waits.

func (s *Service) resting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Now().Before(s.mailRest)
}

func (s *Service) rest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mailBad++
	s.mailRest = s.Now().Add(min(time.Duration(s.mailBad)*time.Minute, 10*time.Minute))
}

func (s *Service) wakeMail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mailBad, s.mailRest = 0, time.Time{}
}
