package feed_test

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/feed"
	"purser/internal/inventory"
	"purser/internal/match"
	"purser/internal/store"
	"purser/library"
)

// house is a database with its services, and a clock that a test moves.
type house struct {
	t         *testing.T
	db        *store.DB
	at        time.Time
	deriver   *match.Deriver
	feeds     *feed.Service
	inventory *inventory.Service
}

type everybody struct{}

func (everybody) Allow(context.Context, purser.Operation) error { return nil }

func open(t *testing.T, db *store.DB) *house {
	t.Helper()
	l, err := library.Load()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: db, at: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return h.at }
	h.deriver = match.New(db, now).Knowing(func() match.Known { return match.Known{Library: l} })
	h.feeds = feed.New(feed.Options{DB: db, Gate: everybody{}, Now: now, Library: func() (*library.Library, error) { return l, nil },
		Connectors: func() map[string]string { return map[string]string{"slack": "Slack", "okta": "Okta"} }, Recount: h.deriver.Recount})
	h.inventory = inventory.New(inventory.Options{DB: db, Gate: everybody{}, Now: now, Recount: h.deriver.Recount})
	return h
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

// instance adds a live instance.
func (h *house) instance(name, connector, application string) (i purser.Instance) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		app, err := store.ManageApplication(ctx, tx, application, connector, 1)
		if err != nil {
			return err
		}
		i = purser.Instance{ID: "ins_" + strings.ReplaceAll(name, " ", ""), Name: name, Connector: connector, Application: store.ApplicationID(app),
			Status: purser.StatusLive, Health: purser.HealthOK, TenantID: "tenant of " + name}
		i.No, err = store.InsertInstance(ctx, tx, i)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

// row writes a row of a kind as a reading would; fields that are not said are unknown.
func (h *house) row(kind purser.Kind, instance int64, external string, fields map[string]any) {
	h.t.Helper()
	cols := map[string]any{"instance_no": instance, "external_id": external, "stream_no": 1, "part_no": 1, "digest": 1, "first_gen": 1, "changed_gen": 1,
		"first_seen_at": h.at.UnixMicro(), "changed_at": h.at.UnixMicro(), "gone_gen": 0, "removed_at": 0}
	for k, v := range fields {
		cols[k] = v
	}
	names := make([]string, 0, len(cols))
	for k := range cols {
		names = append(names, k)
	}
	sort.Strings(names)
	var args []any
	var marks, sets []string
	for i, k := range names {
		args, marks, names[i] = append(args, cols[k]), append(marks, "?"), `"`+k+`"`
		if k != "first_seen_at" {
			sets = append(sets, names[i]+" = excluded."+names[i])
		}
	}
	h.exec("INSERT INTO "+store.KindTable(kind)+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+") ON CONFLICT (instance_no, external_id) DO UPDATE SET "+
		strings.Join(sets, ", "), args...)
}

// assign gives an application of a provider to an account, or takes it.
func (h *house) assign(instance int64, application, account, via string, gone bool) {
	h.t.Helper()
	f := map[string]any{"application": application, "account": account, "via": via}
	if gone {
		f["gone_gen"], f["removed_at"] = 9, h.at.UnixMicro()
	}
	h.row(purser.KindAssignment, instance, application+"/"+account+"/"+via, f)
}

func (h *house) signIn(instance int64, application, account string, daysAgo int) {
	h.t.Helper()
	at := h.at.AddDate(0, 0, -daysAgo).UnixMicro()
	h.exec(`INSERT INTO stream (instance_no, task, name, kind) VALUES (?, 'application_access', 'sso', 'activity') ON CONFLICT (instance_no, task, name) DO NOTHING`, instance)
	h.exec(`INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at)
		SELECT instance_no, no, ?, ?, CAST(? AS BIGINT), 1, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM stream WHERE instance_no = ? AND kind = 'activity'`,
		account, application, at/86_400_000_000, at, at, instance)
}

// derive does what follows a run of each of some instances.
func (h *house) derive(instances ...int64) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, no := range instances {
			if err := store.MarkDerivation(ctx, tx, no, 0, purser.KindApplication, purser.KindAssignment, purser.KindAccount, purser.KindActivity); err != nil {
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

// roster notes a reading of an instance's users: the first that was complete counts.
func (h *house) roster(instance int64, complete bool) {
	h.t.Helper()
	at := int64(0)
	if complete {
		at = h.at.UnixMicro()
	}
	h.exec(`INSERT INTO stream (instance_no, task, name, kind, complete_at, first_complete_at) VALUES (?, 'application_roster', 'users', 'account', ?, ?)
		ON CONFLICT (instance_no, task, name) DO UPDATE SET complete_at = CASE WHEN excluded.complete_at > 0 THEN excluded.complete_at ELSE stream.complete_at END,
		first_complete_at = CASE WHEN stream.first_complete_at = 0 THEN excluded.first_complete_at ELSE stream.first_complete_at END`, instance, at, at)
}

// application finds one by its name.
func (h *house) application(name string) purser.Application {
	h.t.Helper()
	list, err := h.inventory.Applications(h.t.Context(), inventory.ApplicationFilter{Query: name}, purser.Page{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, a := range list.Items {
		if a.Name == name {
			return a
		}
	}
	h.t.Fatalf("there is no application %s in %v", name, list.Items)
	return purser.Application{}
}

// accounts are those of an application as people see them: "u1 direct", ordered.
func (h *house) accounts(a purser.Application, removed bool) string {
	h.t.Helper()
	list, err := h.inventory.Accounts(h.t.Context(), inventory.AccountFilter{Application: a.ID, Removed: removed}, purser.Page{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, x := range list.Items {
		out = append(out, strings.TrimSpace(x.ExternalID+" "+x.Way))
	}
	sort.Strings(out)
	return strings.Join(out, ", ")
}

// says compares what an application shows with what is expected, and its number with its rows.
func (h *house) says(name string, want purser.Feed, accounts string) {
	h.t.Helper()
	a := h.application(name)
	got := h.accounts(a, false)
	n := 0
	if got != "" {
		n = strings.Count(got, ", ") + 1
	}
	if a.Feed != want || got != accounts || a.Accounts != int64(n) {
		h.t.Errorf("%s is fed by %s (%s) and has %d accounts: %s; want %s: %s", name, a.Feed, a.Source, a.Accounts, got, want, accounts)
	}
}

func number(n *int64) string {
	if n == nil {
		return "unknown"
	}
	return fmt.Sprint(*n)
}
