package vendorhttp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/refusal"
)

// Codes of our own.
const (
	notSent  = "not_sent"       // the request never left: a write may be tried again
	sameGrip = "still_refused"  // the credential after a refusal is the refused one
	tooLarge = "body_too_large" // more than the cap
)

var (
	errIdle  = errors.New("the vendor sent nothing for too long")
	errTotal = errors.New("the answer took too long")
)

// once makes one attempt and records it.
func (s *sending) once(ctx context.Context) (*Response, *purser.Error) {
	e := s.event()
	leave, err := s.enter(ctx, s.budgets, &e, &s.waited)
	if err != nil {
		told := s.told(err)
		e.Class, e.Message = told.Class, told.Error()
		s.record(e)
		return nil, told
	}
	defer leave()
	began := s.client.Now()
	e.At = began
	answer, told := s.send(ctx, &e)
	e.Duration = s.client.Now().Sub(began)
	if told != nil {
		if told.Code == sameGrip {
			return nil, s.refusal // nothing was sent
		}
		told = s.clean(told)
		e.Class, e.Message = told.Class, told.Error()
	}
	s.record(e)
	return answer, told
}

// clean takes secrets out of an error; the caller gets a copy.
func (s *sending) clean(told *purser.Error) *purser.Error {
	c := *told
	c.What, c.Code, c.Hint, c.Scope = s.redact(c.What), s.redact(c.Code), s.redact(c.Hint), s.redact(c.Scope)
	if c.Err != nil {
		if text := c.Err.Error(); s.redact(text) != text {
			c.Err = errors.New(s.redact(text))
		}
	}
	return &c
}

func (s *sending) what() string { return s.r.Method + " " + pathOf(s.r, s.u) }

// send makes the attempt: the request, its answer, what the answer means.
func (s *sending) send(ctx context.Context, e *Event) (*Response, *purser.Error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r, told := s.build(ctx, http.MethodGet, s.u)
	if told != nil {
		return nil, told
	}
	if told := s.authorize(ctx, r); told != nil {
		return nil, told
	}
	patience := s.of.HTTP.Patience.Std() // until the first byte; from then on the caps hold
	total := time.AfterFunc(s.client.Caps.Total+patience, func() { cancel(errTotal) })
	defer total.Stop()
	idle := time.AfterFunc(max(s.client.Caps.Idle, patience), func() { cancel(errIdle) })
	defer idle.Stop()
	answer, sent, err := s.roundTrip(r)
	if patience > 0 {
		idle.Reset(s.client.Caps.Idle)
	}
	if err != nil {
		return nil, s.unanswered(ctx, err, sent)
	}
	defer closeBody(answer)
	for hops := 0; redirects(answer) && len(s.r.RedirectTo) > 0 && hops < 3; hops++ {
		if answer, told = s.follow(ctx, answer); told != nil {
			return nil, told
		}
		defer closeBody(answer)
	}
	e.Status = answer.StatusCode
	now := s.client.Now()
	s.heed(s.budgets, answer.Header, now)
	again := s.of.Credentials != nil && s.of.Credentials.Answered(r, answer)
	buffer := s.client.buffers.Get().(*[]byte)
	kept := false
	defer func() {
		if !kept {
			s.client.giveBack(buffer)
		}
	}()
	body, err := s.client.read(answer, buffer, s.r.Large, func() { idle.Reset(s.client.Caps.Idle) })
	e.Bytes = int64(len(body))
	if again && s.proofs == 0 {
		s.proofs++
		return s.send(ctx, e)
	}
	if err != nil && (answer.StatusCode < 300 || ctx.Err() != nil) {
		return nil, s.unread(ctx, answer.StatusCode, err)
	}
	told = s.judge(answer, body, now)
	already := told != nil && s.already(answer, body)
	if told != nil && !already {
		return nil, told
	}
	good := &Response{Status: answer.StatusCode, Header: answer.Header, URL: s.u.String(), Already: already}
	if kept = s.r.Lend; kept {
		good.Body, good.release = body, func() { s.client.giveBack(buffer) }
	} else {
		good.Body = bytes.Clone(body)
	}
	return good, nil
}

