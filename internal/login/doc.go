// Package login says who asks and what they may do: users and their passwords,
// sessions of browsers, one-time links, API tokens, and the one table of
// operations and roles that pages, API and command line all obey.
//
// Secrets (session cookies, link tokens, API tokens) are 256 bits of randomness,
// handed out once and kept as their SHA-256 only. Passwords are kept as argon2id.
package login
