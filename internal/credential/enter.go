package credential

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"purser"
	"purser/internal/egress"
	"purser/internal/manifest"
)

// Entry is what a person enters for an instance.
type Entry struct {
	CredentialID string
	InstanceID   string
	Connector    string
	Auth         *manifest.Auth
	Pins         egress.Pins       // hosts derived from manifest and settings: the credential is bound to them
	Values       map[string]string // by field; one that is missing keeps its earlier value
	EndsOn       string            // day on which the vendor stops accepting the way, or what was chosen in the settings; "" for none
}

// Enter seals and stores what was entered. What had been granted before is
// given up. An earlier value is kept for a field that is missing only if the
// hosts are still those that it was entered for.
func (b *Broker) Enter(ctx context.Context, e Entry) error {
	old, err := b.Store.Credential(ctx, e.CredentialID)
	if err != nil && !errors.Is(err, ErrNoCredential) {
		return fmt.Errorf("read the credential: %w", err)
	}
	digest := e.Pins.Digest()
	now := b.Now()
	r := Record{ID: e.CredentialID, InstanceID: e.InstanceID, Connector: e.Connector, Auth: e.Auth.Name, Hosts: digest,
		Generation: old.Generation + 1, Sealed: map[string][]byte{}, EnteredAt: now,
		DeclaredAt: DeclaredEnd(e.Auth, e.EndsOn, now)}
	keeps := old.Hosts == digest && old.Auth == e.Auth.Name && old.Connector == e.Connector && old.InstanceID == e.InstanceID
	for _, f := range e.Auth.Fields {
		name := "secret." + f.Name
		value := strings.TrimSpace(e.Values[f.Name])
		if value == "" {
			if sealed, ok := old.Sealed[name]; ok && keeps {
				r.Sealed[name] = sealed
				continue
			}
			if f.Optional {
				continue
			}
			p := purser.Invalid(f.Name, "%s is missing", orElse(f.Label, f.Name))
			if len(old.Sealed) > 0 && !keeps {
				p.Hint = "The hosts have changed, so the earlier value is not kept: enter it again"
			}
			return p
		}
		if err := checkField(f, value); err != nil {
			return err
		}
		if r.Sealed[name], err = b.Sealer.Seal([]byte(value), binding(r, name)); err != nil {
			return err
		}
	}
	if err := b.Store.SwapCredential(ctx, r, old.Generation); err != nil {
		return fmt.Errorf("store the credential: %w", err)
	}
	return nil
}

// DeclaredEnd is when a credential that was entered at a moment ends by what its
// connector says, zero for never: its life is over, or the vendor shuts the way on
// endsOn, and takes its credentials with it.
func DeclaredEnd(way *manifest.Auth, endsOn string, entered time.Time) (end time.Time) {
	if life := way.ExpiresAfter.Std(); life > 0 && !entered.IsZero() {
		end = entered.Add(life)
	}
	if day, err := time.Parse(time.DateOnly, endsOn); err == nil && (end.IsZero() || day.Before(end)) { // the linter has looked at those that there are
		end = day
	}
	return end
}

// checkField refuses what cannot work, without quoting it.
func checkField(f manifest.CredentialField, value string) error {
	switch f.Format {
	case "pem":
		if _, err := ParsePrivateKey(value); err != nil {
			return purser.Invalid(f.Name, "%s", err.Error())
		}
	case "certificate":
		if !x509.NewCertPool().AppendCertsFromPEM([]byte(value)) {
			return purser.Invalid(f.Name, "this is no certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----")
		}
	case "json":
		var members map[string]any
		if json.Unmarshal([]byte(value), &members) != nil {
			return purser.Invalid(f.Name, "this is not the vendor's key file: it is not JSON")
		}
		if key, ok := members["private_key"].(string); ok {
			if _, err := ParsePrivateKey(key); err != nil {
				return purser.Invalid(f.Name, "in the key file: %s", err.Error())
			}
		}
	case "email":
		if at := strings.IndexByte(value, '@'); at < 1 || at == len(value)-1 || strings.ContainsAny(value, " \n") {
			return purser.Invalid(f.Name, "this is not an e-mail address")
		}
	default:
		if strings.ContainsAny(value, "\r\n\x00") {
			return purser.Invalid(f.Name, "a line break stands in it; paste the value alone")
		}
	}
	return nil
}

// Shown returns the fields that are not confidential, for the form that edits them.
func (b *Broker) Shown(ctx context.Context, s *Session) (map[string]string, error) {
	o, err := b.open(ctx, s)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, f := range s.use.Auth.Fields {
		if f.Shown {
			out[f.Name] = o.secret[f.Name]
		}
	}
	return out, nil
}

// Copy stores what was entered under another id, without what was granted: an
// authorization anew goes on beside the old one until a person has confirmed
// whose it is. An earlier copy under that id is replaced.
func (b *Broker) Copy(ctx context.Context, from, to string) error {
	old, err := b.Store.Credential(ctx, from)
	if err != nil {
		return fmt.Errorf("read the credential: %w", err)
	}
	there, err := b.Store.Credential(ctx, to)
	if err != nil && !errors.Is(err, ErrNoCredential) {
		return fmt.Errorf("read the credential: %w", err)
	}
	r := old
	r.ID, r.Generation, r.EnteredAt, r.Sealed = to, there.Generation+1, b.Now(), map[string][]byte{}
	if r.ExpiresBy == ExpiryRead { // it was the end of what was granted
		r.ExpiresAt, r.ExpiresBy = time.Time{}, ""
	}
	for field, sealed := range old.Sealed {
		if field != "tokens" {
			r.Sealed[field] = sealed
		}
	}
	if err := b.Store.SwapCredential(ctx, r, there.Generation); err != nil {
		return fmt.Errorf("store the credential: %w", err)
	}
	return nil
}