// build makes the request; the default method is for followed redirects.
func (s *sending) build(ctx context.Context, method string, u *url.URL) (*http.Request, *purser.Error) {
	if u == s.u && s.r.Method != "" {
		method = s.r.Method
	}
	target := *u
	r := (&http.Request{Method: method, URL: &target, Host: target.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}}).WithContext(ctx)
	r.Header["User-Agent"] = []string{s.client.UserAgent}
	r.Header["Accept"] = []string{"application/json"}
	r.Header["Accept-Encoding"] = []string{"gzip"}
	if u != s.u {
		r.Header["Accept"] = []string{"*/*"}
		return r, nil // a declared redirect gets neither headers nor body nor credential
	}
	for _, p := range s.of.HTTP.Headers {
		if !strings.Contains(p.Value(), "${") { // one that depends on the instance comes with the request
			r.Header[http.CanonicalHeaderKey(p.Name)] = p.Values
		}
	}
	for _, h := range s.r.Header {
		r.Header[http.CanonicalHeaderKey(h[0])] = []string{h[1]}
	}
	if s.r.Body != nil {
		if s.r.ContentType != "" {
			r.Header["Content-Type"] = []string{s.r.ContentType}
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(s.r.Body)), int64(len(s.r.Body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(s.r.Body)), nil }
	}
	return r, nil
}

// roundTrip sends r. sent says whether anything may have reached the vendor.
func (s *sending) roundTrip(r *http.Request) (answer *http.Response, sent bool, err error) {
	if !s.r.Write {
		answer, err = s.client.Transport.RoundTrip(r)
		return answer, true, err
	}
	var wrote atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { wrote.Store(true) }, WroteHeaders: func() { wrote.Store(true) }}
	answer, err = s.client.Transport.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	return answer, wrote.Load(), err
}

func closeBody(answer *http.Response) { _ = answer.Body.Close() }

func redirects(answer *http.Response) bool {
	switch answer.StatusCode {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// follow goes where a declared redirect leads: to its hosts only, and without the credential.
func (s *sending) follow(ctx context.Context, answer *http.Response) (*http.Response, *purser.Error) {
	to, err := answer.Request.URL.Parse(answer.Header.Get("Location"))
	if err != nil {
		return nil, s.redirectRefused(answer)
	}
	if err := s.r.RedirectTo.Check(to); err != nil {
		return nil, s.told(err)
	}
	r, told := s.build(ctx, http.MethodGet, to)
	if told != nil {
		return nil, told
	}
	next, err := s.client.Transport.RoundTrip(r)
	if err != nil {
		return nil, s.unanswered(ctx, err, true)
	}
	return next, nil
}

func (s *sending) redirectRefused(answer *http.Response) *purser.Error {
	where := "nowhere"
	if to, err := answer.Request.URL.Parse(answer.Header.Get("Location")); err == nil && to.Host != "" {
		where = to.Host
	}
	return &purser.Error{Class: purser.ClassConfig, Code: "redirect_refused", Status: answer.StatusCode,
		What: s.what() + " was redirected to " + where + "; redirects are not followed",
		Hint: "Check the host in the instance's settings: it may have moved, or ask for a sign-in."}
}

// judge decides what a complete answer means.
func (s *sending) judge(answer *http.Response, body []byte, now time.Time) *purser.Error {
	if redirects(answer) {
		return s.redirectRefused(answer)
	}
	good := answer.StatusCode >= 200 && answer.StatusCode < 300
	if good && !s.r.Write {
		if told := s.unreadable(answer, body); told != nil {
			return told
		}
	}
	success := s.of.HTTP.Success
	if s.r.Judged != nil {
		success = s.r.Judged
	}
	if good && (success == nil || success.At == "" && success.Absent == "") {
		return nil
	}
	told := s.rules(success).Judge(refusal.Answer{Status: answer.StatusCode, Header: answer.Header, Body: body, Stream: s.r.Stream, Cursor: s.r.Cursor, What: s.what()}, now)
	if told == nil {
		return nil
	}
	if told.Class == purser.ClassRateLimited && told.Until.IsZero() {
		told.Until = resetOf(s.budgets, answer.Header, now)
	}
	if answer.StatusCode == http.StatusForbidden && told.Code == "" && looksLikeHTML(answer, body) {
		told.Hint = "This page did not come from the vendor's interface: often the vendor, or a firewall, allows only listed addresses. Add this server's address to the vendor's list."
	}
	return told
}

// already reports whether a refusal says that the change was made before.
func (s *sending) already(answer *http.Response, body []byte) bool {
	return len(s.r.AlreadyDone) > 0 && refusal.Rules{Errors: s.r.AlreadyDone, Bodies: s.of.HTTP.ErrorBody}.Matches(refusal.Answer{
		Status: answer.StatusCode, Header: answer.Header, Body: body, Stream: s.r.Stream})
}

func (s *sending) rules(success *manifest.Success) refusal.Rules {
	return refusal.Rules{Errors: s.of.HTTP.Errors, Bodies: s.of.HTTP.ErrorBody, Success: success, Missing: s.of.HTTP.Missing}
}
