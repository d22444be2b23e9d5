package oracle_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/contract"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/license"
	"purser/internal/match"
	"purser/internal/store"
)

// everybody is a gate that lets everything happen but what is named.
type everybody map[purser.Operation]bool

func (r everybody) Allow(_ context.Context, op purser.Operation) error {
	if r[op] {
		return &purser.Problem{Kind: purser.ProblemForbidden, What: string(op)}
	}
	return nil
}

// house is the product over one database, with a clock that the test moves. Its
// days are those of where the clock stands.
type house struct {
	t         *testing.T
	db        *store.DB
	at        time.Time
	findings  *finding.Service
	licenses  *license.Service
	inventory *inventory.Service
	deriver   *match.Deriver
	contracts *contract.Service
	gate      everybody
}

// contract writes a contract down, and what was decided of it.
func (h *house) contract(in purser.ContractInput, decision purser.Decision) string {
	h.t.Helper()
	c, err := h.contracts.Create(h.t.Context(), in)
	if err == nil && decision != "" {
		_, err = h.contracts.Decide(h.t.Context(), c.ID, 0, decision, "as planted")
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return c.ID
}

func newHouse(t *testing.T, db *store.DB, at time.Time, deny ...purser.Operation) *house {
	t.Helper()
	gate := everybody{}
	for _, op := range deny {
		gate[op] = true
	}
	h := &house{t: t, db: db, at: at, gate: gate}
	now := func() time.Time { return h.at }
	zone := func(context.Context) *time.Location { return at.Location() }
	var err error
	h.contracts, err = contract.New(contract.Options{DB: db, Gate: everybody{}, Now: now, Rand: rand.Reader, Currencies: []string{"EUR", "USD", "JPY"},
		Organization: func(context.Context) (purser.Organization, *time.Location) {
			return purser.Organization{}, at.Location()
		}})
	if err != nil {
		t.Fatal(err)
	}
	h.findings = finding.New(finding.Options{DB: db, Gate: gate, Now: now, Zone: zone, Contracts: h.contracts, Category: category})
	h.licenses = license.New(license.Options{DB: db, Gate: gate, Now: now, Zone: zone})
	h.inventory = inventory.New(inventory.Options{DB: db, Gate: gate, Now: now, Zone: zone, Category: category})
	h.deriver = match.New(db, now)
	h.deriver.Then = h.findings.Derive
	return h
}

// category says which of the planted applications do the same: all but the last of
// its own, and the one that an identity provider alone tells of.
func category(_, name string) string {
	switch name {
	case "App0", "App1", "App2", "App3", "Through":
		return "Same"
	case "App4":
		return "Alone"
	}
	return ""
}

func (h *house) exec(stmt string, args ...any) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(stmt, args...).Exec(ctx)
		return err
	})
	if err != nil {
		h.t.Fatalf("%s: %v", stmt, err)
	}
}

func (h *house) instance(name string, hr bool) (i purser.Instance) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		app, err := store.ManageApplication(ctx, tx, name, strings.ToLower(name), 1)
		if err != nil {
			return err
		}
		i = purser.Instance{ID: "ins_" + name, Name: name, Connector: strings.ToLower(name), Application: store.ApplicationID(app), Status: purser.StatusLive, Health: purser.HealthOK}
		if i.No, err = store.InsertInstance(ctx, tx, i); err != nil {
			return err
		}
		return store.SetHR(ctx, tx, i.ID, hr)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

// read notes that a list was read completely.
func (h *house) read(i purser.Instance, kind purser.Kind, at time.Time) {
	h.exec(`INSERT INTO stream (instance_no, task, name, kind, gen, complete_at) VALUES (?, 'test', ?, ?, 1, ?)
		ON CONFLICT (instance_no, task, name) DO UPDATE SET complete_at = excluded.complete_at`, i.No, string(kind), string(kind), at.UnixMicro())
}

func (h *house) covered(i purser.Instance, from, until time.Time) {
	h.read(i, purser.KindActivity, until)
	h.exec(`INSERT INTO use_window (stream_no, instance_no, from_at, until_at) SELECT no, instance_no, ?, ? FROM stream WHERE instance_no = ? AND kind = 'activity'`,
		from.UnixMicro(), until.UnixMicro(), i.No)
}

func (h *house) row(kind purser.Kind, i purser.Instance, external string, fields map[string]any) {
	h.t.Helper()
	cols := map[string]any{"instance_no": i.No, "external_id": external, "stream_no": 1, "part_no": 1, "digest": 1, "first_gen": 1,
		"changed_gen": 1, "first_seen_at": h.at.AddDate(-2, 0, 0).UnixMicro(), "changed_at": h.at.UnixMicro()}
	for k, v := range fields {
		cols[k] = v
	}
	var names, marks []string
	for k := range cols {
		names = append(names, k)
	}
	sort.Strings(names)
	var args []any
	for i, k := range names {
		args, marks = append(args, cols[k]), append(marks, "?")
		names[i] = `"` + k + `"`
	}
	h.exec("INSERT INTO "+store.KindTable(kind)+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...)
}

// derive does what a run does at its end, for what was written of every kind.
func (h *house) derive(instances ...purser.Instance) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, i := range instances {
			if err := store.MarkDerivation(ctx, tx, i.No, 0, purser.KindPerson, purser.KindAccount, purser.KindActivity, purser.KindApplication, purser.KindSeat); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = h.deriver.Derive(h.t.Context(), 0)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// found lists the findings of some states as "kind instance/external", sorted.
func (h *house) found(states ...string) []string {
	h.t.Helper()
	var out []string
	for _, f := range h.all(states...) {
		out = append(out, key(string(f.Kind), f.InstanceID, f.ExternalID))
	}
	sort.Strings(out)
	return out
}

func (h *house) all(states ...string) (out []purser.Finding) {
	h.t.Helper()
	p := purser.Page{Limit: 1000}
	for {
		list, err := h.findings.List(h.t.Context(), finding.Filter{States: states}, p)
		if err != nil {
			h.t.Fatal(err)
		}
		if out = append(out, list.Items...); list.Next == "" {
			return out
		}
		p.After = list.Next
	}
}

func key(kind, instance, external string) string {
	return fmt.Sprintf("%s %s/%s", kind, instance, external)
}

func differ(t *testing.T, what string, got, want []string) {
	t.Helper()
	have := map[string]int{}
	for _, g := range got {
		have[g]++
	}
	for _, w := range want {
		have[w]--
	}
	for k, n := range have {
		switch {
		case n > 0:
			t.Errorf("%s: %s is said, and is not so", what, k)
		case n < 0:
			t.Errorf("%s: %s is so, and is not said", what, k)
		}
	}
}

func licenseFilter() license.Filter { return license.Filter{} }
