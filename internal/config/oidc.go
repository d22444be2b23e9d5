package config

import (
	"fmt"
	"io"
	"os"
	"strings"

	"purser"
)

// OIDC is how people sign in by OpenID Connect.
type OIDC struct {
	Issuer           string   `help:"Provider of OpenID Connect that people sign in with: exactly what it calls itself." env:"PURSER_OIDC_ISSUER" placeholder:"URL"`
	ClientID         string   `help:"Purser's client there." env:"PURSER_OIDC_CLIENT_ID" placeholder:"ID"`
	ClientSecretFile string   `help:"File with the client's secret." env:"PURSER_OIDC_CLIENT_SECRET_FILE" type:"path" placeholder:"FILE"`
	Name             string   `help:"What the button calls the provider." env:"PURSER_OIDC_NAME" placeholder:"NAME"`
	Scope            []string `help:"Scopes to ask for beside openid (email and profile if none is named)." env:"PURSER_OIDC_SCOPE" placeholder:"SCOPE"`
	Require          []string `help:"CLAIM=VALUE that people must have, such as the tenant; several values of one claim are alternatives." env:"PURSER_OIDC_REQUIRE" placeholder:"CLAIM=VALUE"`
	GroupsClaim      string   `help:"Claim that lists a person's groups." env:"PURSER_OIDC_GROUPS_CLAIM" default:"groups" placeholder:"CLAIM"`
	Role             []string `help:"GROUP=ROLE: groups decide at each sign-in who comes in and as what. Without any, roles are given in Purser and only those come in who were invited." env:"PURSER_OIDC_ROLE" placeholder:"GROUP=ROLE"`
	SignOut          bool     `help:"Offer to sign out at the provider, too." env:"PURSER_OIDC_SIGN_OUT"`
}

// longestSecret is the most that the file of a client's secret may hold, in bytes.
const longestSecret = 4096

// Secret returns the client's secret, "" if no file is named.
func (c OIDC) Secret() (string, error) {
	if c.ClientSecretFile == "" {
		return "", nil
	}
	f, err := os.Open(c.ClientSecretFile)
	if err != nil {
		return "", fmt.Errorf("reading the client's secret of --oidc-client-secret-file: %w", err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, longestSecret))
	if err != nil {
		return "", fmt.Errorf("reading the client's secret of --oidc-client-secret-file: %w", err)
	}
	secret := strings.TrimSpace(string(raw))
	if secret == "" {
		return "", purser.Invalid("oidc-client-secret-file", "the file %s is empty", c.ClientSecretFile)
	}
	return secret, nil
}
