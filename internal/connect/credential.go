package connect

import (
	"context"
	"errors"
	"sort"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/credential"
	"purser/internal/egress"
	"purser/internal/manifest"
	"purser/internal/store"
)

// SetCredential seals what a person entered for an instance: a key, or the
// client's id and secret of a way that goes through the vendor's consent page.
// Empty fields keep their earlier value where way and hosts are the same. On a
// connected instance it stands beside the one in use until Confirm has shown
// that it belongs to the same organization.
func (s *Service) SetCredential(ctx context.Context, instanceID, auth string, fields map[string]string) error {
	if err := s.allow(ctx, purser.OpCredentialSet, instanceID); err != nil {
		return err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return err
	}
	if err := notDeleting(i); err != nil {
		return err
	}
	c, err := s.connector(i.Connector)
	if err != nil {
		return err
	}
	if auth == "" {
		auth = i.Auth
	}
	way := c.Manifest.AuthNamed(auth)
	if way == nil {
		return purser.Invalid("auth", "%s has no way to authorize called %q; there are: %s", c.Manifest.Title, auth, authNames(c.Manifest))
	}
	if err := knownFields(way, fields); err != nil {
		return err
	}
	// Settings of a draft that was to be set up later may still be missing.
	if _, _, err := c.Manifest.CheckSettings(i.Settings); err != nil {
		return err
	}
	hosts, err := c.Manifest.HostsFor(i.Settings)
	if err != nil {
		return err
	}
	id := CredentialID(i.ID, i.Confirmed)
	if i.Confirmed {
		if err := s.beside(ctx, i); err != nil {
			return err
		}
	}
	err = s.links.Broker.Enter(ctx, credential.Entry{CredentialID: id, InstanceID: i.ID, Connector: i.Connector, Auth: way,
		Pins: egress.Pins(hosts), Values: fields, EndsOn: c.Manifest.EndsOn(way, i.Settings)})
	if errors.Is(err, credential.ErrConflict) {
		return &purser.Problem{Kind: purser.ProblemConflict, What: "somebody else entered a credential at the same time", Hint: "Look at the instance and enter it again"}
	}
	if err != nil {
		return err
	}
	entered := make([]string, 0, len(fields))
	for name, value := range fields {
		if value != "" {
			entered = append(entered, name)
		}
	}
	sort.Strings(entered)
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.PutTested(ctx, tx, i.ID, store.Tested{}); err != nil {
			return err
		}
		if !i.Confirmed && i.Auth != way.Name {
			if err := s.change(ctx, tx, i.ID, 0, func(n *purser.Instance) error { n.Auth = way.Name; return nil }); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: i.ID, ObjectName: i.Name, At: s.now(),
			After: map[string]any{"auth": way.Name, "entered": entered, "hosts": hosts}})
	})
}

// beside makes the pending credential of a connected instance from the one in
// use, so that fields that are left empty keep their values. Its life begins anew.
func (s *Service) beside(ctx context.Context, i purser.Instance) error {
	id := CredentialID(i.ID, true)
	err := s.links.Broker.Copy(ctx, CredentialID(i.ID, false), id)
	if err == nil {
		err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return s.noteDeadline(ctx, tx, i, id) })
	}
	if errors.Is(err, credential.ErrNoCredential) {
		return nil
	}
	return err
}

func knownFields(way *manifest.Auth, fields map[string]string) error {
	for name := range fields {
		known := false
		for i := range way.Fields {
			known = known || way.Fields[i].Name == name
		}
		if !known {
			return purser.Invalid(name, "this way to authorize has no field %q", name)
		}
	}
	return nil
}

// current returns the id of the credential that a test looks at: the pending one
// if there is any, else the one in use.
func (s *Service) current(ctx context.Context, instanceID string) (id string, pending bool, err error) {
	return currentCredential(ctx, s.db.Read(), instanceID)
}

func currentCredential(ctx context.Context, db bun.IDB, instanceID string) (id string, pending bool, err error) {
	_, err = store.CredentialByID(ctx, db, CredentialID(instanceID, true))
	if err == nil {
		return CredentialID(instanceID, true), true, nil
	}
	if !errors.Is(err, credential.ErrNoCredential) {
		return "", false, err
	}
	return CredentialID(instanceID, false), false, nil
}

// usable is current for those who need a credential that can be used: one whose
// way goes through the vendor's consent page cannot before somebody was there.
func (s *Service) usable(ctx context.Context, i purser.Instance) (id string, pending bool, err error) {
	id, pending, err = s.current(ctx, i.ID)
	if err != nil || !pending {
		return id, false, err
	}
	r, err := s.record(ctx, i, id)
	if err != nil {
		return "", false, err
	}
	if c := s.links.Catalog.Get(i.Connector); c != nil {
		way := c.Manifest.AuthNamed(r.Auth)
		if _, granted := r.Sealed["tokens"]; way != nil && way.Grant == "code" && !granted {
			return CredentialID(i.ID, false), false, nil
		}
	}
	return id, true, nil
}

// record returns a stored credential of an instance, a refusal if there is none.
func (s *Service) record(ctx context.Context, i purser.Instance, id string) (credential.Record, error) {
	r, err := store.CredentialByID(ctx, s.db.Read(), id)
	if errors.Is(err, credential.ErrNoCredential) {
		return r, &purser.Problem{Kind: purser.ProblemConflict, Field: "credential", What: "no credential is stored for " + i.Name,
			Hint: "Enter it, or authorize at the vendor"}
	}
	return r, err
}

// KeptFields is what a form need not be given again: an empty field keeps it.
type KeptFields struct {
	Since  time.Time
	Stored []string          // names of the fields that are stored
	Shown  map[string]string // values of those that are not confidential
}

// Fields returns what is kept of an instance's credential where it is entered
// again for the same way; nothing if it was for another, or for other hosts.
func (s *Service) Fields(ctx context.Context, instanceID, auth string) (kept KeptFields, err error) {
	if err := s.gate.Allow(ctx, purser.OpCredentialSet); err != nil {
		return kept, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return kept, err
	}
	c := s.links.Catalog.Get(i.Connector)
	if c == nil {
		return kept, nil
	}
	hosts, err := c.Manifest.HostsFor(i.Settings)
	if err != nil { // of a draft that was to be set up later
		return kept, nil
	}
	// What is entered beside a confirmed credential starts from that one.
	r, err := store.CredentialByID(ctx, s.db.Read(), CredentialID(i.ID, false))
	if errors.Is(err, credential.ErrNoCredential) || err == nil && (r.Auth != auth || r.Connector != i.Connector || r.Hosts != egress.Pins(hosts).Digest()) {
		return kept, nil
	}
	if err != nil {
		return kept, err
	}
	i.Auth = r.Auth
	link, err := s.links.open(i, r.ID, nil, nil)
	if err != nil {
		return kept, err
	}
	kept.Since = r.EnteredAt
	for _, f := range link.Auth.Fields {
		if _, ok := r.Sealed["secret."+f.Name]; ok {
			kept.Stored = append(kept.Stored, f.Name)
		}
	}
	kept.Shown, err = s.links.Broker.Shown(ctx, link.Session)
	return kept, err
}
