// Package purser is the domain of the product: the words of the organization's
// SaaS estate as Go types, their closed lists of values and the rules that hold
// everywhere. It imports the standard library only, so that every other package
// may import it.
//
// Newcomers read on in connectors/okta/manifest.yaml, then internal/engine,
// internal/run and internal/web.
package purser
