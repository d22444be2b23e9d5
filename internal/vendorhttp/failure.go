package vendorhttp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"

	"purser"
	"purser/internal/refusal"
)

// canceled is a person's or a shutdown's word, not the vendor's.
func canceled(ctx context.Context) *purser.Error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &purser.Error{Class: purser.ClassTransient, Code: "deadline", What: "the time for this request was up",
			Hint: refusal.Hint(purser.ClassTransient, "")}
	}
	return &purser.Error{Class: purser.ClassCanceled, Code: "canceled", What: "the request was canceled", Err: ctx.Err()}
}

// unanswered is a request that got no answer.
func (s *sending) unanswered(ctx context.Context, err error, sent bool) *purser.Error {
	if told := s.stopped(ctx); told != nil {
		return told
	}
	if told, ok := errors.AsType[*purser.Error](err); ok { // from egress: nothing was sent
		if told.Class == purser.ClassTransient && s.r.Write {
			c := *told
			c.Code = notSent
			return &c
		}
		return told
	}
	if told := s.certificate(err); told != nil {
		return told
	}
	told := &purser.Error{Class: purser.ClassTransient, Code: "network", What: s.u.Host + " did not answer " + s.what(),
		Hint: "It is tried again by itself. If it goes on, check the network, the outbound proxy, and whether the vendor allows calls from this server's address.", Err: plain(err)}
	if !sent {
		told.Code = notSent
	}
	return told
}

// certificate tells a wrong name or certificate from a passing trouble.
func (s *sending) certificate(err error) *purser.Error {
	var (
		verify    *tls.CertificateVerificationError
		name      x509.HostnameError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	if !errors.As(err, &verify) && !errors.As(err, &name) && !errors.As(err, &authority) && !errors.As(err, &invalid) && !errors.As(err, &record) {
		return nil
	}
	return &purser.Error{Class: purser.ClassConfig, Code: "tls", What: s.u.Host + " does not show a valid certificate for its name",
		Hint: "Check the host in the instance's settings, and whether a proxy in between breaks encrypted connections open.", Err: err}
}

// unread is an answer whose body did not arrive as a whole.
func (s *sending) unread(ctx context.Context, status int, err error) *purser.Error {
	if told := s.stopped(ctx); told != nil {
		told.Status = status
		return told
	}
	switch {
	case errors.Is(err, errTooLarge):
		return &purser.Error{Class: purser.ClassInvalidResponse, Code: tooLarge, Status: status, What: s.what() + " was answered with more than one answer may hold",
			Hint: "If the vendor really sends so much at once, ask for smaller pages."}
	case errors.Is(err, errPacking):
		return &purser.Error{Class: purser.ClassInvalidResponse, Code: "packing", Status: status, What: s.what() + " was answered in an encoding that was not asked for"}
	}
	return &purser.Error{Class: purser.ClassTransient, Code: "cut", Status: status, What: "the answer to " + s.what() + " broke off",
		Hint: refusal.Hint(purser.ClassTransient, ""), Err: plain(err)}
}

// stopped tells why the context ended: our own bounds, or somebody's word.
func (s *sending) stopped(ctx context.Context) *purser.Error {
	cause := context.Cause(ctx)
	switch {
	case cause == nil:
		return nil
	case errors.Is(cause, errIdle), errors.Is(cause, errTotal):
		return &purser.Error{Class: purser.ClassTransient, Code: "slow", What: s.u.Host + " is too slow with " + s.what(),
			Hint: refusal.Hint(purser.ClassTransient, ""), Err: cause}
	}
	return canceled(ctx)
}

// plain keeps of a network error what helps, without addresses that carry a query.
func plain(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}
