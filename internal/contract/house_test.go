package contract_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/contract"
	"purser/internal/login"
	"purser/internal/store"
	"purser/internal/store/storetest"
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

// house is a Purser with contracts and no connection at all.
type house struct {
	*contract.Service
	t   *testing.T
	db  *store.DB
	now time.Time
	ctx context.Context // of Fin, who is in finance
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := &house{t: t, db: db, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
		h.ctx = h.as("Fin", purser.RoleFinance)
		s, err := contract.New(contract.Options{DB: db, Gate: roles{}, Now: func() time.Time { return h.now }, Rand: rand.Reader, Currencies: []string{"EUR", "USD", "JPY"},
			Organization: func(context.Context) (purser.Organization, *time.Location) { return purser.Organization{}, time.UTC }})
		if err != nil {
			t.Fatal(err)
		}
		h.Service = s
		fn(t, h)
	})
}

// withClock is the same service, which tells when it asks for the time.
func (h *house) withClock(asked func()) *contract.Service {
	h.t.Helper()
	o := h.Options
	o.Now = func() time.Time {
		asked()
		return h.now
	}
	s, err := contract.New(o)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *house) as(name string, role purser.Role) context.Context {
	return purser.WithActor(h.t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_" + name, Name: name, Role: role})
}

func number(n int64) *int64 { return &n }

// chat is a contract with a chat vendor that ends on a day.
func chat(name, end string) purser.ContractInput {
	return purser.ContractInput{ContractFacts: purser.ContractFacts{Name: name, Vendor: "Example Inc."}, Applications: []string{"Chat"},
		Terms: purser.ContractTerms{Start: "2026-01-01", End: end, Notice: purser.Notice{Count: 30, Unit: "days"}, AutoRenew: purser.Yes,
			Plans: []purser.ContractPlan{{Name: "Business", Per: "user", Quantity: number(40), Price: &purser.Money{Minor: 1250, Currency: "EUR"}, Billing: "monthly"}}}}
}

func (h *house) create(in purser.ContractInput) purser.Contract {
	h.t.Helper()
	c, err := h.Create(h.ctx, in)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func fieldOf(err error) string {
	if p, ok := errors.AsType[*purser.Problem](err); ok {
		return p.Field
	}
	return ""
}

func kindOf(err error) purser.ProblemKind {
	if p, ok := errors.AsType[*purser.Problem](err); ok {
		return p.Kind
	}
	return ""
}

func (h *house) insertUser(email, name string) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		return store.InsertUser(ctx, tx, store.User{ID: "usr_" + strings.ToLower(name), Email: email, Name: name, Role: purser.RoleOperator})
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// exec writes rows as syncs would.
func (h *house) exec(stmts ...string) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, stmt := range stmts {
			if _, err := tx.NewRaw(stmt).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) insertPerson(email, name string) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO "person" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, display_name, email)
			VALUES (0, ?, 0, 0, 1, 1, 1, 1, 1, ?, ?)`, email, name, email).Exec(ctx)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
