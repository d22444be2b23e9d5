package credential_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/credential"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestFiftyCallsOfTwoNodesOverOneDatabaseMakeOneRefreshThatIsStoredBeforeItsFirstUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, rotating())
		auth := codeAuth()
		h.enter(auth, clientValues())
		h.granted(auth)
		kept, records := h.store.records["crd_1"], db.Credentials()
		given := kept
		given.Generation = 1
		err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			i := purser.Instance{ID: "ins_1", Name: "Acme", Connector: "vendor", Status: purser.StatusLive, Settings: map[string]string{}}
			if _, err := store.InsertInstance(ctx, tx, i); err != nil {
				return err
			}
			return store.SwapCredential(ctx, tx, given, 0)
		})
		if err != nil {
			t.Fatal(err)
		}
		// Whoever finds the lease taken looks at the database until it is free.
		free := func(ctx context.Context, _ time.Duration) error {
			for holder := "?"; holder != ""; {
				if err := db.Read().NewRaw("SELECT lease_holder FROM credential WHERE id = 'crd_1'").Scan(ctx, &holder); err != nil {
					return err
				}
			}
			return nil
		}
		node := func(holder string) *credential.Session {
			return credential.NewBroker(credential.Options{Store: records, Flows: h.store, Sealer: h.sealer, HTTP: h.http, UserAgent: "Purser/test",
				Holder: holder, Now: h.clock.Now, Rand: rand.Reader, Sleep: free}).Session(h.use(auth))
		}
		h.clock.Move(time.Hour)
		before := len(h.called())
		nodes := []*credential.Session{node("node-1"), node("node-2")}
		var wg sync.WaitGroup
		errs := make(chan error, 50)
		for i := range 50 {
			wg.Go(func() {
				r, _, err := authorize(t.Context(), nodes[i%2], "", nil, "")
				if err != nil {
					errs <- err
					return
				}
				// Whoever reads the database now must find this very token.
				stored, _, err := authorize(t.Context(), node("reader"), "", nil, "")
				if err != nil || stored.Header.Get("Authorization") != r.Header.Get("Authorization") || r.Header.Get("Authorization") != "Bearer access-2" {
					errs <- fmt.Errorf("used %q, stored %v: %w", r.Header.Get("Authorization"), stored, err)
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		if got := len(h.called()) - before; got != 1 {
			t.Errorf("%d refreshes, want 1", got)
		}
		if now, err := records.Credential(t.Context(), "crd_1"); err != nil || now.Generation != 2 {
			t.Errorf("generation %d, want 2: %v", now.Generation, err)
		}
	})
}
