package connect

import (
	"context"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/manifest"
	"purser/internal/store"
)

// CredentialFacts is what is known of a credential; what is sealed is never in it.
type CredentialFacts struct {
	ID           string        `json:"id"`
	InstanceID   string        `json:"instance_id"`
	InstanceName string        `json:"instance_name"`
	Connector    string        `json:"connector"`
	Status       purser.Status `json:"status"` // of the instance
	Pending      bool          `json:"pending"`
	Kind         string        `json:"kind"` // in words
	Way          string        `json:"way"`  // the connector's name for the way to authorize
	Account      string        `json:"account,omitempty"`
	TenantID     string        `json:"tenant_id,omitempty"`
	TenantName   string        `json:"tenant_name,omitempty"`
	Unusable     string        `json:"unusable,omitempty"` // why it cannot be used, "" if it can
	Leaver       bool          `json:"leaver"`             // its account belongs to somebody who has left
	Owner        string        `json:"owner,omitempty"`    // of the instance

	Scopes      []Scope  `json:"scopes"`       // what is asked for
	ScopesKnown bool     `json:"scopes_known"` // the vendor says what it granted:
	Granted     []string `json:"granted"`
	Unused      []string `json:"unused"` // granted, and idle for 90 days
	Writes      []string `json:"writes"` // of those asked for or granted, what could also change something

	EnteredAt   time.Time               `json:"entered_at"`
	UsedAt      time.Time               `json:"last_used_at,omitzero"`
	ExpiresAt   time.Time               `json:"expires_at,omitzero"`
	ExpiresBy   credential.ExpirySource `json:"expires_by,omitempty"`  // read, declared or entered: the earlier of the two that follow, unless the vendor tells it of this very one
	DeclaredEnd time.Time               `json:"declared_end,omitzero"` // as the connector says: its life, or the vendor's deadline
	EnteredEnd  time.Time               `json:"entered_end,omitzero"`  // as a person has entered it: the day's last second
	EnteredOn   string                  `json:"entered_on,omitempty"`  // the day itself, in the organization's zone
	IdleUntil   time.Time               `json:"idle_until,omitzero"`   // the vendor drops it then if it is not used before

	RevokeAt  string `json:"revoke_at,omitempty"`  // where to take it back at the vendor, in words
	RevokeURL string `json:"revoke_url,omitempty"` // the same as an address
}

