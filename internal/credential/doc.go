// Package credential is the one owner of credentials: it seals them, hands out
// tokens, refreshes them and sends people through a vendor's consent.
//
// One function hands out a token for a credential, a token's name and a set of
// scopes (Broker.token, behind Session.Authorize). It goes one at a time for
// each credential, in this process by a lock and among processes by a lease; it
// reads again what another may have stored meanwhile; and it stores a new token
// before its first use, so that a rotating refresh token is never lost. Nothing
// is deleted because something failed, and only the vendor's own refusal,
// confirmed by a second reading, counts as a credential that is no longer accepted.
package credential
