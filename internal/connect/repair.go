package connect

import (
	"context"
	"errors"
	"slices"
	"strings"

	"purser"
	"purser/internal/manifest"
)

// held returns the scopes that the credential in use was granted, by token: an
// authorization anew asks for them beside those of the enabled tasks, so that it
// takes nothing away. Scopes that the connector no longer knows are left out: a
// vendor refuses the whole request for one that it does not know.
func (s *Service) held(ctx context.Context, i purser.Instance) (map[string][]string, error) {
	if !i.Confirmed {
		return nil, nil
	}
	link, err := s.links.Open(i, nil, nil)
	if err != nil {
		return nil, err
	}
	by, err := link.grantedBy(ctx)
	if told, ok := errors.AsType[*purser.Error](err); ok && told.Class == purser.ClassConfig {
		return nil, nil // none is stored, or it was entered for other hosts
	}
	if err != nil {
		return nil, err
	}
	m := link.Connector.Manifest
	for token, scopes := range by {
		known := knownScopes(m, token)
		prefix := link.Auth.Scope.Prefix
		var kept []string
		for _, scope := range scopes {
			if scope = strings.TrimPrefix(scope, prefix); slices.Contains(known, scope) {
				kept = append(kept, scope)
			}
		}
		by[token] = kept
	}
	return by, nil
}

// knownScopes are those that the connector can ask for with a token.
func knownScopes(m *manifest.Manifest, token string) []string {
	names := m.ScopesOf(token).Names()
	for i := range m.Actions {
		names = append(names, m.Actions[i].Scopes.Names()...)
	}
	return names
}

// Missing returns the permissions that the enabled tasks need and that the
// vendor did not grant, each with its reason; none where the vendor does not
// tell. browser says that they are granted on the vendor's page, by authorizing anew.
func (s *Service) Missing(ctx context.Context, instanceID string) (missing []Scope, browser bool, err error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return nil, false, err
	}
	i, err := s.Instance(ctx, instanceID)
	if err != nil || !i.Confirmed {
		return nil, false, err
	}
	link, err := s.linkFor(ctx, i, CredentialID(i.ID, false))
	if err != nil {
		return nil, false, err
	}
	names, err := s.missing(ctx, i, link)
	if err != nil {
		return nil, false, err
	}
	m := link.Connector.Manifest
	tasks, err := s.asked(ctx, i)
	if err != nil {
		return nil, false, err
	}
	known := baseScopes(m, i.Settings)
	for _, name := range tasks {
		if t := taskOf(m, name); t != nil {
			known = append(known, taskScopes(m, i.Settings, t)...)
		}
		known = append(known, actionScopes(m, i.Settings, string(name))...)
	}
	for _, scope := range known {
		if at := slices.Index(names, scope.Name); at >= 0 {
			missing, names = append(missing, scope), slices.Delete(names, at, at+1)
		}
	}
	return missing, link.Auth.Grant == "code", nil
}
