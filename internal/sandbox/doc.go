// Package sandbox is a made-up company and its five SaaS vendors on loopback:
// Okta, Google Workspace, Slack, BambooHR and Xero as their documentation
// describes them, with their authorization, paging, limits and error bodies.
// The demo connects to it through the very same flows as to the real vendors,
// tests assert what was sent to it and let it misbehave on cue, and benchmarks
// read large tenants from it.
//
// Everything in it is invented: people at example.com, keys made at start.
// Each vendor host has a listener of its own on 127.0.0.1; requests must carry
// the vendor's name as Host, and every link in an answer uses that name, so
// only the dialed address differs from the real thing.
package sandbox
