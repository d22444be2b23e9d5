package connectors_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"purser/internal/engine"
	"purser/internal/vendorhttp"
)

// Values of these recordings are blanked, "ok" among them: it is set to true, as
// a blank answer would be a refusal.
func TestEverythingThatTheLiveInterfaceEverSentIsDecoded(t *testing.T) {
	for _, c := range []struct {
		task, stream, method string
		rows                 int
		drift                string // a field that no manifest names
	}{
		{"application_roster", "users", "users.list", 1, "profile.avatar_hash"},
		{"application_access", "logins", "team.accessLogs", 1, "isp"},
		{"license_information", "seats", "team.billableInfo", 2, ""},
		{"license_information", "plans", "team.billing.info", 1, ""},
	} {
		t.Run(c.method, func(t *testing.T) {
			data, err := os.ReadFile(vendorData(t, "recordings", "slack", c.method+".json"))
			if err != nil {
				t.Fatal(err)
			}
			body := []byte(strings.Replace(string(data), `"ok": false`, `"ok": true`, 1))
			x := subjectOf(t, "slack", c.task, c.stream, "", nil)
			res, sink, _ := x.read(t, playVendor(t, reply{status: 200, body: body}), vendorhttp.Caps{})
			if res.State != engine.Complete || sink.rows != c.rows || len(sink.rejects) > 0 {
				t.Errorf("ended as %s (%v) with %d records, refused %v", res.State, res.Err, sink.rows, sink.rejects)
			}
			if c.drift != "" && res.Drift[c.drift] == 0 {
				t.Errorf("%s is not counted as drift: %v", c.drift, slices.Sorted(maps.Keys(res.Drift)))
			}
		})
	}
}

func TestTokensAndTenantStandWhereTheLiveInterfaceSendsThem(t *testing.T) {
	m := decoded(t, "slack")
	for file, paths := range map[string][]string{
		"oauth.v2.access.json": {m.Auth[0].Tokens[0].Answer.AccessToken, m.Auth[0].Tokens[0].Answer.RefreshToken, m.Auth[0].Tokens[1].Answer.AccessToken,
			m.Auth[0].Tokens[1].Answer.RefreshToken, m.Auth[0].Tokens[1].Answer.ExpiresIn, m.Auth[0].Tokens[1].Answer.Scope},
		"auth.test.json": {m.Tenant.ID, m.Tenant.Name, m.Tenant.Account},
	} {
		data, err := os.ReadFile(vendorData(t, "recordings", "slack", file))
		if err != nil {
			t.Fatal(err)
		}
		var sample any
		if err := json.Unmarshal(data, &sample); err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			if p == "" || !inSample(sample, steps(p)) {
				t.Errorf("%s has nothing at %q", file, p)
			}
		}
	}
}
