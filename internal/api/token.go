package api

import (
	"context"
	"time"

	"purser"
	"purser/internal/login"
)

// madeToken is a token with its secret, shown this once.
type madeToken struct {
	login.Token
	Secret string `json:"secret"`
}

func (a *API) tokens() {
	add(a, call{method: "GET", path: "/tokens", tag: "Tokens", id: "listTokens", does: "List API tokens: one's own, everybody's for admins",
		op: purser.OpTokenOwn},
		func(ctx context.Context, _ *none) (*body[items[login.Token]], error) {
			return whole(a.Login.Tokens(ctx))
		})
	add(a, call{method: "POST", path: "/tokens", tag: "Tokens", id: "createToken", does: "Make an API token; the answer holds the secret, once",
		op: purser.OpTokenOwn, status: 201},
		func(ctx context.Context, in *struct {
			Body struct {
				Name      string             `json:"name" minLength:"1" maxLength:"200"`
				Scopes    []purser.Operation `json:"scopes" minItems:"1"`
				ExpiresAt time.Time          `json:"expires_at"`
			}
		}) (*body[madeToken], error) {
			secret, token, err := a.Login.CreateToken(ctx, in.Body.Name, in.Body.Scopes, in.Body.ExpiresAt)
			return answer(madeToken{Token: token, Secret: secret}, err)
		})
	add(a, call{method: "DELETE", path: "/tokens/{id}", tag: "Tokens", id: "revokeToken", does: "Revoke an API token", op: purser.OpTokenOwn, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Login.RevokeToken(ctx, in.ID)) })
}
