// Package oidc asks one OpenID Connect provider who somebody is: discovery, the
// authorization code flow with PKCE and nonce, and the checks of the answer. It
// knows nothing of users; package login does.
//
// Sources: OpenID Connect Core 1.0 and Discovery 1.0; RFC 7636 (PKCE), RFC 9207
// (issuer in the answer), RFC 9700 (best current practice), read 2026-11.
package oidc
