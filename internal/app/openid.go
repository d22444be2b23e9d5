package app

import (
	"purser"
	"purser/internal/login"
	"purser/internal/login/oidc"
)

// openID returns the provider that people sign in with, nil if none is configured.
func (a *App) openID() (*login.OpenID, error) {
	c := a.OIDC
	if c.Issuer == "" {
		if c.ClientID != "" || c.ClientSecretFile != "" {
			return nil, purser.Invalid("oidc-issuer", "a client is named, and no provider")
		}
		return nil, nil
	}
	admission, err := login.NewAdmission(c.Require, c.GroupsClaim, c.Role)
	if err != nil {
		return nil, err
	}
	secret, err := c.Secret()
	if err != nil {
		return nil, err
	}
	scopes := c.Scope
	if len(scopes) == 0 {
		scopes = []string{"email", "profile"}
	}
	provider, err := oidc.New(oidc.Options{Issuer: c.Issuer, ClientID: c.ClientID, Secret: secret, Name: c.Name, Scopes: scopes,
		Want: admission.Wants(), HTTP: a.Gate.Transport(), Now: a.Now})
	if err != nil {
		return nil, err
	}
	return &login.OpenID{Provider: provider, Admission: admission, SignOut: c.SignOut}, nil
}
