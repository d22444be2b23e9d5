package table_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/contract"
	"purser/internal/finding"
	"purser/internal/identity"
	"purser/internal/inventory"
	"purser/internal/leaver"
	"purser/internal/license"
	"purser/internal/login"
	"purser/internal/match"
	"purser/internal/run"
	"purser/internal/store"
	"purser/internal/store/storetest"
	"purser/internal/table"
)

// roles allows what the table says of the role of the actor.
type roles struct{}

func (roles) Allow(ctx context.Context, op purser.Operation) error {
	actor, ok := purser.ActorFrom(ctx)
	for _, r := range login.Table()[op] {
		if ok && r == actor.Role {
			return nil
		}
	}
	return &purser.Problem{Kind: purser.ProblemForbidden, What: "not permitted: " + string(op)}
}

// house is the lists over one database, with a clock that the test moves.
type house struct {
	*table.Service
	t     *testing.T
	db    *store.DB
	now   time.Time
	runs  []purser.Run
	mails []purser.Event
}

// Runs returns the runs of a house, whatever is asked for.
func (h *house) list(context.Context, run.Filter, purser.Page) (purser.List[purser.Run], error) {
	return purser.List[purser.Run]{Items: h.runs}, nil
}

type runner func(context.Context, run.Filter, purser.Page) (purser.List[purser.Run], error)

func (f runner) Runs(ctx context.Context, x run.Filter, p purser.Page) (purser.List[purser.Run], error) {
	return f(ctx, x, p)
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := &house{t: t, db: db, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)} // a Sunday
		now := func() time.Time { return h.now }
		contracts, err := contract.New(contract.Options{DB: db, Gate: roles{}, Now: now, Rand: rand.Reader, Currencies: []string{"EUR"},
			Organization: func(context.Context) (purser.Organization, *time.Location) { return purser.Organization{}, time.UTC }})
		if err != nil {
			t.Fatal(err)
		}
		inv := inventory.New(inventory.Options{DB: db, Gate: roles{}, Now: now})
		leavers, err := leaver.New(leaver.Options{DB: db, Gate: roles{}, Now: now, Rand: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		whose, err := identity.New(identity.Options{DB: db, Gate: roles{}, Inventory: inv, Matcher: match.New(db, now), Now: now})
		if err != nil {
			t.Fatal(err)
		}
		h.Service = table.New(table.Options{DB: db, Gate: roles{}, Now: now, Rand: rand.Reader, Inventory: inv, Leavers: leavers, Licenses: license.New(license.Options{DB: db, Gate: roles{}, Now: now}), Identity: whose,
			Contracts: contracts, Findings: finding.New(finding.Options{DB: db, Gate: roles{}, Now: now}), Runs: runner(h.list),
			Tell: func(_ context.Context, _ bun.Tx, e purser.Event) error { h.mails = append(h.mails, e); return nil }})
		for name, role := range map[string]purser.Role{"ada": purser.RoleAdmin, "fin": purser.RoleFinance, "opa": purser.RoleOperator} {
			h.write(func(ctx context.Context, tx bun.Tx) error {
				return store.InsertUser(ctx, tx, store.User{ID: "usr_" + name, Email: name + "@example.com", Name: name, Role: role})
			})
		}
		for n, name := range []string{"=1+1", "Bea", "Cem"} {
			h.write(func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewRaw(`INSERT INTO "person" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, display_name, email, department, employment)
					VALUES (0, ?, 0, 0, 1, 1, 1, 1, 1, ?, ?, ?, 'employed')`, fmt.Sprint("p", n), name, fmt.Sprintf("p%d@example.com", n), []string{"Sales", "Legal", "Sales"}[n]).Exec(ctx)
				return err
			})
		}
		seats := int64(2)
		if _, err := contracts.Create(h.as("fin", purser.RoleFinance), purser.ContractInput{ContractFacts: purser.ContractFacts{Name: "Chat", Vendor: "Example"}, Applications: []string{"Chat"},
			Terms: purser.ContractTerms{Start: "2026-01-01", Plans: []purser.ContractPlan{{Name: "Pro", Per: "user", Quantity: &seats, Price: &purser.Money{Minor: 1250, Currency: "EUR"}, Billing: "monthly"}}}}); err != nil {
			t.Fatal(err)
		}
		fn(t, h)
	})
}

func (h *house) write(fn func(ctx context.Context, tx bun.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) exec(stmt string, args ...any) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx bun.Tx) error { _, err := tx.NewRaw(stmt, args...).Exec(ctx); return err })
}

func (h *house) as(name string, role purser.Role) context.Context {
	return purser.WithActor(h.t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_" + name, Name: name, Role: role})
}

func (h *house) save(ctx context.Context, in table.ViewInput) table.View {
	h.t.Helper()
	v, err := h.Save(ctx, in)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

func names(views []table.View) string {
	var out []string
	for _, v := range views {
		out = append(out, v.Name)
	}
	return strings.Join(out, " ")
}
