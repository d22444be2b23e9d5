package connect

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/credential"
	"purser/internal/manifest"
	"purser/internal/store"
	"purser/internal/vendorhttp"
)

// StartAuthorize returns the vendor's consent page for the browser with this
// session. What comes back from there counts once, for ten minutes, for this
// browser, instance and connector. On a connected instance the grant stands
// beside the one in use until Confirm.
func (s *Service) StartAuthorize(ctx context.Context, instanceID, session string) (string, error) {
	if err := s.allow(ctx, purser.OpCredentialSet, instanceID); err != nil {
		return "", err
	}
	if session == "" {
		return "", &purser.Problem{Kind: purser.ProblemSignIn, What: "the vendor's consent page needs a browser that is signed in here", Hint: "Open the instance's page in a browser"}
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return "", err
	}
	if err := notDeleting(i); err != nil {
		return "", err
	}
	id, pending, err := s.current(ctx, i.ID)
	if err != nil {
		return "", err
	}
	r, err := s.record(ctx, i, id)
	if err != nil {
		return "", err
	}
	i.Auth = r.Auth
	if i.Confirmed && !pending {
		if err := s.beside(ctx, i); err != nil {
			return "", err
		}
		id = CredentialID(i.ID, true)
	}
	link, err := s.linkFor(ctx, i, id)
	if err != nil {
		return "", err
	}
	held, err := s.held(ctx, i)
	if err != nil {
		return "", err
	}
	link.Session.Widen(held)
	actor, _ := purser.ActorFrom(ctx)
	u, err := s.links.Broker.Begin(ctx, link.Session, credential.Consent{InstanceID: i.ID, Connector: i.Connector, UserID: actor.ID,
		Browser: session, Redirect: s.RedirectURL()})
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: i.ID, ObjectName: i.Name, At: s.now(),
			After: map[string]any{"authorization": "begun", "host": u.Host}})
	})
	if err != nil {
		return "", err
	}
	return s.browser(u).String(), nil
}

// FinishAuthorize takes the vendor's answer that the browser brought back, and
// stores what was granted. The id of the instance is returned also with an error
// where it is known, so that the page can go on there.
func (s *Service) FinishAuthorize(ctx context.Context, session string, query url.Values) (instanceID string, err error) {
	if err := s.allow(ctx, purser.OpCredentialSet, ""); err != nil {
		return "", err
	}
	flow, err := s.links.Broker.Take(ctx, query.Get("state"), session)
	if err != nil {
		return "", err
	}
	if err := s.allow(ctx, purser.OpCredentialSet, flow.InstanceID); err != nil {
		return "", err
	}
	i, err := store.Instance(ctx, s.db.Read(), flow.InstanceID)
	if err != nil {
		return "", err
	}
	c, err := s.connector(i.Connector)
	if err != nil {
		return i.ID, err
	}
	if code := query.Get("error"); code != "" {
		return i.ID, denial(c.Manifest, code, query.Get("error_description"))
	}
	if query.Get("code") == "" {
		return i.ID, purser.Invalid("code", "%s sent the browser back without a code", c.Manifest.Title)
	}
	id, _, err := s.current(ctx, i.ID)
	if err != nil {
		return i.ID, err
	}
	i.Auth = flow.Auth
	link, err := s.linkFor(ctx, i, id)
	if err != nil {
		return i.ID, err
	}
	if _, err := s.links.Broker.Exchange(ctx, link.Session, flow, query.Get("code")); err != nil {
		return i.ID, err
	}
	return i.ID, s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		tested := store.Tested{}
		if m := c.Manifest; m.Tenant != nil && m.Tenant.From.Params != "" {
			tested.TenantID = query.Get(m.Tenant.From.Params)
			tested.TenantName = tested.TenantID
		}
		if err := store.PutTested(ctx, tx, i.ID, tested); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: i.ID, ObjectName: i.Name, At: s.now(),
			After: map[string]any{"authorization": "granted", "scopes_asked": flow.Scopes}})
	})
}

// linkFor opens the link of an instance with a credential and the scopes of its enabled tasks.
func (s *Service) linkFor(ctx context.Context, i purser.Instance, credentialID string) (*Link, error) {
	tasks, err := s.asked(ctx, i)
	if err != nil {
		return nil, err
	}
	return s.links.open(i, credentialID, tasks, func(e vendorhttp.Event) { s.countCall(ctx, i.No, e) })
}

// enabled returns the tasks of an instance that are switched on.
func (s *Service) enabled(ctx context.Context, instanceID string) ([]purser.TaskName, error) {
	return enabledTasks(ctx, s.db, instanceID)
}

func enabledTasks(ctx context.Context, db *store.DB, instanceID string) ([]purser.TaskName, error) {
	rows, err := store.TaskRows(ctx, db.Read(), instanceID)
	if err != nil {
		return nil, err
	}
	var out []purser.TaskName
	for _, name := range purser.TaskNames() {
		if slices.ContainsFunc(rows, func(r store.TaskRow) bool { return r.Enabled && r.Task == string(name) }) {
			out = append(out, name)
		}
	}
	return out, nil
}

// denial says in words why the vendor sent the browser back empty-handed (RFC
// 6749, section 4.1.2.1). The vendor's own words are kept short and plain: they
// come from the address bar.
func denial(m *manifest.Manifest, code, said string) *purser.Problem {
	p := &purser.Problem{Kind: purser.ProblemForbidden, Field: "authorization"}
	switch code {
	case "access_denied", "user_denied", "consent_required", "interaction_required":
		p.What, p.Hint = m.Title+" was not allowed: the request was denied on the vendor's page", "Begin again and allow it, or choose fewer tasks so that fewer permissions are asked for"
	case "invalid_scope", "invalid_scope_requested":
		p.What, p.Hint = m.Title+" does not know one of the permissions that were asked for, or the client there does not list it", "Add the scopes shown here to the client at the vendor, then begin again"
	case "unauthorized_client", "unsupported_response_type":
		p.What, p.Hint = m.Title+" does not let this client authorize in the browser", "Check the kind of the client at the vendor and its redirect address"
	case "redirect_uri_mismatch", "bad_redirect_uri":
		p.What, p.Hint = m.Title+" does not know the redirect address", "Register the redirect address exactly as it is shown here"
	case "server_error", "temporarily_unavailable":
		p.What, p.Hint = m.Title+" has a problem of its own at the moment", "Try again in some minutes"
	default:
		p.What, p.Hint = m.Title+" refused the authorization ("+plain(code, 40)+")", "Look at the client's settings at the vendor, then begin again"
	}
	if said = plain(said, 200); said != "" {
		p.What += ". It says: " + said
	}
	return p
}

// plain keeps letters, digits and simple punctuation of a foreign text.
func plain(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune("<>\"'`\\\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", r) {
			return -1
		}
		return r
	}, text)
	if r := []rune(text); len(r) > limit {
		text = string(r[:limit]) + "…"
	}
	return strings.TrimSpace(text)
}
