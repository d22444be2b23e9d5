package connect

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"purser"
	"purser/internal/manifest"
	"purser/internal/store"
	"purser/internal/vendorhttp"
)

// Writers opens instances for actions.
type Writers struct {
	Links Links
	DB    *store.DB
}

// Open makes an instance ready to be written to with its credential in use.
// record is told each request, which is counted among the instance's calls as well.
func (w Writers) Open(ctx context.Context, i purser.Instance, record func(purser.LogLine)) (*vendorhttp.Caller, error) {
	tasks, err := enabledTasks(ctx, w.DB, i.ID)
	if err != nil {
		return nil, err
	}
	link, err := w.Links.openTo(i, CredentialID(i.ID, false), tasks, func(e vendorhttp.Event) { record(line(e)) }, true)
	if err != nil {
		return nil, err
	}
	return link.caller, nil
}

// Permits asks whether the credential may do what the actions behind a switch
// need. missing names the permissions that are not granted; browser says that
// they are granted on the vendor's page, by authorizing anew. Nothing is written
// at the vendor: where a credential obtains its tokens by itself, one is obtained.
func (w Writers) Permits(ctx context.Context, i purser.Instance, sw purser.Switch) (missing []string, browser bool, err error) {
	tasks, err := enabledTasks(ctx, w.DB, i.ID)
	if err != nil {
		return nil, false, err
	}
	link, err := w.Links.openTo(i, CredentialID(i.ID, false), tasks, nil, true)
	if err != nil {
		return nil, false, err
	}
	m := link.Connector.Manifest
	switch link.Auth.Grant {
	case "code":
		by, err := link.grantedBy(ctx)
		if err != nil || by == nil {
			return nil, true, err
		}
		for _, token := range tokenNames(link.Auth) {
			missing = append(missing, m.ScopesOfActions(token, string(sw)).Missing(by[token]).Asked(m, i.Settings)...)
		}
		return missing, true, nil
	case "client_credentials", "jwt_bearer":
		for n := range m.Actions {
			a := &m.Actions[n]
			asked := a.Scopes.Asked(m, i.Settings)
			if purser.Switch(a.Switch()) != sw || len(asked) == 0 || slices.ContainsFunc(asked, func(s string) bool { return slices.Contains(missing, s) }) {
				continue
			}
			err := link.tryToken(ctx, a.Token, asked)
			if told, ok := errors.AsType[*purser.Error](err); ok && told.Class != purser.ClassTransient && told.Class != purser.ClassRateLimited && told.Class != purser.ClassCanceled {
				missing = append(missing, asked...)
				continue
			}
			if err != nil {
				return nil, false, err
			}
		}
	}
	return missing, false, nil
}

// tryToken obtains a token for scopes; the request that it stands for is not sent.
func (k *Link) tryToken(ctx context.Context, token string, scopes []string) error {
	if len(k.Pins) == 0 {
		return nil
	}
	r := (&http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "https", Host: k.Pins[0], Path: "/"}, Header: http.Header{}}).WithContext(ctx)
	_, err := k.Session.Authorize(ctx, r, token, scopes, "")
	return err
}

// asked returns what an instance's credential is asked for: its enabled tasks and,
// where a person grants all of it at once on the vendor's page, its switches.
func (s *Service) asked(ctx context.Context, i purser.Instance) ([]purser.TaskName, error) {
	tasks, err := s.enabled(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	c := s.links.Catalog.Get(i.Connector)
	if c == nil {
		return tasks, nil
	}
	if auth := c.Manifest.AuthNamed(i.Auth); auth == nil || auth.Grant != "code" {
		return tasks, nil
	}
	on, err := store.InstanceSwitches(ctx, s.db.Read(), i.No)
	for _, sw := range on {
		if sw.Enabled != 0 {
			tasks = append(tasks, purser.TaskName(sw.Name))
		}
	}
	return tasks, err
}

// actionScopes explains the permissions that the actions behind a switch need.
func actionScopes(m *manifest.Manifest, settings map[string]string, sw string) []Scope {
	var out []Scope
	for i := range m.Actions {
		if a := &m.Actions[i]; a.Switch() == sw {
			out = explain(out, m, settings, "", a.Token, "the action "+a.Name, a.Scopes)
		}
	}
	return out
}
