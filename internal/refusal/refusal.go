// Package refusal decides what a vendor's answer means: good, or one class of
// error. It is the one place where that is decided, for answers to requests and
// to token requests alike. It does no I/O.
package refusal

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/manifest"
)

// Rules are a connector's rules, in the order of their precedence.
type Rules struct {
	Errors  []manifest.ErrorRule // first match wins
	Bodies  []manifest.ErrorBody // shapes of a refusal's body
	Success *manifest.Success    // what a good answer says
	Missing string               // path that names the missing scope
}

// Answer is what came back. Of a long body the beginning is enough, unless
// Success has to be found in it.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Stream string // name of the stream that asked, "" for none
	Cursor bool   // the request went on from a kept cursor
	What   string // the request in words, for the error: "GET /users"
}

// Judge returns nil for a good answer, else its error. now is for waits that are
// told as a length of time.
func (r Rules) Judge(a Answer, now time.Time) *purser.Error {
	good := a.Status >= 200 && a.Status < 300
	if good && (r.Success == nil || r.said(a.Body)) {
		return nil
	}
	body := parse(a.Body)
	code, message := r.words(body)
	told := &purser.Error{Status: a.Status, Code: code, What: sentence(a, message)}
	if r.Missing != "" {
		told.Scope = body.text(r.Missing)
	}
	var wait time.Duration
	if rule, ok := r.match(a, code, message); ok {
		told.Class, told.Hint, wait = rule.Class, rule.Hint, rule.Wait.Std()
	} else {
		told.Class = byStatus(a)
	}
	if told.Class == purser.ClassRateLimited || told.Class == purser.ClassTransient {
		if told.Until = RetryAfter(a.Header, now); told.Until.IsZero() && wait > 0 {
			told.Until = now.Add(wait)
		}
	}
	if told.Class != purser.ClassPermission {
		told.Scope = ""
	}
	if told.Hint == "" {
		told.Hint = Hint(told.Class, told.Scope)
	}
	return told
}

// Matches reports whether one of the rules fits an answer.
func (r Rules) Matches(a Answer) bool {
	code, message := r.words(parse(a.Body))
	_, ok := r.match(a, code, message)
	return ok
}

func (r Rules) match(a Answer, code, message string) (manifest.ErrorRule, bool) {
	for _, rule := range r.Errors {
		if len(rule.Status) > 0 && !slices.Contains(rule.Status, a.Status) ||
			len(rule.Code) > 0 && !slices.ContainsFunc(rule.Code, func(c string) bool { return strings.EqualFold(c, code) }) ||
			len(rule.Stream) > 0 && !slices.Contains(rule.Stream, a.Stream) ||
			rule.Text != "" && !containsFold(message, rule.Text) && !containsFold(string(a.Body), rule.Text) ||
			!headersMatch(rule.Header, a.Header) {
			continue
		}
		return rule, true
	}
	return manifest.ErrorRule{}, false
}

func headersMatch(want []manifest.Pair, have http.Header) bool {
	for _, p := range want {
		value := strings.Join(have.Values(p.Name), ", ")
		if value == "" || !slices.ContainsFunc(p.Values, func(part string) bool { return containsFold(value, part) }) {
			return false
		}
	}
	return true
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}

// byStatus is what holds where no rule says otherwise.
func byStatus(a Answer) purser.Class {
	switch a.Status {
	case http.StatusUnauthorized:
		return purser.ClassAuthRevoked
	case http.StatusPaymentRequired:
		return purser.ClassNotAvailable
	case http.StatusForbidden:
		return purser.ClassPermission
	case http.StatusGone:
		if a.Cursor {
			return purser.ClassCursorExpired
		}
		return purser.ClassNotFound
	case http.StatusNotFound:
		return purser.ClassNotFound
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return purser.ClassTransient
	case http.StatusTooManyRequests:
		return purser.ClassRateLimited
	}
	if a.Status >= 500 {
		return purser.ClassTransient
	}
	return purser.ClassInvalidResponse
}

// sentence says what happened; the vendor's own words are cut to one line.
func sentence(a Answer, message string) string {
	message = oneLine(message, 300)
	what := a.What
	if what == "" {
		what = "The vendor"
	}
	s := fmt.Sprintf("%s answered %d", what, a.Status)
	if text := http.StatusText(a.Status); text != "" && a.Status >= 300 {
		s += " " + text
	}
	if message != "" {
		s += ": " + message
	}
	return s
}

// oneLine returns at most n bytes of s without control characters.
func oneLine(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }), " ")
	s = strings.TrimSpace(s)
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// Hint is what to do about a class where the manifest says nothing of its own.
func Hint(c purser.Class, scope string) string {
	switch c {
	case purser.ClassTransient:
		return "The vendor has a passing trouble; it is tried again by itself."
	case purser.ClassRateLimited:
		return "The vendor asks to wait; it goes on by itself."
	case purser.ClassAuthRevoked:
		return "Check the credential at the vendor, then press Check again or authorize anew."
	case purser.ClassPermission:
		if scope != "" {
			return "Grant " + scope + " at the vendor, then press Check again."
		}
		return "Grant the scope or role that this task lists at the vendor, then press Check again."
	case purser.ClassNotAvailable:
		return "The vendor's plan does not offer this; it is asked again weekly."
	case purser.ClassNotFound:
		return "The vendor knows nothing at this address: check the instance's settings, or the thing was removed there."
	case purser.ClassCursorExpired:
		return "The list is read from its beginning."
	case purser.ClassInvalidResponse:
		return "If it stays so, the vendor has changed its interface, or something between this server and the vendor answers in its place."
	case purser.ClassConfig:
		return "Correct the setting that is named."
	}
	return ""
}
