package run_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
	"purser/internal/manifest"
	"purser/internal/run"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

const acme = `
manifest: 1
name: acme
title: Acme
category: identity
hosts: [acme.example]
auth: {key: {grant: static, send: {header: {Authorization: "${secret.token}"}}, fields: [token]}}
http: {base_url: "https://acme.example", page: {kind: cursor, next: next, param: after, token_in: query}}
tasks:
  application_roster:
    reads: users, groups, members
    schedule: 24h
    streams:
      users: {emits: account, mode: snapshot, scopes: [users.read], get: /users, at: items, fields: {external_id: id, email: email, status: {from: status, map: {on: active, off: suspended}}}}
      groups: {emits: group, mode: snapshot, get: /groups, at: items, fields: {external_id: id, name: name}}
      members: {emits: membership, mode: snapshot, for_each: groups, get: "/groups/${parent.external_id}/members", at: items, fields: {group: parent.external_id, account: id}}
  license_information:
    reads: plans and seats
    schedule: 24h
    streams:
      plans: {emits: plan, mode: snapshot, get: /plans, at: items, fields: {external_id: id, name: name}}
      seats: {emits: seat, mode: snapshot, get: /seats, at: items, fields: {plan: plan, account: id}}
  hr_roster:
    reads: people
    schedule: 24h
    streams:
      people: {emits: person, mode: snapshot, get: /people, at: items, fields: {external_id: id, email: email, employment: {from: employment, map: {employed: employed, ended: ended}}, manager: manager, department: department}}
  expense_discovery:
    reads: spend
    schedule: 24h
    streams:
      spend: {emits: transaction, mode: delta, get: /spend, query: {since: "${start}"}, cursor: {kind: time, from: time(at), overlap: 1h}, at: items, fields: {external_id: id, date: date(at), payee: payee, amount: 'money("1.00", "EUR")', currency: '"EUR"'}}
  application_access:
    reads: sign-ins
    schedule: 24h
    streams:
      signins: {emits: activity, mode: events, oldest: -60d, get: /events, query: {since: "${start}"}, cursor: {kind: time, from: time(at), overlap: 1h}, at: items, fields: {external_id: id, account: user, at: time(at)}}
`

type person struct{ ID, Email, Status string }

// vendor is a made-up vendor: lists in pages of two, and faults on cue.
type vendor struct {
	mu      sync.Mutex
	users   []person
	groups  []string
	members map[string][]string
	events  []map[string]string
	seats   []string
	people  []map[string]string
	// before may refuse a request; n counts from 1.
	before func(n int, path string) error
	n      int
	asked  []string
	spend  []map[string]string
	since  []time.Time // from when events and spend were asked for; zero: all there is
}

