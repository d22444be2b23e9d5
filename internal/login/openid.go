package login

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/login/oidc"
	"purser/internal/store"
)

// Provider is where people sign in by OpenID Connect; oidc.Provider is one.
type Provider interface {
	Name() string
	Issuer() string
	AuthURL(ctx context.Context, a oidc.Ask) (string, error)
	Identify(ctx context.Context, a oidc.Ask, back url.Values) (oidc.Identity, error)
	SignOutURL(ctx context.Context, back string) string
}

// OpenID is a provider with whom of its people Purser lets in.
type OpenID struct {
	Provider  Provider
	Admission Admission
	SignOut   bool // whoever signs out here is offered to sign out there
}

// flowLife is how long a browser may take to the provider and back.
const flowLife = 10 * time.Minute

// OpenIDPurpose is why a browser goes to the provider.
type OpenIDPurpose string

// The purposes.
const (
	OpenIDSignIn OpenIDPurpose = "sign_in"
	OpenIDInvite OpenIDPurpose = "invite" // with an invitation's link
	OpenIDLink   OpenIDPurpose = "link"   // binds the one who is signed in
	OpenIDProve  OpenIDPurpose = "prove"  // proves again who is signed in
)

// Trip is one way to the provider and back.
type Trip struct {
	Purpose    OpenIDPurpose
	Next       string // path of the page where it goes on
	Invitation string // token of the invitation's link
	Redirect   string // where the provider sends the browser back to
	Origin     string // address of the browser
	Browser    string // what the browser keeps in a cookie; Depart makes one if it is ""
}

// packed is what is sealed of a trip.
type packed struct {
	Nonce, Verifier, Next, Invitation, Redirect string
}

// ProviderName is what people call the provider, "" if none is configured.
func (s *Service) ProviderName() string {
	if s.openID == nil {
		return ""
	}
	return s.openID.Provider.Name()
}

// ProviderSignOut is where a browser ends its session at the provider, "" if
// there is no such page.
func (s *Service) ProviderSignOut(ctx context.Context, back string) string {
	if s.openID == nil || !s.openID.SignOut {
		return ""
	}
	return s.openID.Provider.SignOutURL(ctx, back)
}

// Depart begins a trip: the address at the provider, and what the browser must
// keep until it is back.
func (s *Service) Depart(ctx context.Context, t Trip) (to, browser string, err error) {
	if s.openID == nil || s.sealer == nil {
		return "", "", &purser.Problem{Kind: purser.ProblemNotFound, What: "no provider of OpenID Connect is configured", Hint: "Sign in with your password"}
	}
	actor, known := purser.ActorFrom(ctx)
	if (t.Purpose == OpenIDLink || t.Purpose == OpenIDProve) && (!known || actor.Session == "") {
		return "", "", &purser.Problem{Kind: purser.ProblemSignIn, What: "nobody is signed in", Hint: "Sign in first"}
	}
	if !known {
		wait, err := s.limiter.begin(ctx, tripTries(t.Origin))
		if err != nil {
			return "", "", err
		}
		if wait > 0 {
			return "", "", tooMany("too many sign-ins were begun from your network", wait)
		}
	}
	var secrets [4]string
	for i := range secrets {
		if secrets[i], err = newSecret(s.rand); err != nil {
			return "", "", err
		}
	}
	state, nonce, verifier := secrets[0], secrets[1], secrets[2]
	if browser = t.Browser; browser == "" {
		browser = secrets[3]
	}
	plain, err := json.Marshal(packed{Nonce: nonce, Verifier: verifier, Next: t.Next, Invitation: t.Invitation, Redirect: t.Redirect})
	if err != nil {
		return "", "", fmt.Errorf("packing the trip: %w", err)
	}
	row := store.OIDCFlow{State: digest(state), Browser: digest(browser), SessionID: actor.Session, Purpose: string(t.Purpose),
		CreatedAt: purser.MicrosOf(s.now()), ExpiresAt: purser.MicrosOf(s.now().Add(flowLife))}
	if row.Sealed, err = s.sealer.Seal(plain, row.State, "oidc flow"); err != nil {
		return "", "", err
	}
	// The provider is asked first: one that is away leaves nothing behind.
	ask := oidc.Ask{State: state, Nonce: nonce, Verifier: verifier, Redirect: t.Redirect, Fresh: t.Purpose == OpenIDLink || t.Purpose == OpenIDProve}
	if to, err = s.openID.Provider.AuthURL(ctx, ask); err != nil {
		return "", "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.PutOIDCFlow(ctx, tx, row, purser.MicrosOf(s.now()))
	})
	if err != nil {
		return "", "", fmt.Errorf("keeping the trip: %w", err)
	}
	return to, browser, nil
}

