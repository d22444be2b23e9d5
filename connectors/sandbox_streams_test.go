package connectors_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"purser/internal/connectortest"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/sandbox"
	"purser/internal/source"
)

// readAll reads every stream of every task of a connection.
func (c connected) readAll(t *testing.T) {
	t.Helper()
	src := source.HTTP{Caller: c.caller, Limits: source.StreamLimits(c.plan.Manifest),
		Scopes: func(scopes manifest.Scopes) []string { return scopes.Asked(c.plan.Manifest, c.settings) }}
	for _, task := range c.plan.Tasks {
		sink := connectortest.NewKept(task)
		for _, stream := range task.Streams {
			res := engine.Run(t.Context(), engine.Job{Stream: stream, Vars: c.vars, Now: c.now, Drift: true}, src, sink)
			rejects := sink.Rejects(stream.Name)
			if res.State != engine.Complete || res.Rejects > 0 {
				t.Errorf("%s %s ended as %s (%v), refused %v", task.Name, stream.Name, res.State, res.Err, rejects[:min(len(rejects), 3)])
			}
			if mayBeEmpty := slices.Contains([]string{"deleted", "revocations"}, stream.Name); res.Rows == 0 && !mayBeEmpty {
				t.Errorf("%s %s gave no record of %d items", task.Name, stream.Name, res.Items)
			}
		}
	}
}

// The made-up company has names that are hostile, not records that are broken:
// none is refused.
func TestEveryStreamIsReadFromTheMadeUpCompany(t *testing.T) {
	s, err := sandbox.Start(t.Context(), sandbox.Options{Seed: 1, DPoP: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range connections(s) {
		t.Run(of.Connector+"/"+of.Auth, func(t *testing.T) { connect(t, s, of).readAll(t) })
	}
}

func TestTokensThatEndAreRenewedOnTheWay(t *testing.T) {
	s, err := sandbox.Start(t.Context(), sandbox.Options{Seed: 1, SlackRotation: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range connections(s) {
		if of.Auth == "api_token" || of.Auth == "api_key" {
			continue // what does not end need not be renewed
		}
		t.Run(of.Connector+"/"+of.Auth, func(t *testing.T) {
			c := connect(t, s, of)
			s.AdvanceClock(13 * time.Hour)
			c.readAll(t)
		})
	}
}

func TestAnOlderAppHasTheWideScopes(t *testing.T) {
	s, err := sandbox.Start(t.Context(), sandbox.Options{Seed: 1, XeroClassicScopes: true})
	if err != nil {
		t.Fatal(err)
	}
	connect(t, s, connection(t, s, sandbox.Xero)).readAll(t)
}

// One scope that is not granted stops the streams that need it, and no other.
func TestAMissingScopeStopsItsOwnStreamsOnly(t *testing.T) {
	s, err := sandbox.Start(t.Context(), sandbox.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	of := connection(t, s, sandbox.Okta) // a service app: a token for each set of scopes
	c := connect(t, s, of)
	s.ShrinkScopes(sandbox.Okta, []string{"okta.users.read", "okta.orgs.read"})
	src := source.HTTP{Caller: c.caller}
	task := c.plan.Task("application_roster")
	for stream, want := range map[string]engine.State{"users": engine.Complete, "groups": engine.Blocked} {
		res := engine.Run(t.Context(), engine.Job{Stream: task.Stream(stream), Vars: c.vars, Now: c.now}, src, connectortest.NewKept(task))
		if res.State != want {
			t.Errorf("%s ended as %s (%v), want %s", stream, res.State, res.Err, want)
		}
		if want == engine.Blocked && (res.Err == nil || !strings.Contains(res.Err.Scope+res.Err.Hint, "okta.groups.read")) {
			t.Errorf("the error does not name the missing scope: %+v", res.Err)
		}
	}
}
