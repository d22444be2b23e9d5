// Package scimtest runs a real SCIM 2.0 server for tests: the npm packages scimmy
// and scimmy-routers, installed by the project's lock file.
package scimtest

import (
	"testing"

	"purser/internal/nodetest"
)

// Token is the one that the server knows.
const Token = "right"

// Start runs a server with 250 users and three groups, and returns its address on
// loopback. Where it is not installed the test is skipped, or fails if
// PURSER_TEST_SCIM_REQUIRED is set.
func Start(t testing.TB) (address string) {
	t.Helper()
	var up struct{ Address string }
	nodetest.Start(t, nodetest.Server{Package: "scimmy-routers", Script: "internal/source/scimtest/server.mjs", Required: "PURSER_TEST_SCIM_REQUIRED"}, &up)
	return up.Address
}
