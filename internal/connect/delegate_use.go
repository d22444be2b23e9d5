package connect

import (
	"context"
	"net/url"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// DelegateWork is all that a delegate sees: one connection.
type DelegateWork struct {
	Name    string            `json:"name"` // of the instance
	MadeBy  string            `json:"made_by"`
	Until   time.Time         `json:"until"`
	Taken   bool              `json:"taken"` // a browser has begun with the link
	Preview Preview           `json:"preview"`
	Tasks   []purser.TaskName `json:"tasks"`
	Auth    string            `json:"auth"`
	Stored  bool              `json:"stored"` // something was entered already
	Tested  bool              `json:"tested"` // and the vendor accepted it
}

// linkOver is the one refusal for every link that cannot be used, whatever the reason.
func linkOver() *purser.Problem {
	return &purser.Problem{Kind: purser.ProblemForbidden, Field: "token", What: "this link cannot be used: it was used already, in another browser, was taken back, or is too old",
		Hint: "Ask whoever sent it for a new one"}
}

// OpenDelegation says what a link is for. It uses nothing up: mail scanners open links, too.
func (s *Service) OpenDelegation(ctx context.Context, token, origin string) (DelegateWork, error) {
	l, err := s.delegateLink(ctx, hashOf(token), "", origin)
	if err != nil {
		return DelegateWork{}, err
	}
	i, err := store.Instance(ctx, s.db.Read(), l.InstanceID)
	if err != nil {
		return DelegateWork{}, err
	}
	w := DelegateWork{Name: i.Name, MadeBy: l.MadeBy, Until: l.ExpiresAt.Time(), Taken: l.Browser != ""}
	if c := s.links.Catalog.Get(i.Connector); c != nil {
		w.Preview.Title = c.Manifest.Title
	}
	return w, nil
}

// BeginDelegation binds a link to the browser that asks first, and returns the
// cookie by which that browser is known from then on.
func (s *Service) BeginDelegation(ctx context.Context, token, origin string) (cookie string, err error) {
	l, err := s.delegateLink(ctx, hashOf(token), "", origin)
	if err != nil {
		return "", err
	}
	if cookie, err = s.secret(); err != nil {
		return "", err
	}
	ctx = s.asDelegate(ctx, l, origin)
	return cookie, s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		ok, err := store.BindDelegateLink(ctx, tx, l.ID, hashOf(cookie), origin, purser.MicrosOf(s.now()))
		if err != nil {
			return err
		}
		if !ok {
			return linkOver()
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: l.InstanceID, At: s.now(), After: map[string]any{"delegate_link": l.ID, "event": "begun in a browser"}})
	})
}

// delegateLink returns a link that can be used.
func (s *Service) delegateLink(ctx context.Context, hash, browser, origin string) (store.DelegateLink, error) {
	if wait := s.tries.wait(origin, s.now()); wait > 0 {
		return store.DelegateLink{}, &purser.Problem{Kind: purser.ProblemTooMany, What: "too many links from this address could not be used", Hint: "Try again in a quarter of an hour"}
	}
	l, ok, err := store.DelegateLinkBy(ctx, s.db.Read(), hash, browser)
	if err != nil {
		return l, err
	}
	if !ok || s.delegation(l).State != "waiting" && s.delegation(l).State != "begun" {
		s.tries.failed(origin, s.now())
		return l, linkOver()
	}
	return l, nil
}

// asDelegate returns a context that may do nothing but enter and test the
// credential of the link's instance.
func (s *Service) asDelegate(ctx context.Context, l store.DelegateLink, origin string) context.Context {
	name := "delegate"
	if l.Note != "" {
		name += " (" + l.Note + ")"
	}
	ctx = purser.WithActor(ctx, purser.Actor{Kind: purser.ActorDelegate, ID: l.ID, Name: name, Origin: origin, Session: l.Browser})
	return context.WithValue(ctx, delegated{}, l.InstanceID)
}

// enter returns the link of a bound browser with the context in which it works.
func (s *Service) enter(ctx context.Context, cookie, origin string) (context.Context, store.DelegateLink, error) {
	if cookie == "" {
		return ctx, store.DelegateLink{}, linkOver()
	}
	l, err := s.delegateLink(ctx, "", hashOf(cookie), origin)
	if err != nil {
		return ctx, l, err
	}
	return s.asDelegate(ctx, l, origin), l, nil
}