// Credentials returns the facts of an instance's credentials, of all instances
// if instanceID is "": the one in use first, then the one that waits for its confirmation.
func (s *Service) Credentials(ctx context.Context, instanceID string) ([]CredentialFacts, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return nil, err
	}
	rows, err := store.CredentialFacts(ctx, s.db.Read(), instanceID)
	if err != nil {
		return nil, err
	}
	out := make([]CredentialFacts, 0, len(rows))
	var i purser.Instance
	for _, r := range rows {
		if i.ID != r.InstanceID {
			if i, err = store.Instance(ctx, s.db.Read(), r.InstanceID); err != nil {
				return nil, err
			}
		}
		f, err := s.factsOf(ctx, i, r)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (s *Service) factsOf(ctx context.Context, i purser.Instance, r store.CredentialFact) (CredentialFacts, error) {
	f := CredentialFacts{ID: r.ID, InstanceID: i.ID, InstanceName: i.Name, Connector: i.Connector, Status: i.Status, Owner: i.OwnerName,
		Pending: r.ID == CredentialID(i.ID, true) || !i.Confirmed, Way: r.Auth, Kind: "unknown: the connector is not there any more",
		EnteredAt: r.EnteredAt.Time(), UsedAt: r.UsedAt.Time(), ExpiresAt: r.EndsAt.Time(), ExpiresBy: credential.ExpirySource(r.EndsBy),
		DeclaredEnd: r.DeclaredAt.Time(), EnteredEnd: r.SetAt.Time(),
		Scopes: []Scope{}, Granted: []string{}, Unused: []string{}, Writes: []string{}}
	if !f.EnteredEnd.IsZero() {
		f.EnteredOn = s.zone.Today(ctx, f.EnteredEnd)
	}
	if !f.Pending {
		f.Account, f.TenantID, f.TenantName = s.named(ctx, i.Account), i.TenantID, i.TenantName
		var err error
		if f.Leaver, err = s.leaver(ctx, i); err != nil {
			return f, err
		}
	}
	c := s.links.Catalog.Get(i.Connector)
	if c == nil {
		return f, nil
	}
	way := c.Manifest.AuthNamed(r.Auth)
	if way == nil {
		return f, nil
	}
	f.Kind, f.Way = kindWords(way), labelOf(way.Title, way.Name)
	if idle := way.IdleExpiresAfter.Std(); idle > 0 && !f.EnteredAt.IsZero() {
		f.IdleUntil = later(f.UsedAt, f.EnteredAt).Add(idle)
	}
	f.RevokeAt, f.RevokeURL = revokeAt(i, way)
	f.Unusable = s.unusable(c.Manifest, i, way, r)
	return f, s.addScopes(ctx, &f, c.Manifest, i, way)
}

func (s *Service) leaver(ctx context.Context, i purser.Instance) (bool, error) {
	if i.Account == "" {
		return false, nil
	}
	return store.CredentialLeft(ctx, s.db.Read(), i.No, i.Account)
}

// addScopes names what is asked for, what was granted and what of it lies idle.
func (s *Service) addScopes(ctx context.Context, f *CredentialFacts, m *manifest.Manifest, i purser.Instance, way *manifest.Auth) error {
	tasks, err := s.asked(ctx, i)
	if err != nil {
		return err
	}
	f.Scopes = append(f.Scopes, baseScopes(m, i.Settings)...)
	for _, name := range tasks {
		scopes := actionScopes(m, i.Settings, string(name))
		if t := taskOf(m, name); t != nil {
			scopes = taskScopes(m, i.Settings, t)
		}
		for _, scope := range scopes {
			if !slices.ContainsFunc(f.Scopes, func(o Scope) bool { return o.Name == scope.Name && o.Token == scope.Token }) {
				f.Scopes = append(f.Scopes, scope)
			}
		}
	}
	for _, scope := range f.Scopes {
		if scope.Access == "write" {
			f.Writes = append(f.Writes, scope.Name)
		}
	}
	if f.Pending {
		return nil
	}
	p, err := s.Permissions(ctx, i.ID)
	if err != nil {
		return err
	}
	f.ScopesKnown = p.Known
	for _, g := range p.Granted {
		f.Granted = append(f.Granted, g.Scope)
		if !g.Used {
			f.Unused = append(f.Unused, g.Scope)
		}
		if g.Access == "write" && !slices.Contains(f.Writes, g.Scope) {
			f.Writes = append(f.Writes, g.Scope)
		}
	}
	return nil
}

// unusable says why a stored credential cannot be sent, without asking anybody.
func (s *Service) unusable(m *manifest.Manifest, i purser.Instance, way *manifest.Auth, r store.CredentialFact) string {
	hosts, err := m.HostsFor(i.Settings)
	switch {
	case err != nil:
		return "the instance's settings are not complete"
	case r.Hosts != egress.Pins(hosts).Digest():
		return "it was entered for other hosts than those of the settings now; enter it again"
	case way.Grant == "code" && !r.Granted:
		return "nobody has authorized it at the vendor yet"
	case r.EndsAt != 0 && !s.now().Before(r.EndsAt.Time()):
		return "its end has passed"
	}
	return ""
}

// kindWords says what kind of credential it is.
func kindWords(way *manifest.Auth) string {
	switch way.Grant {
	case "static":
		return "key or token"
	case "code":
		return "granted on the vendor's page (OAuth)"
	case "client_credentials":
		if way.ClientAuth == "assertion" {
			return "an application with a private key (OAuth)"
		}
		return "an application with a secret (OAuth)"
	case "password":
		return "user name and password (OAuth)"
	case "oauth1":
		return "keys that sign each request (OAuth 1.0a)"
	case "jwt_bearer":
		return "service account with a private key"
	}
	return strings.ReplaceAll(way.Grant, "_", " ")
}

// revokeAt expands the manifest's word on where a credential is taken back.
func revokeAt(i purser.Instance, way *manifest.Auth) (words, address string) {
	whole := true
	vars := Vars(i)
	words = os.Expand(way.RevokeAt, func(name string) string {
		value, ok := vars(name)
		whole = whole && ok
		return value
	})
	if !whole {
		return "", ""
	}
	if u, err := url.Parse(words); err == nil && u.Scheme == "https" && u.Host != "" {
		return words, words
	}
	return words, ""
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// SetExpiry notes on which day a credential ends, such as 2027-01-31, as a person read
// it at the vendor: of the one that waits for its confirmation if there is one, else of
// the one in use. It is good until that day is over in the organization's zone. An empty
// day gives the date up; what the connector says stays.
func (s *Service) SetExpiry(ctx context.Context, instanceID, day string) error {
	if err := s.gate.Allow(ctx, purser.OpCredentialSet); err != nil {
		return err
	}
	end, err := s.EndOn(ctx, day)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		i, err := store.Instance(ctx, tx, instanceID)
		if err != nil {
			return err
		}
		// Read here: somebody may confirm the one that waits in this moment.
		id, _, err := currentCredential(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		ok, err := store.SetExpiry(ctx, tx, id, purser.MicrosOf(end))
		if err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, Field: "credential", What: "no credential is stored for " + i.Name, Hint: "Enter it first"}
		}
		after := any(nil)
		if day != "" {
			after = day
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: i.ID, ObjectName: i.Name, At: s.now(), After: map[string]any{"expires_on": after}})
	})
}

// EndOn is the moment at which a credential ends that is good until a day is over, zero
// for no day; a day that is none, is over or is more than twenty years ahead is refused.
func (s *Service) EndOn(ctx context.Context, day string) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	end, ok := s.zone.EndOf(ctx, day)
	if now := s.now(); !ok || end.Before(now) || end.After(now.AddDate(20, 0, 1)) {
		return time.Time{}, purser.Invalid("expires_on", "a day like 2027-01-31, from today to twenty years ahead, is expected")
	}
	return end, nil
}
