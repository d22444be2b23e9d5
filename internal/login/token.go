package login

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// tokenPrefix lets scanners recognize a leaked token.
const tokenPrefix = "pur_"

// Token is an API token without its secret.
type Token struct {
	ID         string             `json:"id"`
	Name       string             `json:"name"`
	Maker      string             `json:"maker"`
	Scopes     []purser.Operation `json:"scopes"`
	CreatedAt  time.Time          `json:"created_at"`
	ExpiresAt  time.Time          `json:"expires_at"`
	LastUsedAt time.Time          `json:"last_used_at,omitzero"`
}

func tokenOf(r store.Token) Token {
	t := Token{ID: r.ID, Name: r.Name, Maker: r.Maker, CreatedAt: r.CreatedAt.Time(), ExpiresAt: r.ExpiresAt.Time(), LastUsedAt: r.LastUsedAt.Time()}
	if json.Unmarshal([]byte(r.Scopes), &t.Scopes) != nil { // a row edited by hand: a token that may do nothing
		t.Scopes = []purser.Operation{}
	}
	return t
}

// CreateToken makes an API token and returns its secret, this one time. It may
// never do more than its maker, and it dies with its maker.
func (s *Service) CreateToken(ctx context.Context, name string, scopes []purser.Operation, expires time.Time) (secret string, t Token, err error) {
	if err := s.Allow(ctx, purser.OpTokenOwn); err != nil {
		return "", t, err
	}
	if name, err = cleanName(name, "name"); err != nil {
		return "", t, err
	}
	actor, _ := purser.ActorFrom(ctx)
	if err := s.checkScopes(actor, scopes); err != nil {
		return "", t, err
	}
	if !expires.After(s.now()) {
		return "", t, purser.Invalid("expires", "the end of the token lies in the past")
	}
	if expires.After(s.now().Add(LongestToken)) {
		return "", t, purser.Invalid("expires", "a token may last for at most a year")
	}
	random, err := newSecret(s.rand)
	if err != nil {
		return "", t, err
	}
	secret = tokenPrefix + random
	slices.Sort(scopes)
	encoded, err := json.Marshal(slices.Compact(scopes))
	if err != nil {
		return "", t, fmt.Errorf("writing the scopes: %w", err)
	}
	row := store.Token{ID: s.ids.New(purser.PrefixToken), Hash: digest(secret), Maker: me(actor), Name: name, Scopes: string(encoded),
		CreatedAt: purser.MicrosOf(s.now()), ExpiresAt: purser.MicrosOf(expires)}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if row.UserID, row.ExpiresAt, err = s.owner(ctx, tx, actor, row.ExpiresAt); err != nil {
			return err
		}
		if err := store.InsertToken(ctx, tx, row); err != nil {
			return fmt.Errorf("adding the token: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpTokenOwn, Object: row.ID, ObjectName: name, At: s.now(),
			After: map[string]any{"name": name, "scopes": scopes, "expires_at": row.ExpiresAt.Time()}})
	})
	if err != nil {
		return "", t, err
	}
	return secret, tokenOf(row), nil
}

// owner says with whom a token of that maker dies. A token made by a token dies
// with the same user and no later than its maker.
func (s *Service) owner(ctx context.Context, tx bun.Tx, actor purser.Actor, expires purser.Micros) (string, purser.Micros, error) {
	switch actor.Kind {
	case purser.ActorUser:
		return actor.ID, expires, nil
	case purser.ActorToken:
		maker, ok, err := store.TokenByID(ctx, tx, actor.ID)
		if err != nil || !ok {
			return "", 0, fmt.Errorf("looking up the token that asks (%w)", err)
		}
		return maker.UserID, min(expires, maker.ExpiresAt), nil
	default: // the host's own users are not ours
		return "", expires, nil
	}
}

func (s *Service) checkScopes(actor purser.Actor, scopes []purser.Operation) error {
	if len(scopes) == 0 {
		return purser.Invalid("scopes", "a token needs at least one scope, such as %s", purser.OpAccountRead)
	}
	may := s.May(actor)
	for _, op := range scopes {
		if !slices.Contains(purser.Operations(), op) {
			return purser.Invalid("scopes", "there is no scope %q; there are %s", string(op), joined(purser.Operations()))
		}
		if !slices.Contains(may, op) {
			return purser.Invalid("scopes", "you may not do %s yourself, so your token may not either", op)
		}
	}
	return nil
}

func joined(ops []purser.Operation) string {
	texts := make([]string, len(ops))
	for i, op := range ops {
		texts[i] = string(op)
	}
	return strings.Join(texts, ", ")
}

// Authenticate returns who the API token stands for. What it may do is never more
// than what its maker may do now.
func (s *Service) Authenticate(ctx context.Context, bearer, origin string) (purser.Actor, error) {
	refused := &purser.Problem{Kind: purser.ProblemSignIn, What: "the API token is not known, was revoked, or is too old", Hint: "Create a new one"}
	if !strings.HasPrefix(bearer, tokenPrefix) {
		return purser.Actor{}, refused
	}
	row, ok, err := store.TokenByHash(ctx, s.db.Read(), digest(bearer))
	if err != nil {
		return purser.Actor{}, fmt.Errorf("looking up the API token: %w", err)
	}
	now := s.now()
	if !ok || !now.Before(row.ExpiresAt.Time()) {
		return purser.Actor{}, refused
	}
	actor := purser.Actor{Kind: purser.ActorToken, ID: row.ID, Name: row.Name, Role: purser.RoleAdmin, Scopes: tokenOf(row).Scopes, Origin: origin}
	if row.UserID != "" {
		user, ok, err := store.UserByID(ctx, s.db.Read(), row.UserID)
		if err != nil {
			return purser.Actor{}, fmt.Errorf("looking up the token's maker: %w", err)
		}
		if !ok {
			return purser.Actor{}, refused
		}
		actor.Role, actor.Maker = user.Role, user.ID
	}
	if now.Sub(row.LastUsedAt.Time()) >= seenGranularity {
		err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			return store.TouchToken(ctx, tx, row.ID, purser.MicrosOf(now))
		})
		if err != nil && !paused(err) {
			return purser.Actor{}, fmt.Errorf("noting the use of the API token: %w", err)
		}
	}
	return actor, nil
}

// Tokens returns the asker's own tokens; everybody's for those who may see them.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	if err := s.Allow(ctx, purser.OpTokenOwn); err != nil {
		return nil, err
	}
	rows, err := store.Tokens(ctx, s.db.Read())
	if err != nil {
		return nil, fmt.Errorf("reading the API tokens: %w", err)
	}
	all := []Token{}
	for _, r := range rows {
		if s.mayTouch(ctx, r) {
			all = append(all, tokenOf(r))
		}
	}
	return all, nil
}

func (s *Service) mayTouch(ctx context.Context, r store.Token) bool {
	actor, _ := purser.ActorFrom(ctx)
	return actor.ID == r.UserID || actor.ID == r.ID || s.Allow(ctx, purser.OpTokenAny) == nil
}

// RevokeToken ends a token at once.
func (s *Service) RevokeToken(ctx context.Context, id string) error {
	if err := s.Allow(ctx, purser.OpTokenOwn); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, ok, err := store.TokenByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !ok || !s.mayTouch(ctx, row) {
			return purser.NotFound("token", id)
		}
		if err := store.DeleteToken(ctx, tx, id); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpTokenOwn, Object: id, ObjectName: row.Name, At: s.now(),
			Before: map[string]any{"name": row.Name, "maker": row.Maker, "scopes": tokenOf(row).Scopes}})
	})
}