// Arrival is what came of a trip.
type Arrival struct {
	Purpose OpenIDPurpose
	Next    string
	Cookie  string // of a new session, "" where there was one
}

// Arrive ends a trip with what the provider sent along. Purpose and Next are set
// for a known trip also where it ends in a refusal.
func (s *Service) Arrive(ctx context.Context, browser string, back url.Values, origin string) (a Arrival, err error) {
	over := &purser.Problem{Kind: purser.ProblemForbidden, What: "this sign-in took too long, was finished already, or began in another browser",
		Hint: "Begin again"}
	if s.openID == nil || s.sealer == nil {
		return a, over
	}
	row, ok, err := s.takeFlow(ctx, digest(back.Get("state")))
	if err != nil {
		return a, fmt.Errorf("looking up the trip: %w", err)
	}
	actor, _ := purser.ActorFrom(ctx)
	if !ok || s.now().After(row.ExpiresAt.Time()) || subtle.ConstantTimeCompare([]byte(row.Browser), []byte(digest(browser))) != 1 {
		return a, over
	}
	plain, err := s.sealer.Open(row.Sealed, row.State, "oidc flow")
	if err != nil {
		return a, err
	}
	var p packed
	if err := json.Unmarshal(plain, &p); err != nil {
		return a, fmt.Errorf("unpacking the trip: %w", err)
	}
	a.Purpose, a.Next = OpenIDPurpose(row.Purpose), p.Next
	if (a.Purpose == OpenIDLink || a.Purpose == OpenIDProve) && (row.SessionID == "" || row.SessionID != actor.Session) {
		return a, over
	}
	ask := oidc.Ask{State: back.Get("state"), Nonce: p.Nonce, Verifier: p.Verifier, Redirect: p.Redirect}
	id, err := s.openID.Provider.Identify(ctx, ask, back)
	if err != nil {
		return a, err
	}
	switch a.Purpose {
	case OpenIDSignIn:
		a.Cookie, err = s.enter(ctx, id, origin)
	case OpenIDInvite:
		a.Cookie, err = s.enterInvited(ctx, id, p.Invitation, origin)
	case OpenIDLink:
		err = s.bindAsker(ctx, actor, id)
	case OpenIDProve:
		err = s.provedThere(ctx, actor, id, row.CreatedAt.Time())
	default:
		err = over
	}
	return a, err
}

func (s *Service) takeFlow(ctx context.Context, state string) (row store.OIDCFlow, ok bool, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, ok, err = store.TakeOIDCFlow(ctx, tx, state)
		return err
	})
	return row, ok, err
}

// clockSlack is how far apart the clocks of provider and server may be.
const clockSlack = time.Minute

// provedThere accepts a sign-in at the provider that is younger than the trip.
func (s *Service) provedThere(ctx context.Context, actor purser.Actor, id oidc.Identity, begun time.Time) error {
	row, ok, err := store.IdentityBySubject(ctx, s.db.Read(), s.openID.Provider.Issuer(), id.Subject)
	if err != nil {
		return fmt.Errorf("looking up the identity: %w", err)
	}
	if !ok || row.UserID != actor.ID {
		return &purser.Problem{Kind: purser.ProblemForbidden, What: "you signed in at " + s.ProviderName() + " as somebody else than here",
			Hint: "Sign in there with your own account"}
	}
	if err := s.signedInSince(id, begun); err != nil {
		return err
	}
	return s.proved(ctx, actor, WayProvider)
}

// signedInSince refuses a session at the provider that was there before: whoever
// sits at an open browser has that, too.
func (s *Service) signedInSince(id oidc.Identity, begun time.Time) error {
	switch {
	case id.AuthTime.IsZero():
		return &purser.Problem{Kind: purser.ProblemForbidden, What: s.ProviderName() + " does not say when you signed in there",
			Hint: "The provider must send the claim auth_time; until then use a password of this Purser, if you have one"}
	case id.AuthTime.Before(begun.Add(-clockSlack)):
		return &purser.Problem{Kind: purser.ProblemForbidden, What: s.ProviderName() + " did not ask you to sign in again",
			Hint: "Sign out there, then try again"}
	}
	return nil
}

func (s *Service) noteIdentity(ctx context.Context, tx bun.Tx, user store.User, event string, more map[string]any) error {
	after := map[string]any{"event": event, "issuer": s.openID.Provider.Issuer()}
	for k, v := range more {
		after[k] = v
	}
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpUserWrite, Object: user.ID, ObjectName: user.Email, After: after, At: s.now()})
}
