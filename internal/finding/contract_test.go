package finding_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/contract"
	"purser/internal/finding"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

type everybody struct{}

func (everybody) Allow(context.Context, purser.Operation) error { return nil }

// A contract that nobody has decided about is a finding as soon as it is written
// down, and none any more as soon as somebody has decided.
func TestRenewalsFollowContractsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }
		s := finding.New(finding.Options{DB: db, Gate: everybody{}, Now: now, Log: slog.New(slog.DiscardHandler)})
		contracts, err := contract.New(contract.Options{DB: db, Gate: everybody{}, Now: now, Rand: rand.Reader, Currencies: []string{"EUR"}, Changed: s.Wake,
			Organization: func(context.Context) (purser.Organization, *time.Location) { return purser.Organization{}, time.UTC }})
		if err != nil {
			t.Fatal(err)
		}
		s.Contracts = contracts
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- s.Serve(ctx) }()
		c, err := contracts.Create(ctx, purser.ContractInput{ContractFacts: purser.ContractFacts{Name: "Chat", Vendor: "Example Inc."}, Applications: []string{"Chat"},
			Terms: purser.ContractTerms{Start: "2026-01-01", End: "2026-12-31", Notice: purser.Notice{Count: 10, Unit: "days"}}})
		if err != nil {
			t.Fatal(err)
		}
		find := func(kind purser.FindingKind, n int) purser.Finding {
			t.Helper()
			for ctx.Err() == nil {
				list, err := s.List(ctx, finding.Filter{Kinds: []string{string(kind)}}, purser.Page{})
				if err != nil {
					t.Fatal(err)
				}
				if len(list.Items) == n {
					return append(list.Items, purser.Finding{})[0]
				}
				time.Sleep(time.Millisecond)
			}
			return purser.Finding{}
		}
		open := func(n int) purser.Finding { t.Helper(); return find(purser.FindingRenewalDue, n) }
		if f := open(1); f.Sentence != "Nobody has decided what becomes of Chat (notice by 2026-12-21)." || f.ApplicationName != "Chat" ||
			len(f.Evidence) != 2 || f.Evidence[1].URL != "/contracts/"+c.ID {
			t.Errorf("%+v", f)
		}
		// Nobody looks after it either, until it has an owner.
		if f := find(purser.FindingOwnerLeft, 1); f.ExternalID != c.ID {
			t.Errorf("%+v", f)
		}
		err = db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO users (id, email, name, role, password, created_at, updated_at, last_sign_in_at) VALUES ('usr_ada', 'ada@example.com', 'Ada', 'admin', '', 1, 1, 1)`)
			return err
		})
		if err == nil {
			_, err = contracts.Update(ctx, c.ID, purser.ContractInput{ContractFacts: c.ContractFacts, Applications: []string{"Chat"}, Owner: "usr_ada", Terms: c.Terms, Version: c.Version})
		}
		if err != nil {
			t.Fatal(err)
		}
		find(purser.FindingOwnerLeft, 0)
		if _, err := contracts.Decide(ctx, c.ID, 0, purser.DecisionRenew, "it is used"); err != nil {
			t.Fatal(err)
		}
		open(0)
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}
