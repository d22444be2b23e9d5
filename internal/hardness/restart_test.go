package hardness_test

import (
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/sandbox"
	"purser/internal/store/storetest"
)

// The database's server is stopped while the vendor is slow with a page, so that
// the page comes when there is nobody to store it.
func TestARunGoesOnByItselfThroughARestartOfPostgreSQL(t *testing.T) {
	t.Parallel()
	const users, path = 3000, "/api/v1/users"
	cluster := storetest.NewCluster(t)
	h := open(t, sandbox.Options{Scale: &sandbox.Scale{Users: users, Apps: 1, Groups: 1}})
	h.db = cluster.URL
	h.serve()
	h.vendors.Script(sandbox.Fault{Route: path, Skip: 1 + 7, Times: 1, Kind: sandbox.SlowBody, Pause: 2 * time.Second})
	h.okta(purser.TaskApplicationRoster)
	h.until("the vendor is slow", func() bool { return h.vendors.Fired(sandbox.SlowBody) == 1 })
	cluster.Stop()
	told := func(path string) (int, bool) {
		code, body := h.ask("GET", path, nil)
		return code, strings.Contains(strings.ToLower(body), "the database does not answer") || strings.Contains(strings.ToLower(body), "takes no connection")
	}
	h.until("/healthz tells that the database is away", func() bool { code, said := told("/healthz"); return code == 503 && said })
	for _, page := range []string{"/", "/runs", "/accounts"} {
		if code, said := told(page); code != 503 || !said {
			t.Errorf("%s while the database is away: %d, says so: %t", page, code, said)
		}
	}
	if code, body := h.ask("POST", "/api/v1/instances/Acme/deactivate", nil); code != 503 {
		t.Errorf("a change while the database is away: %d %s", code, body)
	}
	h.until("the run was interrupted", func() bool { return strings.Contains(h.said.String(), "a run is interrupted and goes on later") })
	cluster.Start()
	h.until("/healthz is well again", func() bool { code, _ := h.ask("GET", "/healthz", nil); return code == 200 })
	h.until("the run ends", func() bool { return list[purser.Run](h, "/runs")[0].State.Ended() })
	runs := list[purser.Run](h, "/runs")
	var r purser.Run
	h.api("GET", "/runs/"+runs[len(runs)-1].ID, nil, &r)
	if r.State != purser.RunSucceeded || r.Streams[0].Counts.Read != users || r.Streams[0].Counts.Added != users {
		t.Errorf("the run ended %s: %s; %+v", r.State, r.Message, r.Streams[0].Counts)
	}
	seen := map[string]bool{}
	for _, a := range list[purser.Account](h, "/accounts?limit=1000") {
		if seen[a.ExternalID] {
			t.Errorf("%s came twice", a.ExternalID)
		}
		seen[a.ExternalID] = true
	}
	if len(seen) != users {
		t.Errorf("%d accounts of %d", len(seen), users)
	}
	if code, said := told("/runs"); code != 200 || said {
		t.Errorf("afterwards /runs answers %d, says that the database is away: %t", code, said)
	}
}
