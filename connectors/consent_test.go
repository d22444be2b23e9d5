package connectors_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"purser"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// consentEntry is an entry of a log of what people gave to applications, or took back.
type consentEntry struct {
	at          time.Time
	event, who  string
	application string
}

// consentLog is a vendor that tells it, the newest first.
type consentLog struct {
	mu  sync.Mutex
	all []consentEntry
}

func (l *consentLog) answer(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from, _ := time.Parse(time.RFC3339, r.URL.Query().Get("startTime"))
	items := []any{}
	for _, e := range slices.Backward(l.all) {
		if !strings.HasSuffix(r.URL.Path, "/token") || r.URL.Query().Get("eventName") != e.event || e.at.Before(from) {
			continue
		}
		at := e.at.Format("2006-01-02T15:04:05.000Z")
		items = append(items, map[string]any{"id": map[string]any{"time": at, "uniqueQualifier": at + e.who, "applicationName": "token", "customerId": "C01acme"},
			"actor": map[string]any{"callerType": "USER", "email": e.who + "@example.com", "profileId": e.who},
			"events": []any{map[string]any{"type": "auth", "name": e.event, "parameters": []any{map[string]any{"name": "client_id", "value": e.application},
				map[string]any{"name": "app_name", "value": e.application}, map[string]any{"name": "scope", "multiValue": []any{"email " + at}}}}}})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"items": items})
}

// TestAConsentIsThereUntilItIsTakenBack lets people give and take in any order
// between syncs, which read the last day again each time, and holds who has what
// against who gave last.
func TestAConsentIsThereUntilItIsTakenBack(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		x := newTenantIn(t, "google-workspace", string(purser.TaskApplicationDiscovery), o)
		log := &consentLog{}
		x.bad.Store(&reply{serve: log.answer})
		i := x.connect("acme")
		r := rand.New(rand.NewPCG(7, 1))
		given := map[string]bool{}
		for step := range 24 {
			for range r.IntN(5) {
				x.clock.now = x.clock.now.Add(time.Duration(20+r.IntN(100)) * time.Minute)
				e := consentEntry{x.clock.now, "authorize", fmt.Sprint("u", r.IntN(3)), fmt.Sprint("a", r.IntN(2))}
				if given[e.application+"/"+e.who] && r.IntN(2) == 0 {
					e.event = "revoke"
				}
				given[e.application+"/"+e.who] = e.event == "authorize"
				log.mu.Lock()
				log.all = append(log.all, e)
				log.mu.Unlock()
			}
			x.clock.now = x.clock.now.Add(time.Minute)
			for range 2 {
				done, _ := x.sync(i)
				if done.State != purser.RunSucceeded {
					t.Fatalf("step %d: the sync is %s: %s", step, done.State, done.Message)
				}
			}
			var want, got []string
			for id, yes := range given {
				if yes {
					want = append(want, "assignment "+id)
				}
			}
			for _, row := range strings.Split(x.rows(i), "\n") {
				if strings.HasPrefix(row, "assignment ") {
					got = append(got, row)
				}
			}
			if slices.Sort(want); !slices.Equal(got, want) {
				t.Fatalf("step %d: %q are there, want %q", step, got, want)
			}
		}
		var flaps int
		err := x.db.Read().NewRaw(`SELECT count(*) FROM change WHERE kind = 'assignment' AND field = 'assigned_at' AND after < before`).Scan(t.Context(), &flaps)
		if err != nil || flaps != 0 {
			t.Errorf("%d consents went back in time: %v", flaps, err)
		}
	})
}
