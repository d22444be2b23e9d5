package connect

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// DelegateLife is how long a delegate's link can be used.
const DelegateLife = 72 * time.Hour

// Delegation is a link with which a vendor's administrator, who is no user of
// Purser, completes or repairs one connection and sees nothing else.
type Delegation struct {
	ID         string    `json:"id"` // dlg_…
	InstanceID string    `json:"instance_id"`
	Note       string    `json:"note,omitempty"` // for whom it is
	MadeBy     string    `json:"made_by"`
	CreatedAt  time.Time `json:"created_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	BoundAt    time.Time `json:"bound_at,omitzero"` // when a browser began with it,
	Origin     string    `json:"origin,omitempty"`  // and from which address
	DoneAt     time.Time `json:"done_at,omitzero"`  // handed over, waiting for the admin's confirmation
	RevokedAt  time.Time `json:"revoked_at,omitzero"`
	State      string    `json:"state"` // waiting, begun, done, revoked, expired
}

// delegated marks a context whose actor may enter and test the credential of one instance.
type delegated struct{}

// allow asks the gate, but for a delegate's own instance. An instance "" is one
// that is not known yet: it is asked for again.
func (s *Service) allow(ctx context.Context, op purser.Operation, instanceID string) error {
	if own, ok := ctx.Value(delegated{}).(string); ok {
		if op == purser.OpCredentialSet && (instanceID == "" || instanceID == own) {
			return nil
		}
		return &purser.Problem{Kind: purser.ProblemForbidden, What: "this link is for one connection only", Hint: "Ask whoever sent it"}
	}
	return s.gate.Allow(ctx, op)
}

// Delegate makes a link for an instance and returns its path. The token in it is
// shown this once: only its digest is kept.
func (s *Service) Delegate(ctx context.Context, instanceID, note string) (path string, d Delegation, err error) {
	if err := s.mayDelegate(ctx); err != nil {
		return "", d, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return "", d, err
	}
	c, err := s.connector(i.Connector)
	if err != nil {
		return "", d, err
	}
	if _, _, err := c.Manifest.CheckSettings(i.Settings); err != nil {
		return "", d, &purser.Problem{Kind: purser.ProblemConflict, Field: "settings", What: "the settings of " + i.Name + " are not complete, and whoever gets the link cannot change them",
			Hint: "Fill them in first: they decide which hosts are called"}
	}
	token, err := s.secret()
	if err != nil {
		return "", d, err
	}
	actor, _ := purser.ActorFrom(ctx)
	now := s.now()
	row := store.DelegateLink{ID: s.ids.New(purser.PrefixDelegate), Hash: hashOf(token), InstanceID: i.ID, MadeBy: actor.Name, Note: plain(strings.TrimSpace(note), 200),
		CreatedAt: purser.MicrosOf(now), ExpiresAt: purser.MicrosOf(now.Add(DelegateLife))}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.InsertDelegateLink(ctx, tx, row); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: i.ID, ObjectName: i.Name, At: now,
			After: map[string]any{"delegate_link": row.ID, "for": row.Note, "expires_at": row.ExpiresAt.Time()}})
	})
	return "/delegate?token=" + url.QueryEscape(token), s.delegation(row), err
}

func (s *Service) mayDelegate(ctx context.Context) error {
	for _, op := range []purser.Operation{purser.OpInstanceWrite, purser.OpCredentialSet} {
		if err := s.gate.Allow(ctx, op); err != nil {
			return err
		}
	}
	return nil
}

// Delegations returns the links of an instance, the newest first.
func (s *Service) Delegations(ctx context.Context, instanceID string) ([]Delegation, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return nil, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return nil, err
	}
	rows, err := store.DelegateLinks(ctx, s.db.Read(), i.ID)
	out := make([]Delegation, 0, len(rows))
	for _, r := range rows {
		out = append(out, s.delegation(r))
	}
	return out, err
}

// RevokeDelegation ends a link at once.
func (s *Service) RevokeDelegation(ctx context.Context, id string) error {
	if err := s.mayDelegate(ctx); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		instanceID, ok, err := store.RevokeDelegateLink(ctx, tx, id, purser.MicrosOf(s.now()))
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("link that can be used", id)
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: instanceID, At: s.now(), After: map[string]any{"delegate_link": id, "event": "revoked"}})
	})
}

func (s *Service) delegation(r store.DelegateLink) Delegation {
	d := Delegation{ID: r.ID, InstanceID: r.InstanceID, Note: r.Note, MadeBy: r.MadeBy, CreatedAt: r.CreatedAt.Time(), ExpiresAt: r.ExpiresAt.Time(),
		BoundAt: r.BoundAt.Time(), Origin: r.Origin, DoneAt: r.DoneAt.Time(), RevokedAt: r.RevokedAt.Time(), State: "waiting"}
	switch {
	case r.RevokedAt > 0:
		d.State = "revoked"
	case r.DoneAt > 0:
		d.State = "done"
	case !s.now().Before(d.ExpiresAt):
		d.State = "expired"
	case r.BoundAt > 0:
		d.State = "begun"
	}
	return d
}

// secret is 256 bits of randomness as text that fits a link and a cookie.
func (s *Service) secret() (string, error) {
	var raw [32]byte
	if _, err := io.ReadFull(s.ids.Rand, raw[:]); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]), nil
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
