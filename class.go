package purser

import (
	"errors"
	"fmt"
	"time"
)

// Class is the closed list of what can go wrong while a vendor is asked. It is
// decided once, where the answer arrives, and everything after it (retries, run
// state, health, the sentence on the screen) follows from it.
type Class string

// The classes. docs/troubleshooting.md has one section for each.
const (
	ClassTransient       Class = "transient"        // network, 408, 425, 5xx: tried again
	ClassRateLimited     Class = "rate_limited"     // the vendor asks to wait
	ClassAuthRevoked     Class = "auth_revoked"     // the credential is no longer accepted
	ClassPermission      Class = "permission"       // accepted, but a scope or role is missing
	ClassNotAvailable    Class = "not_available"    // the vendor's plan does not offer it
	ClassNotFound        Class = "not_found"        // the parent of a partition is gone
	ClassCursorExpired   Class = "cursor_expired"   // the vendor forgot our place in its list
	ClassInvalidResponse Class = "invalid_response" // undecodable, cut, HTML, a repeated page
	ClassConfig          Class = "config"           // a setting is wrong: host, TLS name, address not allowed
	ClassCanceled        Class = "canceled"         // a person or a shutdown
	ClassInternal        Class = "internal"         // our own bug
)

// Classes lists every class once, in the order of the table in docs/troubleshooting.md.
func Classes() []Class {
	return []Class{ClassTransient, ClassRateLimited, ClassAuthRevoked, ClassPermission, ClassNotAvailable,
		ClassNotFound, ClassCursorExpired, ClassInvalidResponse, ClassConfig, ClassCanceled, ClassInternal}
}

// Error is a failure told to a person: what happened, why, and what to do next.
// It carries no secret and no personal data beyond identifiers.
type Error struct {
	Class  Class
	Code   string    // the vendor's or our own short code, "" if there is none
	Status int       // HTTP status, 0 if none
	What   string    // what happened, a sentence without a full stop
	Hint   string    // what to do next, a sentence; "" if nothing can be done
	Scope  string    // the permission that is missing, where known
	Until  time.Time // rate_limited: when to ask again; zero if unknown
	Field  string    // the setting or input field at fault, "" if none
	Err    error     // the cause, may be nil
}

// Error returns what happened, with the cause.
func (e *Error) Error() string {
	s := e.What
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if s == "" {
		s = string(e.Class)
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ClassOf returns the class of err, ClassInternal if it has none, "" for nil.
func ClassOf(err error) Class {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return ClassInternal
}

// Problem is a refused input of a person or program: never a vendor's failure.
type Problem struct {
	Kind  ProblemKind
	Field string // the input field at fault, "" if it is none in particular
	What  string // what is wrong
	Hint  string // what to do
}

// ProblemKind says how an input was refused; pages, API and command line map it.
type ProblemKind string

// The kinds of refusal.
const (
	ProblemInvalid   ProblemKind = "invalid"   // 422
	ProblemNotFound  ProblemKind = "not_found" // 404
	ProblemForbidden ProblemKind = "forbidden" // 403
	ProblemConflict  ProblemKind = "conflict"  // 409
	ProblemSignIn    ProblemKind = "sign_in"   // 401
	ProblemProve     ProblemKind = "prove"     // 403: whoever is signed in must prove again who they are
	ProblemTooMany   ProblemKind = "too_many"  // 429
	ProblemTooLarge  ProblemKind = "too_large" // 413
	ProblemPaused    ProblemKind = "paused"    // 503: frozen, or the database is away
)

// Error returns the refusal in words.
func (p *Problem) Error() string {
	s := p.What
	if p.Field != "" {
		s = p.Field + ": " + s
	}
	if p.Hint != "" {
		s += ". " + p.Hint
	}
	return s
}

// Invalid refuses the named field.
func Invalid(field, format string, args ...any) *Problem {
	return &Problem{Kind: ProblemInvalid, Field: field, What: fmt.Sprintf(format, args...)}
}

// NotFound says that there is no such thing, or none that the asker may see.
func NotFound(what, id string) *Problem {
	return &Problem{Kind: ProblemNotFound, What: fmt.Sprintf("there is no %s %q", what, id)}
}
