package hardness_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/sandbox"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestAKilledDeletionGoesOnAndLeavesNoOrphan(t *testing.T) {
	const users, members = 10_000, 20_000
	each(t, sandbox.Options{Scale: &sandbox.Scale{Users: users, Apps: 1, Groups: 20, Memberships: members}}, func(t *testing.T, h *house) {
		h.serve()
		h.okta(purser.TaskApplicationRoster)
		h.runs()
		var d purser.Deletion
		h.api("POST", "/instances/Acme/deletions", map[string]any{"scope": purser.DeleteInstance, "i_understand": true}, &d)
		if d.Total < users+members {
			t.Fatalf("%d rows are to go, want at least %d", d.Total, users+members)
		}
		look := func() bool {
			h.api("GET", "/deletions/"+d.ID, nil, &d)
			return d.Removed > 0 || d.Ended()
		}
		h.until("some rows are gone", look)
		h.kill()
		if d.Ended() {
			t.Fatal("the deletion was over before the server was killed: give it more rows")
		}
		before := d.Removed
		h.serve()
		h.until("the deletion ends", func() bool { look(); return d.Ended() })
		if d.Removed != d.Total || d.Removed <= before {
			t.Errorf("killed at %d; at the end %d of %d rows are told as gone", before, d.Removed, d.Total)
		}
		if left := list[purser.Account](h, "/accounts"); len(left) > 0 {
			t.Errorf("%d accounts are left", len(left))
		}
		records := 0
		for _, e := range list[struct{ Operation, After any }](h, "/audit?object="+d.InstanceID) {
			if e.Operation == string(purser.OpInstanceDelete) && strings.Contains(fmt.Sprint(e.After), "gone") {
				records++
			}
		}
		if records != 1 {
			t.Errorf("%d records of its end", records)
		}
		h.kill() // nothing must be left to a graceful stop either
		db, err := store.Open(t.Context(), store.Options{Dir: h.data(), URL: h.db, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if left := storetest.Orphans(t, db); len(left) > 0 {
			t.Errorf("orphans: %s", strings.Join(left, "; "))
		}
	})
}