// Delegated returns the work of the browser with this cookie.
func (s *Service) Delegated(ctx context.Context, cookie, origin string) (DelegateWork, error) {
	_, l, err := s.enter(ctx, cookie, origin)
	if err != nil {
		return DelegateWork{}, err
	}
	i, err := store.Instance(ctx, s.db.Read(), l.InstanceID)
	if err != nil {
		return DelegateWork{}, err
	}
	c, err := s.connector(i.Connector)
	if err != nil {
		return DelegateWork{}, err
	}
	m := c.Manifest
	w := DelegateWork{Name: i.Name, MadeBy: l.MadeBy, Until: l.ExpiresAt.Time(), Taken: true, Auth: i.Auth}
	w.Preview = Preview{Connector: m.Name, Title: m.Title, Hosts: shownHosts(m, i.Settings), Auth: authOptions(m), Setup: string(c.Setup), Redirect: s.RedirectURL(),
		Safelist: s.safelist, Base: baseScopes(m, i.Settings), Needs: m.Needs}
	if w.Tasks, err = s.enabled(ctx, i.ID); err != nil {
		return w, err
	}
	for _, name := range w.Tasks {
		if t := taskOf(m, name); t != nil {
			w.Preview.Tasks = append(w.Preview.Tasks, taskPreview(m, i.Settings, t))
		}
	}
	t, err := store.TestedOf(ctx, s.db.Read(), i.ID)
	if err != nil {
		return w, err
	}
	id, _, err := s.current(ctx, i.ID)
	if err != nil {
		return w, err
	}
	if r, err := store.CredentialByID(ctx, s.db.Read(), id); err == nil {
		// What was there before the link was opened is none of the delegate's.
		w.Stored = r.EnteredAt.UnixMicro() >= int64(l.BoundAt) || r.UsedAt.UnixMicro() >= int64(l.BoundAt)
		w.Tested = w.Stored && t.OK && t.EnteredAt == r.EnteredAt.UnixMicro()
		w.Auth = r.Auth
	}
	return w, nil
}

// DelegateSet enters a credential for the delegate's connection.
func (s *Service) DelegateSet(ctx context.Context, cookie, origin, auth string, fields map[string]string) error {
	ctx, l, err := s.enter(ctx, cookie, origin)
	if err != nil {
		return err
	}
	return s.SetCredential(ctx, l.InstanceID, auth, fields)
}

// DelegateAuthorize returns the vendor's consent page for the delegate's browser.
func (s *Service) DelegateAuthorize(ctx context.Context, cookie, origin string) (string, error) {
	ctx, l, err := s.enter(ctx, cookie, origin)
	if err != nil {
		return "", err
	}
	return s.StartAuthorize(ctx, l.InstanceID, l.Browser)
}

// DelegateAuthorized takes the vendor's answer that the delegate's browser brought back.
func (s *Service) DelegateAuthorized(ctx context.Context, cookie, origin string, query url.Values) error {
	ctx, l, err := s.enter(ctx, cookie, origin)
	if err != nil {
		return err
	}
	_, err = s.FinishAuthorize(ctx, l.Browser, query)
	return err
}

// DelegateTest asks the vendor whether what was entered works. tenant chooses one
// of several organizations, where the connection is not confirmed for one yet.
func (s *Service) DelegateTest(ctx context.Context, cookie, origin, tenant string) (TestResult, error) {
	ctx, l, err := s.enter(ctx, cookie, origin)
	if err != nil {
		return TestResult{}, err
	}
	w, err := s.Delegated(ctx, cookie, origin)
	if err != nil {
		return TestResult{}, err
	}
	if !w.Stored {
		return TestResult{}, &purser.Problem{Kind: purser.ProblemConflict, Field: "credential", What: "nothing was entered with this link yet", Hint: "Enter the credential first"}
	}
	if tenant != "" {
		if err := s.ChooseTenant(ctx, l.InstanceID, tenant); err != nil {
			return TestResult{}, err
		}
	}
	return s.Test(ctx, l.InstanceID)
}

// DelegateFinish hands the tested connection over: the link is used up, and an
// admin's confirmation is waited for.
func (s *Service) DelegateFinish(ctx context.Context, cookie, origin string) error {
	ctx, l, err := s.enter(ctx, cookie, origin)
	if err != nil {
		return err
	}
	w, err := s.Delegated(ctx, cookie, origin)
	if err != nil {
		return err
	}
	if !w.Tested {
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "credential", What: "the connection was not tested successfully yet", Hint: "Test it first"}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		ok, err := store.FinishDelegateLink(ctx, tx, l.ID, purser.MicrosOf(s.now()))
		if err != nil {
			return err
		}
		if !ok {
			return linkOver()
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: l.InstanceID, At: s.now(), After: map[string]any{"delegate_link": l.ID, "event": "handed over"}})
	})
}
