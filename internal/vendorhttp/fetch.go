package vendorhttp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"purser"
)

// Do sends r until it is answered well, or trying again makes no sense. Every
// error is a *purser.Error. rate_limited carries the time until which to wait:
// the caller gives up its worker and comes back.
func (c *Caller) Do(ctx context.Context, r Request) (*Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "bad_url", What: "the address of " + r.Route + " is not a URL", Hint: "Check the instance's settings."}
	}
	// A pinned host is checked before anything else: nothing is sent elsewhere, no budget is used.
	if err := c.of.Pins.Check(u); err != nil {
		c.record(Event{At: c.client.Now(), Stream: r.Stream, Method: r.Method, Host: u.Host, Path: pathOf(&r, u), Page: r.Page, Attempt: 1,
			Class: purser.ClassConfig, Message: err.Error()})
		return nil, err
	}
	if told := c.word(r.Token); told != nil {
		return nil, told
	}
	s := sending{Caller: c, r: &r, u: u, budgets: c.budgetsOf(&r, u)}
	return s.untilAnswered(ctx)
}

// word returns why a token is of no use in this piece of work, nil if it is. A
// refused credential is not shown again and again: vendors lock accounts for that.
func (c *Caller) word(token string) *purser.Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.broken[token]
}

func (c *Caller) remember(token string, told *purser.Error) {
	if told.Class != purser.ClassAuthRevoked {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken[token] = told
}

// sending is one request on its way.
type sending struct {
	*Caller
	r       *Request
	u       *url.URL
	budgets []bound

	attempt int
	failed  int // attempts that count as tries
	again   int // repetitions after an unreadable answer
	waited  time.Duration
	grip    string // of the credential that was sent last
	refused string // of the credential that was refused
	refusal *purser.Error
	proofs  int
}

func (s *sending) untilAnswered(ctx context.Context) (*Response, error) {
	for {
		s.attempt++
		answer, told := s.once(ctx)
		if told == nil {
			return answer, nil
		}
		delay, reason, goOn := s.next(told)
		if !goOn {
			s.remember(s.r.Token, told)
			return nil, told
		}
		e := s.event()
		e.Message = told.Error()
		if err := s.wait(ctx, delay, reason, &e, &s.waited); err != nil {
			return nil, err
		}
	}
}

// next decides what follows an error: how long to wait before the next attempt, or that there is none.
func (s *sending) next(told *purser.Error) (delay time.Duration, reason string, goOn bool) {
	now := s.client.Now()
	switch told.Class {
	case purser.ClassTransient:
		if s.failed++; s.failed >= s.client.Caps.Tries || s.r.Write && !s.r.Repeatable && told.Code != notSent {
			return 0, "", false
		}
		delay = s.backoff()
		if wish := told.Until.Sub(now); !told.Until.IsZero() && wish > delay {
			delay = wish
		}
		return delay, "tried again after an error", delay <= s.client.Caps.Wait
	case purser.ClassRateLimited:
		if told.Code == "budget" {
			return 0, "", false
		}
		if told.Until.IsZero() || !told.Until.After(now) {
			s.failed++
			told.Until = now.Add(s.backoff())
		}
		delay = told.Until.Sub(now)
		s.holdAll(told.Until)
		return delay, "the vendor asks to wait", s.waited+delay <= s.client.Caps.Wait
	case purser.ClassAuthRevoked:
		// One forced refresh.
		if s.of.Credentials == nil || s.refused != "" || s.grip == "" || told.Code == sameGrip {
			return 0, "", false
		}
		s.refused, s.refusal = s.grip, told
		return 0, "", true
	case purser.ClassInvalidResponse:
		if s.again++; s.again > 1 || s.r.Write || told.Status >= 300 || told.Code == tooLarge {
			return 0, "", false
		}
		return s.backoff(), "asked again after an unreadable answer", true
	}
	return 0, "", false
}

// holdAll lets nothing out before t: in the budgets that the manifest states for
// this request, or else in the whole instance.
func (s *sending) holdAll(t time.Time) {
	stated := s.budgets[1:]
	if len(stated) == 0 {
		stated = s.budgets
	}
	for _, b := range stated {
		b.hold(t)
	}
}

// backoff is a length of time between one second and a bound that grows to a minute.
func (s *sending) backoff() time.Duration {
	longest := []time.Duration{2 * time.Second, 6 * time.Second, 20 * time.Second, time.Minute}
	top := longest[min(max(s.failed, 1), len(longest))-1]
	return time.Second + time.Duration(s.client.Jitter()*float64(top-time.Second))
}

func (s *sending) event() Event {
	return Event{At: s.client.Now(), Stream: s.r.Stream, Method: s.r.Method, Host: s.u.Host, Path: pathOf(s.r, s.u), Page: s.r.Page, Attempt: s.attempt}
}

func (c *Caller) record(e Event) {
	if c.of.Record != nil {
		c.of.Record(e)
	}
}

// authorize puts the credential on the request.
func (s *sending) authorize(ctx context.Context, r *http.Request) *purser.Error {
	if s.of.Credentials == nil {
		return nil
	}
	refused := s.refused
	grip, err := s.of.Credentials.Authorize(ctx, r, s.r.Token, s.r.Scopes, refused)
	if err != nil {
		return s.told(err)
	}
	if refused != "" && grip == refused {
		return &purser.Error{Class: purser.ClassAuthRevoked, Code: sameGrip}
	}
	s.grip = grip
	return nil
}

// told makes an error that came from elsewhere one of ours.
func (s *sending) told(err error) *purser.Error {
	if e, ok := errors.AsType[*purser.Error](err); ok {
		return e
	}
	return &purser.Error{Class: purser.ClassInternal, What: s.redact(err.Error())}
}

func (s *sending) redact(text string) string {
	if s.of.Credentials == nil {
		return text
	}
	return s.of.Credentials.Redact(text)
}
