package hardness_test

import (
	"encoding/json"
	"testing"

	"purser"
	"purser/internal/demo"
	"purser/internal/sandbox"
)

func TestTheDemoConnectsFiveSystemsAndHandsOverListsAndCountsWhatTheyHave(t *testing.T) {
	t.Parallel()
	h := open(t, sandbox.Options{})
	code, out, errs := h.purser("demo", "--exit", "--json")
	var s demo.Summary
	if err := json.Unmarshal([]byte(out), &s); code != 0 || err != nil || !s.Complete() || len(s.Connectors) != 6 {
		t.Fatalf("exit code %d, %v: %s%s", code, err, out, errs)
	}
	want := h.vendors.Counts() // of the same company: both have the same seed
	names := map[string]map[string]string{
		sandbox.Okta:     {"users": "users", "groups": "groups", "members": "memberships", "assignments": "assignments"},
		sandbox.Google:   {"users": "users", "groups": "groups", "members": "memberships", "seats": "seats"},
		sandbox.Slack:    {"users": "users", "groups": "groups"},
		sandbox.BambooHR: {"people": "people"},
		sandbox.Xero:     {},
		"file":           {"accounts": "users", "seats": "users"},
	}
	want["file"] = map[string]int{"users": int(h.vendors.Listed().Bought)}
	for _, c := range s.Connectors {
		streams, ok := names[c.Name]
		if !ok || c.Records == 0 || len(c.Runs) == 0 || len(c.Streams) == 0 {
			t.Errorf("%+v", c)
		}
		var sum int64
		for _, n := range c.Streams {
			sum += n
		}
		if sum != c.Records {
			t.Errorf("%s: %d records, and %d in its streams", c.Name, c.Records, sum)
		}
		for stream, counted := range streams {
			if c.Streams[stream] != int64(want[c.Name][counted]) {
				t.Errorf("%s has %d %s, %d were read", c.Name, want[c.Name][counted], counted, c.Streams[stream])
			}
		}
		for task, state := range c.Runs {
			if state != string(purser.RunSucceeded) {
				t.Errorf("%s, %s: %s", c.Name, task, state)
			}
		}
		delete(names, c.Name)
	}
}
