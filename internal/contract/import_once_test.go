package contract_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/contract"
	"purser/internal/store"
)

// many are rows of a file with new contracts.
func many(n int) [][]string {
	rows := [][]string{{"Contract", "Supplier", "Application"}}
	for i := range n {
		rows = append(rows, []string{fmt.Sprint("Contract ", i), "Example", "Chat"})
	}
	return rows
}

func (h *house) count() int {
	h.t.Helper()
	list, err := h.List(h.ctx, contract.Filter{}, purser.Page{Limit: 200})
	if err != nil {
		h.t.Fatal(err)
	}
	return len(list.Items)
}

func TestAnImportThatIsConfirmedTwiceIsWrittenOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.upload(many(30))
		var all sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			all.Go(func() { _, errs[i] = h.ApplyImport(h.ctx, p.ID, nil) })
		}
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || h.count() != 30 {
			t.Errorf("%d contracts: %v", h.count(), errs)
		}
		again := h.upload(many(1))
		if again.Rows[0].What != contract.ImportNew || !strings.HasPrefix(again.Rows[0].Twin, purser.PrefixContract) {
			t.Errorf("a contract that is there already: %+v", again.Rows)
		}
	})
}

func TestAnImportThatIsCutOffWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.upload(many(30))
		ctx, cancel := context.WithCancel(h.ctx)
		defer cancel()
		times := 0
		s := h.withClock(func() { // each contract asks what time it is
			if times++; times == 230 {
				cancel()
			}
		})
		if _, err := s.ApplyImport(ctx, p.ID, nil); err == nil {
			t.Fatalf("it was not cut off: the clock was read %d times", times)
		}
		if n := h.count(); n != 0 {
			t.Errorf("%d contracts of a file that was cut off", n)
		}
		if _, err := h.ApplyImport(h.ctx, p.ID, nil); err != nil || h.count() != 30 {
			t.Errorf("again: %d %v", h.count(), err)
		}
	})
}

// What a contract names is managed from then on: that is told before, kept in the
// application's history and audited, and what follows from it is due.
func TestAnApplicationThatAContractManagesIsToldAndKept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		err := h.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.NewRaw(`INSERT INTO saas_application (name, name_key, connector, status, first_seen_at, updated_at) VALUES ('Zoom', 'zoom', '', 'accepted', 1, 1)`).Exec(ctx); err != nil {
				return err
			}
			_, err := tx.NewRaw(`INSERT INTO application_source (application_id, instance_no, external_id) SELECT id, 7, 'z' FROM saas_application`).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		p := h.upload([][]string{{"Contract", "Supplier", "Application"}, {"Calls", "Example", "zoom; Salesforec"}})
		if !slices.Equal(p.Rows[0].Managed, []string{"Zoom", "Salesforec"}) {
			t.Errorf("told before: %+v", p.Rows)
		}
		if _, ok, err := store.ApplicationNamed(t.Context(), h.db.Read(), "Salesforec"); ok || err != nil {
			t.Errorf("a preview made it: %v", err)
		}
		if _, err := h.ApplyImport(h.ctx, p.ID, nil); err != nil {
			t.Fatal(err)
		}
		for name, before := range map[string]string{"Zoom": "accepted", "Salesforec": ""} {
			a, _, err := store.ApplicationNamed(t.Context(), h.db.Read(), name)
			if err != nil {
				t.Fatal(err)
			}
			steps, err := store.Steps(t.Context(), h.db.Read(), a.ID)
			if err != nil || len(steps) != 1 || steps[0].By != "Fin" || steps[0].Before != before || steps[0].After != "managed" || !strings.Contains(steps[0].Note, "Calls") {
				t.Errorf("%s: %+v %v", name, steps, err)
			}
			rows, err := store.AuditPage(t.Context(), h.db.Read(), store.AuditFilter{Object: store.ApplicationID(a.ID)}, 0, 10)
			if err != nil || len(rows) != 1 || rows[0].Operation != string(purser.OpApplicationSet) {
				t.Errorf("%s is audited: %+v %v", name, rows, err)
			}
		}
		var due int
		if err := h.db.Read().NewRaw(`SELECT count(*) FROM derivation_due WHERE instance_no = 7 AND kind IN ('assignment', 'seat')`).Scan(t.Context(), &due); err != nil || due != 2 {
			t.Errorf("%d are due: %v", due, err)
		}
		in := chat("Another", "2027-12-31")
		in.Applications = []string{"Zoom"}
		h.create(in)
		a, _, _ := store.ApplicationNamed(t.Context(), h.db.Read(), "Zoom")
		if steps, err := store.Steps(t.Context(), h.db.Read(), a.ID); err != nil || len(steps) != 1 {
			t.Errorf("one that is managed already: %+v %v", steps, err)
		}
	})
}
