package credential

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"purser"
)

// ErrRefused stands in an error's chain when the vendor's token endpoint itself
// refused the credential and a second reading confirmed that nobody had renewed
// it meanwhile. Nothing else may revoke an instance at once.
var ErrRefused = errors.New("the vendor no longer accepts the credential")

// want is which token is asked for.
type want struct {
	name    string
	scopes  []string
	refused string // the grip of the token that the vendor just refused, "" for none
}

func (w want) key(s *Session) string {
	if s.apart() {
		return tokenKey(w.name, w.scopes)
	}
	return tokenKey(w.name, nil)
}

// apart reports whether each set of scopes has a token of its own.
func (s *Session) apart() bool {
	grant := s.use.Auth.Grant
	return s.use.Auth.ScopesPer == "stream" || s.use.Apart && (grant == "client_credentials" || grant == "jwt_bearer")
}

// token hands out a token: from memory, from the store, or newly obtained.
func (s *Session) token(ctx context.Context, name string, scopes []string, refused string) (held, error) {
	w := want{name: name, scopes: scopes, refused: refused}
	if !s.apart() {
		w.scopes = s.use.Scopes[name]
	}
	s.mu.Lock()
	o := s.last
	s.mu.Unlock()
	if o != nil {
		if t := o.ring.Tokens[w.key(s)]; t.fresh(s.broker.Now(), refused) {
			return t, nil
		}
	}
	return s.broker.token(ctx, s, w)
}

// token is the one function that obtains tokens.
func (b *Broker) token(ctx context.Context, s *Session, w want) (held, error) {
	o, err := b.open(ctx, s)
	if err != nil {
		return held{}, err
	}
	if t := o.ring.Tokens[w.key(s)]; t.fresh(b.Now(), w.refused) {
		return t, nil
	}
	release, err := b.acquire(ctx, s.use.CredentialID)
	if err != nil {
		return held{}, err
	}
	defer release()
	// A confirming second reading is worth one more try if it finds another generation.
	var tried int64
	for {
		if o, err = b.open(ctx, s); err != nil {
			return held{}, err
		}
		t := o.ring.Tokens[w.key(s)]
		if t.fresh(b.Now(), w.refused) {
			return t, nil
		}
		if !s.renewable(t) {
			return s.unrenewable(t)
		}
		if tried == o.record.Generation {
			break
		}
		tried = o.record.Generation
		fresh, err := b.renew(ctx, s, o, w, t)
		if err == nil {
			return fresh, nil
		}
		if !errors.Is(err, errRefusedOnce) {
			return held{}, err
		}
		if again, readErr := b.Store.Credential(ctx, s.use.CredentialID); readErr != nil {
			return held{}, fmt.Errorf("read the credential again: %w", readErr)
		} else if again.Generation == o.record.Generation {
			return held{}, confirmed(err)
		}
	}
	return held{}, &purser.Error{Class: purser.ClassTransient, Code: "credential_changed",
		What: "the credential was changed while it was refreshed", Hint: "It is tried again by itself."}
}

// errRefusedOnce marks a refusal that a second reading has yet to confirm.
var errRefusedOnce = errors.New("refused")

func confirmed(err error) error {
	told, _ := errors.AsType[*purser.Error](err)
	final := *told
	final.Err = ErrRefused
	return &final
}

// renewable reports whether a new token can be had without a person.
func (s *Session) renewable(t held) bool {
	return s.use.Auth.Grant != "code" || t.Refresh != ""
}

// unrenewable returns a token that is all there is: the vendor will say whether it holds.
func (s *Session) unrenewable(t held) (held, error) {
	if t.Access != "" && (t.ExpiresAt.IsZero() || s.broker.Now().Before(t.ExpiresAt)) {
		return t, nil
	}
	what := "nobody has authorized this instance at the vendor yet"
	if t.Access != "" {
		what = "the authorization has ended, and the vendor gave nothing to renew it with"
	}
	return held{}, &purser.Error{Class: purser.ClassAuthRevoked, Code: "not_authorized", What: what, Hint: "Authorize at the vendor."}
}

// renew obtains a token and stores it before anybody may use it.
func (b *Broker) renew(ctx context.Context, s *Session, o *opened, w want, old held) (held, error) {
	fresh, err := b.obtain(ctx, s, o, w, old)
	if b.Renewed != nil {
		b.Renewed(err)
	}
	if err != nil {
		return held{}, err
	}
	// From here on the old refresh token may be dead: a cancellation must not lose the new one.
	ctx = context.WithoutCancel(ctx)
	for range 5 {
		o.ring.Tokens[w.key(s)] = fresh
		err := b.keep(ctx, o)
		if err == nil {
			s.learn(o)
			return fresh, nil
		}
		if !errors.Is(err, ErrConflict) {
			return held{}, fmt.Errorf("store the new token before its first use: %w", err)
		}
		entered, ring := o.record.EnteredAt, o.ring
		if o, err = b.open(ctx, s); err != nil {
			return held{}, err
		}
		if !o.record.EnteredAt.Equal(entered) {
			break // a person replaced the credential: the new token belongs to the old one
		}
		o.ring.DPoP, o.ring.Answer = ring.DPoP, ring.Answer
	}
	return held{}, &purser.Error{Class: purser.ClassTransient, Code: "credential_changed",
		What: "the credential was changed while it was refreshed", Hint: "It is tried again by itself."}
}

// scopeText joins scopes as the vendor wants them.
func scopeText(prefix, separator string, scopes, always []string) string {
	if separator == "" {
		separator = " "
	}
	var out []string
	for _, scope := range slices.Concat(always, scopes) {
		if prefix != "" && !strings.Contains(scope, "://") && !slices.Contains(always, scope) {
			scope = prefix + scope
		}
		if !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	return strings.Join(out, separator)
}
