package connect

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/store"
)

// SettingsChange is what other settings of an instance would mean, before they are saved.
type SettingsChange struct {
	Settings    map[string]string `json:"settings"` // as they would be kept
	Warnings    []string          `json:"warnings,omitempty"`
	Hosts       []string          `json:"hosts"` // that Purser calls from then on
	HostsBefore []string          `json:"hosts_before"`
	EnterAgain  bool              `json:"enter_again"` // the kept credential could not be used for these hosts
	Message     string            `json:"message"`
}

// PreviewSettings says what other settings would mean. Nothing is saved.
func (s *Service) PreviewSettings(ctx context.Context, id string, given map[string]string) (SettingsChange, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return SettingsChange{}, err
	}
	i, err := store.Instance(ctx, s.db.Read(), id)
	if err != nil {
		return SettingsChange{}, err
	}
	n, err := s.newSettings(ctx, i, given)
	if err != nil {
		return SettingsChange{}, err
	}
	c := SettingsChange{Settings: n.kept, Warnings: n.warnings, Hosts: n.hosts, HostsBefore: n.before, EnterAgain: n.again}
	switch {
	case n.same:
		c.Message = "Nothing changes."
	case n.again:
		c.Message = "Purser will call " + strings.Join(n.hosts, ", ") + " instead of " + strings.Join(n.before, ", ") +
			". The kept credential was entered for the hosts before and is not sent to others: it has to be entered again. Until then nothing is read; data and history stay."
	default:
		c.Message = "The hosts stay the same, and so does the credential. It is tested with the new settings before they are saved."
	}
	return c, nil
}

// newSettings are settings on their way in.
type newSettings struct {
	kept          map[string]string
	warnings      []string
	hosts, before []string
	same          bool   // nothing changes
	again         bool   // the credential has to be entered again
	doubt         string // why a live instance must not go on with them
}

// newSettings completes what was given by what is there, and checks it.
func (s *Service) newSettings(ctx context.Context, i purser.Instance, given map[string]string) (*newSettings, error) {
	c, err := s.connector(i.Connector)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(i.Settings)
	if all == nil {
		all = map[string]string{}
	}
	for name, value := range given {
		if value = strings.TrimSpace(value); value == "" {
			delete(all, name)
		} else {
			all[name] = value
		}
	}
	n := &newSettings{}
	if n.kept, n.warnings, err = c.Manifest.CheckSettings(all); err != nil {
		return nil, err
	}
	if n.hosts, err = c.Manifest.HostsFor(n.kept); err != nil {
		return nil, err
	}
	if n.before, err = c.Manifest.HostsFor(i.Settings); err != nil {
		n.before = nil // of a draft that was to be set up later
	}
	n.same = maps.Equal(n.kept, i.Settings)
	r, err := store.CredentialByID(ctx, s.db.Read(), CredentialID(i.ID, false))
	if err != nil && !errors.Is(err, credential.ErrNoCredential) {
		return nil, err
	}
	n.again = err == nil && r.Hosts != egress.Pins(n.hosts).Digest()
	return n, nil
}

// tryNewSettings checks settings and, where the credential can still be used,
// asks the vendor with them: they may lead to another organization.
func (s *Service) tryNewSettings(ctx context.Context, i purser.Instance, given map[string]string) (*newSettings, error) {
	n, err := s.newSettings(ctx, i, given)
	if err != nil || n.same || n.again || !i.Confirmed {
		return n, err
	}
	tested := i
	tested.Settings = n.kept
	r, err := s.dryTest(ctx, tested, CredentialID(i.ID, false))
	if err != nil || r.OK {
		return n, err
	}
	works := i.Status == purser.StatusLive && !slices.Contains([]purser.Health{purser.HealthUnauthorized, purser.HealthForbidden}, i.Health)
	if works || i.Status == purser.StatusInactive || r.Code == codeOtherTenant {
		return nil, &purser.Problem{Kind: purser.ProblemConflict, Field: "settings", What: "with these settings the connection does not work, so nothing was changed. " + strings.TrimRight(r.Message, "."), Hint: r.Hint}
	}
	n.doubt = "its settings were changed, and with them it was not tested successfully yet"
	return n, nil
}

// write puts the settings into i. What cannot be used any more stops at once
// instead of failing run after run.
func (n *newSettings) write(i *purser.Instance, now time.Time) {
	i.Settings = n.kept
	why := n.doubt
	if n.again {
		why = "its hosts have changed with the settings, so the credential has to be entered again"
	}
	if why == "" || !i.Confirmed || i.Status != purser.StatusLive && i.Status != purser.StatusRevoked {
		return
	}
	i.Status, i.Reason = purser.StatusRevoked, why
	i.Health, i.HealthWhy, i.HealthSince = purser.HealthUnauthorized, why, now
}