func (v *vendor) Fetch(ctx context.Context, r engine.Request) (*engine.Response, error) {
	if ctx.Err() != nil {
		return nil, &purser.Error{Class: purser.ClassCanceled, What: "canceled", Err: context.Cause(ctx)}
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	v.n++
	n, before := v.n, v.before
	v.asked = append(v.asked, u.Path)
	if since, err := time.Parse(time.RFC3339, u.Query().Get("since")); err == nil || u.Path == "/spend" {
		v.since = append(v.since, since)
	}
	v.mu.Unlock()
	if before != nil {
		if err := before(n, u.Path); err != nil {
			return nil, err
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	items := []map[string]string{}
	switch parts := strings.Split(strings.Trim(u.Path, "/"), "/"); {
	case parts[0] == "users":
		for _, p := range v.users {
			items = append(items, map[string]string{"id": p.ID, "email": p.Email, "status": p.Status})
		}
	case len(parts) == 3:
		for _, id := range v.members[parts[1]] {
			items = append(items, map[string]string{"id": id})
		}
	case parts[0] == "groups":
		for _, id := range v.groups {
			items = append(items, map[string]string{"id": id, "name": "Group " + id})
		}
	case parts[0] == "plans":
		items = append(items, map[string]string{"id": "pro", "name": "Pro"})
	case parts[0] == "seats":
		for _, id := range v.seats {
			items = append(items, map[string]string{"plan": "pro", "id": id})
		}
	case parts[0] == "people":
		items = append(items, v.people...)
	case parts[0] == "spend":
		items = append(items, v.spend...)
	case parts[0] == "events":
		items = append(items, v.events...)
	}
	from, _ := strconv.Atoi(u.Query().Get("after"))
	to := min(from+2, len(items))
	answer := map[string]any{"items": items[min(from, to):to]}
	if to < len(items) {
		answer["next"] = strconv.Itoa(to)
	}
	body, err := json.Marshal(answer)
	return &engine.Response{Status: 200, URL: r.URL, Body: body, Header: func(string) []string { return nil }}, err
}

// house is a Purser with one live instance of the vendor.
type house struct {
	t      *testing.T
	db     *store.DB
	vendor *vendor
	runner *run.Runner
	id     string
	*clock
	granted []string
	probe   error
	open    error
	merged  []purser.Kind // derived from
	derived []int64       // of which instances, 0 for every one
	derive  error
	spoilt  int64                                // instance of which nothing can be derived
	made    chan struct{}                        // told of each derivation
	record  atomic.Pointer[func(purser.LogLine)] // of the run that was opened last
	told    []purser.Event                       // of which people would be told
}

// clock stands still until it is told to pass.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Now().Truncate(time.Second)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	c.at = c.at.Add(d)
	c.mu.Unlock()
}

func (h *house) Open(_ context.Context, _ purser.Instance, record func(purser.LogLine)) (run.Access, error) {
	if h.open != nil {
		return run.Access{}, h.open
	}
	h.record.Store(&record)
	return run.Access{Source: recording{h.vendor, record}, Vars: func(string) (string, bool) { return "", false }, Granted: h.granted,
		Probe: func(context.Context) error { return h.probe }}, nil
}

type recording struct {
	*vendor
	record func(purser.LogLine)
}

func (r recording) Fetch(ctx context.Context, q engine.Request) (*engine.Response, error) {
	resp, err := r.vendor.Fetch(ctx, q)
	r.record(purser.LogLine{Kind: "request", Stream: q.Stream, Method: q.Method, Path: q.Route, Class: purser.ClassOf(err)})
	return resp, err
}

func newVendor() *vendor {
	v := &vendor{seats: []string{"u01", "u04", "u05"}, groups: []string{"g1", "g2", "g3"}, members: map[string][]string{"g1": {"u01", "u02", "u03"}, "g2": {"u01"}, "g3": {}}}
	for i := range 20 {
		v.users = append(v.users, person{fmt.Sprintf("u%02d", i), fmt.Sprintf("u%02d@example.com", i), "on"})
	}
	return v
}

func newHouse(t *testing.T, db *store.DB, c *clock) *house {
	t.Helper()
	h := &house{t: t, db: db, vendor: newVendor(), clock: c}
	h.runner = h.newRunner()
	h.id = (purser.IDSource{Now: h.now, Rand: rand.Reader}).New(purser.PrefixInstance)
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := store.InsertInstance(ctx, tx, purser.Instance{ID: h.id, Name: "Acme", Connector: "acme", Status: purser.StatusLive, Settings: map[string]string{}})
		if err != nil {
			return err
		}
		for _, task := range []string{"application_roster", "application_access"} {
			err := store.PutTask(ctx, tx, store.TaskRow{InstanceID: h.id, Task: task, Enabled: true, Every: (24 * time.Hour).Microseconds(),
				NextRunAt: purser.MicrosOf(c.now())})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// newRunner is what a restart of Purser gives.
func (h *house) newRunner() *run.Runner {
	h.t.Helper()
	catalog, err := manifest.Load(fstest.MapFS{"acme/manifest.yaml": {Data: []byte(acme)}})
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := run.New(run.Options{DB: h.db, Catalog: catalog, Sources: h, Now: h.now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Node: "here",
		Derive: func(ctx context.Context, instanceNo int64) error {
			if h.derive != nil {
				return h.derive
			}
			h.derived = append(h.derived, instanceNo)
			due, err := store.DueDerivations(ctx, h.db.Read(), instanceNo)
			if slices.ContainsFunc(due, func(d store.DueDerivation) bool { return d.InstanceNo == h.spoilt && h.spoilt != 0 }) {
				return errPlug
			}
			for _, d := range due {
				h.merged = append(h.merged, d.Kind)
			}
			err = errors.Join(err, h.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.DerivationDone(ctx, tx, due) }))
			if h.made != nil {
				h.made <- struct{}{}
			}
			return err
		},
		Tell: func(_ context.Context, _ bun.Tx, e purser.Event) error {
			h.told = append(h.told, e)
			return nil
		},
		Refused: func(err error) bool { return strings.Contains(err.Error(), "invalid_grant") }})
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// each runs a test in a fresh house on both databases.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		c := newClock()
		o.Now = c.now
		fn(t, newHouse(t, storetest.Open(t, o), c))
	})
}

// start queues a run of the roster and works on it to whatever end.
func (h *house) roster() purser.Run { return h.task(purser.TaskApplicationRoster) }

func (h *house) task(task purser.TaskName) purser.Run {
	h.t.Helper()
	runs, err := h.runner.Start(h.t.Context(), h.id, purser.TriggerManual, task)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.work(runs[0].ID)
}

func (h *house) work(id string) purser.Run {
	h.t.Helper()
	no, err := store.RunNo(h.t.Context(), h.db.Read(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.runner.Work(h.t.Context(), no); err != nil {
		h.t.Fatal(err)
	}
	got, err := h.runner.Run(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return got
}

// rows lists what stands in the tables: id:state for each row, removed ones in parentheses.
func (h *house) rows(kind purser.Kind, columns string) string {
	h.t.Helper()
	var rows []struct {
		Text string `bun:"text"`
		Gone bool   `bun:"gone"`
	}
	err := h.db.Read().NewRaw("SELECT "+columns+" AS text, gone_gen <> 0 AS gone FROM "+store.KindTable(kind)+" ORDER BY external_id").Scan(h.t.Context(), &rows)
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		if r.Gone {
			r.Text = "(" + r.Text + ")"
		}
		out = append(out, r.Text)
	}
	return strings.Join(out, " ")
}

func (h *house) users() string {
	return h.rows(purser.KindAccount, "external_id || ':' || COALESCE(status, '?')")
}

func (h *house) members() string {
	return h.rows(purser.KindMembership, `"group" || '/' || account`)
}

func (h *house) instance() purser.Instance {
	h.t.Helper()
	i, err := store.Instance(h.t.Context(), h.db.Read(), h.id)
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

// due returns the runs that are under way or queued.
func (h *house) due() (out []purser.Run) {
	h.t.Helper()
	list, err := h.runner.Runs(h.t.Context(), run.Filter{InstanceID: h.id}, purser.Page{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range list.Items {
		if !r.State.Ended() {
			out = append(out, r)
		}
	}
	return out
}

func (h *house) state(got purser.Run, want purser.RunState) {
	h.t.Helper()
	if got.State != want {
		h.t.Errorf("the run is %s, want %s: %s %+v", got.State, want, got.Message, got.Streams)
	}
}
