package notify

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Endpoint is a webhook or a chat, without its address and secret: whoever knows
// those may write there.
type Endpoint struct {
	ID        string             `json:"id"`  // npt_…
	Way       string             `json:"way"` // webhook, chat
	Format    string             `json:"format,omitempty"`
	Name      string             `json:"name"`
	Host      string             `json:"host"`
	Kinds     []purser.EventKind `json:"kinds"` // none: every kind
	CreatedAt time.Time          `json:"created_at"`
	CreatedBy string             `json:"created_by"`
}

// NewEndpoint is one to be added.
type NewEndpoint struct {
	Name   string
	URL    string
	Format string             // a chat's; "" for a webhook
	Kinds  []purser.EventKind // none: every kind
}

// mostEndpoints is how many there can be.
const mostEndpoints = 50

// Endpoints returns webhooks and chats by name.
func (s *Service) Endpoints(ctx context.Context) ([]Endpoint, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingRead); err != nil {
		return nil, err
	}
	rows, err := store.Endpoints(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	out := make([]Endpoint, 0, len(rows))
	for _, r := range rows {
		e, err := endpoint(r)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func endpoint(r store.EndpointRow) (Endpoint, error) {
	kinds, err := r.KindList()
	return Endpoint{ID: r.ID, Way: r.Way, Format: r.Format, Name: r.Name, Host: r.Host, Kinds: kinds, CreatedAt: r.CreatedAt.Time(), CreatedBy: r.CreatedBy}, err
}

// AddEndpoint adds a webhook or a chat. The secret that a webhook is signed with is
// returned this once; a chat has none.
func (s *Service) AddEndpoint(ctx context.Context, n NewEndpoint) (e Endpoint, secret string, err error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingWrite); err != nil {
		return e, "", err
	}
	u, err := s.check(&n)
	if err != nil {
		return e, "", err
	}
	row := store.EndpointRow{ID: s.ids.New(purser.PrefixEndpoint), Way: WayChat, Format: n.Format, Name: n.Name, Host: u.Host, CreatedAt: s.now()}
	plain := map[string]string{"url": n.URL}
	if n.Format == "" {
		row.Way = WayWebhook
		raw := make([]byte, 32)
		if _, err := io.ReadFull(s.Rand, raw); err != nil {
			return e, "", fmt.Errorf("make a secret: %w", err)
		}
		secret = "whs_" + base64.RawURLEncoding.EncodeToString(raw)
		plain["secret"] = secret
	}
	if row.Sealed, err = s.seal(row.ID, plain); err != nil {
		return e, "", err
	}
	kinds, err := json.Marshal(append([]purser.EventKind{}, n.Kinds...))
	if err != nil {
		return e, "", err
	}
	row.Kinds = string(kinds)
	if actor, ok := purser.ActorFrom(ctx); ok {
		row.CreatedBy = actor.Name
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		all, err := store.Endpoints(ctx, tx)
		if err != nil {
			return err
		}
		if len(all) >= mostEndpoints {
			return &purser.Problem{Kind: purser.ProblemConflict, What: fmt.Sprintf("there are %d webhooks and chats, which is the most", mostEndpoints)}
		}
		ok, err := store.InsertEndpoint(ctx, tx, row)
		if err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, Field: "name", What: "there is a webhook or chat of this name already", Hint: "Choose another name"}
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSettingWrite, Object: row.ID, ObjectName: row.Name,
			After: map[string]any{"way": row.Way, "format": row.Format, "host": row.Host, "kinds": n.Kinds}, At: s.Now()})
	})
	if err != nil {
		return e, "", err
	}
	e, err = endpoint(row)
	return e, secret, err
}

func (s *Service) check(n *NewEndpoint) (*url.URL, error) {
	n.Name, n.URL = oneLine(n.Name, 100), strings.TrimSpace(n.URL)
	if n.Name == "" {
		return nil, purser.Invalid("name", "a name is missing")
	}
	u, err := url.Parse(n.URL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || len(n.URL) > 2000 {
		return nil, &purser.Problem{Kind: purser.ProblemInvalid, Field: "url", What: "this is not an address that begins with https://",
			Hint: "Messages are sent over HTTPS only, and a name or password does not belong into the address"}
	}
	if n.Format != "" {
		f, err := chatFormat(n.Format)
		if err != nil {
			return nil, err
		}
		if len(f.Hosts) > 0 && !slices.Contains(f.Hosts, strings.ToLower(u.Hostname())) {
			return nil, &purser.Problem{Kind: purser.ProblemInvalid, Field: "url", What: "addresses of " + f.Title + " lie on " + strings.Join(f.Hosts, " or "),
				Hint: "Copy the address again, or choose the other kind of chat"}
		}
	}
	for _, k := range n.Kinds {
		if !slices.Contains(purser.EventKinds(), k) {
			return nil, purser.Invalid("kinds", "there is no kind of event %q", k)
		}
	}
	return u, nil
}

// RemoveEndpoint removes a webhook or chat by its id or name. What waits for it is dropped.
func (s *Service) RemoveEndpoint(ctx context.Context, idOrName string) error {
	if err := s.Gate.Allow(ctx, purser.OpSettingWrite); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, ok, err := store.EndpointByID(ctx, tx, idOrName)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("webhook or chat", idOrName)
		}
		if err := store.DeleteEndpoint(ctx, tx, row.ID, s.now()); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSettingWrite, Object: row.ID, ObjectName: row.Name,
			Before: map[string]any{"way": row.Way, "format": row.Format, "host": row.Host}, At: s.Now()})
	})
}

func (s *Service) seal(id string, plain map[string]string) (string, error) {
	sealed := map[string][]byte{}
	for field, text := range plain {
		var err error
		if sealed[field], err = s.Sealer.Seal([]byte(text), id, field); err != nil {
			return "", err
		}
	}
	out, err := json.Marshal(sealed)
	return string(out), err
}

func (s *Service) opened(row store.EndpointRow, field string) (string, error) {
	sealed := map[string][]byte{}
	if err := json.Unmarshal([]byte(row.Sealed), &sealed); err != nil {
		return "", fmt.Errorf("read what is sealed of %s: %w", row.ID, err)
	}
	plain, err := s.Sealer.Open(sealed[field], row.ID, field)
	return string(plain), err
}
