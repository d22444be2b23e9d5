package hardness_test

import (
	"log/slog"
	"testing"
	"time"

	"purser"
	"purser/internal/sandbox"
	"purser/internal/store"
)

// committed looks into the data of a killed server: how many pages of users were committed.
func (h *house) committed() (run string, pages int) {
	h.t.Helper()
	db, err := store.Open(h.t.Context(), store.Options{Dir: h.data(), URL: h.db, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		h.t.Fatal(err)
	}
	rows, err := store.OpenRuns(h.t.Context(), db.Read(), purser.MicrosOf(time.Now().Add(time.Hour)), 100)
	if err != nil || len(rows) != 1 {
		h.t.Fatalf("open runs: %+v, %v", rows, err)
	}
	r, err := store.RunDetail(h.t.Context(), db.Read(), rows[0].ID)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		h.t.Fatal(err)
	}
	return r.ID, int(r.Pages)
}

func TestAKilledSyncOfTenThousandGoesOnFromItsLastCommittedPage(t *testing.T) {
	const users, pages, path = 10_000, 50, "/api/v1/users"
	each(t, sandbox.Options{Scale: &sandbox.Scale{Users: users, Apps: 1, Groups: 1}}, func(t *testing.T, h *house) {
		h.serve()
		// The vendor falls silent at the 18th page, and once more 15 requests on; the very first request is the probe.
		h.vendors.Script(sandbox.Fault{Route: path, Skip: 1 + 17, Times: 1, Kind: sandbox.SlowBody},
			sandbox.Fault{Route: path, Skip: 1 + 17 + 15, Times: 1, Kind: sandbox.SlowBody})
		h.okta(purser.TaskApplicationRoster)
		var token []string // of the nth page
		run, first := "", 0
		for life := 1; ; life++ {
			h.until("the vendor falls silent, or the run ends", func() bool {
				return life <= 2 && h.vendors.Fired(sandbox.SlowBody) == life || life > 2 && list[purser.Run](h, "/runs")[0].State.Ended()
			})
			if life <= 2 {
				h.kill()
			}
			asked := h.asked(path)
			if life == 1 {
				asked = asked[1:]
			}
			for n, r := range asked {
				after := r.Query.Get("after")
				switch {
				case first+n == len(token):
					token = append(token, after)
				case token[first+n] != after:
					t.Fatalf("life %d: request %d asked for %q; %d pages were committed, so that it had to be %q", life, n+1, after, first, token[first+n])
				}
			}
			if life > 2 {
				break
			}
			id, committed := h.committed()
			if committed <= first || run != "" && id != run {
				t.Fatalf("life %d: run %s has committed %d pages; before it was %s with %d", life, id, committed, run, first)
			}
			run, first = id, committed
			h.vendors.ClearJournal()
			h.serve()
		}
		if len(token) != pages {
			t.Errorf("%d pages were asked for, want %d", len(token), pages)
		}
		runs := h.runs()
		if len(runs) != 1 || runs[0].ID != run || runs[0].State != purser.RunSucceeded || runs[0].Streams == nil && runs[0].Counts.Added != users+1 {
			t.Fatalf("the runs are %+v", runs)
		}
		seen := map[string]bool{}
		for _, a := range list[purser.Account](h, "/accounts?limit=1000") {
			seen[a.ExternalID] = true
		}
		var detail purser.Run
		h.api("GET", "/runs/"+run, nil, &detail)
		if len(seen) != users || detail.Streams[0].Counts.Read != users || detail.Streams[0].Counts.Added != users || detail.Streams[0].Counts.Rejected != 0 {
			t.Errorf("%d accounts of %d; counts %+v", len(seen), users, detail.Streams[0].Counts)
		}
		if again := h.sync(purser.TaskApplicationRoster); again.Counts.Added+again.Counts.Changed+again.Counts.Removed != 0 {
			t.Errorf("a second reading found other rows than were kept: %+v", again.Counts)
		}
	})
}
