package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"purser"
)

// opened is a credential with its seals broken: for the length of a call in memory only.
type opened struct {
	record Record
	grant  string
	secret map[string]string
	ring   keyring
}

func binding(r Record, field string) Binding {
	return Binding{Connector: r.Connector, Instance: r.InstanceID, Field: field}
}

// open reads a credential for use on the session's hosts.
func (b *Broker) open(ctx context.Context, s *Session) (*opened, error) {
	r, err := b.Store.Credential(ctx, s.use.CredentialID)
	if errors.Is(err, ErrNoCredential) {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "no_credential", What: "no credential is stored for this instance",
			Hint: "Enter the credential or authorize at the vendor."}
	}
	if err != nil {
		return nil, fmt.Errorf("read the credential: %w", err)
	}
	if r.Hosts != s.use.Pins.Digest() {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "hosts_changed",
			What: "the hosts of this instance are others than those that the credential was entered for",
			Hint: "Check the settings, then enter the credential again: it is not sent to hosts that nobody has seen with it."}
	}
	if r.Auth != s.use.Auth.Name {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "auth_changed", What: "the stored credential is for another way to authorize",
			Hint: "Enter the credential for the chosen way again."}
	}
	o := &opened{record: r, grant: s.use.Auth.Grant, secret: map[string]string{}}
	for _, f := range s.use.Auth.Fields {
		name := "secret." + f.Name
		sealed, ok := r.Sealed[name]
		if !ok {
			if f.Optional {
				o.secret[f.Name] = ""
			}
			continue
		}
		plain, err := b.Sealer.Open(sealed, binding(r, name))
		if err != nil {
			return nil, err
		}
		o.secret[f.Name] = string(plain)
	}
	if sealed, ok := r.Sealed["tokens"]; ok {
		plain, err := b.Sealer.Open(sealed, binding(r, "tokens"))
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(plain, &o.ring); err != nil {
			return nil, errors.New("the stored tokens are not readable")
		}
	}
	if o.ring.Tokens == nil {
		o.ring.Tokens = map[string]held{}
	}
	s.learn(o)
	return o, nil
}

// keep stores the ring with the next generation.
func (b *Broker) keep(ctx context.Context, o *opened) error {
	plain, err := json.Marshal(o.ring)
	if err != nil {
		return fmt.Errorf("keep the tokens: %w", err)
	}
	sealed, err := b.Sealer.Seal(plain, binding(o.record, "tokens"))
	if err != nil {
		return err
	}
	next := o.record
	next.Sealed = map[string][]byte{}
	for field, text := range o.record.Sealed {
		next.Sealed[field] = text
	}
	next.Sealed["tokens"] = sealed
	if len(o.ring.Tokens) > 0 {
		next.UsedAt = b.Now()
	}
	if ends := o.ring.ends(o.grant); !ends.IsZero() {
		next.ExpiresAt, next.ExpiresBy = ends, ExpiryRead
	} else if next.ExpiresBy == ExpiryRead {
		next.ExpiresAt, next.ExpiresBy = time.Time{}, ""
	}
	next.Generation++
	if err := b.Store.SwapCredential(ctx, next, o.record.Generation); err != nil {
		return err
	}
	o.record = next
	return nil
}
