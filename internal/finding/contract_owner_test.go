package finding_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/contract"
	"purser/internal/finding"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// A contract without an owner, or whose owner has left or is gone, is a finding until
// it has one again; what is canceled and over needs nobody.
func TestAContractThatNobodyLooksAfterIsAFindingUntilItHasAnOwner(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }
		s := finding.New(finding.Options{DB: db, Gate: everybody{}, Now: now, Log: slog.New(slog.DiscardHandler)})
		contracts, err := contract.New(contract.Options{DB: db, Gate: everybody{}, Now: now, Rand: rand.Reader, Currencies: []string{"EUR"},
			Organization: func(context.Context) (purser.Organization, *time.Location) { return purser.Organization{}, time.UTC }})
		if err != nil {
			t.Fatal(err)
		}
		s.Contracts = contracts
		write := func(stmt string, args ...any) {
			t.Helper()
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewRaw(stmt, args...).Exec(ctx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		write(`INSERT INTO instance (no, id, name, name_key, connector, application_id, status, created_at, updated_at, version, hr) VALUES (5, 'ins_5', 'HR', 'hr', 'x', 0, 'live', 1, 1, 1, TRUE)`)
		for n, name := range []string{"ada", "bob", "cem", "dee"} {
			write(`INSERT INTO "person" (id, instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email, display_name, employment)
				VALUES (?, 5, ?, 1, 1, 1, 1, 1, 1, 1, ?, ?, 'employed')`, n+1, name, name+"@example.com", name)
			if n < 2 {
				write(`INSERT INTO users (id, email, name, role, password, created_at, updated_at, last_sign_in_at) VALUES (?, ?, ?, 'admin', '', 1, 1, 1)`, "usr_"+name, name+"@example.com", name)
			}
		}
		ids, names := map[string]string{}, map[string]string{}
		for _, owner := range []string{"", "usr_ada", "usr_bob", "per_3", "per_4"} {
			c, err := contracts.Create(t.Context(), purser.ContractInput{ContractFacts: purser.ContractFacts{Name: cmp.Or(owner, "nobody"), Vendor: "Example Inc."}, Applications: []string{"Chat"}, Owner: owner,
				Terms: purser.ContractTerms{Start: "2026-01-01", End: "2027-12-31"}})
			if err != nil {
				t.Fatal(err)
			}
			ids[owner], names[c.ID] = c.ID, cmp.Or(owner, "nobody")
		}
		over, err := contracts.Create(t.Context(), purser.ContractInput{ContractFacts: purser.ContractFacts{Name: "Over", Vendor: "Example Inc."},
			Terms: purser.ContractTerms{Start: "2025-01-01", End: "2025-12-31"}})
		if err == nil {
			_, err = contracts.Decide(t.Context(), over.ID, 0, purser.DecisionCancel, "nobody used it")
		}
		if err != nil {
			t.Fatal(err)
		}
		lost := func(states ...string) (out []string) {
			t.Helper()
			list, err := s.List(t.Context(), finding.Filter{Kinds: []string{string(purser.FindingOwnerLeft)}, States: states}, purser.Page{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range list.Items {
				name := names[f.ExternalID]
				if out = append(out, name); len(f.Evidence) == 0 || f.Evidence[len(f.Evidence)-1].URL != "/contracts/"+f.ExternalID {
					t.Errorf("%s opens %+v", name, f.Evidence)
				}
				want := "Nobody looks after the contract " + name + "."
				if name != "nobody" {
					want = "Nobody looks after the contract " + name + ": its owner has left, or is no user of Purser any more."
				}
				if f.Sentence != want {
					t.Errorf("%q, want %q", f.Sentence, want)
				}
			}
			slices.Sort(out)
			return out
		}
		derive := func(want ...string) {
			t.Helper()
			if err := s.Derive(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if got := lost(); !slices.Equal(got, want) {
				t.Errorf("nobody looks after %q, want %q", got, want)
			}
		}
		derive("nobody")
		write(`DELETE FROM users WHERE id = 'usr_bob'`)
		write(`UPDATE "person" SET employment = 'ended', ended_on = '2026-11-20' WHERE external_id IN ('ada', 'cem')`)
		derive("nobody", "per_3", "usr_ada", "usr_bob")
		write(`UPDATE "person" SET employment = 'employed' WHERE external_id = 'ada'`)
		c, err := contracts.Contract(t.Context(), ids[""])
		if err == nil {
			_, err = contracts.Update(t.Context(), c.ID, purser.ContractInput{ContractFacts: c.ContractFacts, Applications: []string{"Chat"}, Owner: "usr_ada", Terms: c.Terms, Version: c.Version})
		}
		if err != nil {
			t.Fatal(err)
		}
		derive("per_3", "usr_bob")
		if got := lost(purser.FindingVerified); !slices.Equal(got, []string{"nobody", "usr_ada"}) {
			t.Errorf("over: %q", got)
		}
	})
}
