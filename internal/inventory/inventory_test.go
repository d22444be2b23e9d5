package inventory_test

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	life "purser/internal/connect"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// roles is a gate that knows some operations.
type roles map[purser.Operation]bool

func (r roles) Allow(_ context.Context, op purser.Operation) error {
	if r[op] {
		return nil
	}
	return &purser.Problem{Kind: purser.ProblemForbidden, What: string(op)}
}

func everything() roles {
	r := roles{}
	for _, op := range purser.Operations() {
		r[op] = true
	}
	return r
}

func now() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func service(db *store.DB, gate inventory.Gate) *inventory.Service {
	standings := func(ctx context.Context) (out []purser.Placed, err error) {
		all, err := store.Instances(ctx, db.Read(), store.InstanceFilter{})
		if err != nil {
			return nil, err
		}
		cares, err := life.Cares(ctx, db.Read(), now(), true)
		for _, i := range all {
			st := life.StandingOf(i, nil)
			st.Care = cares[i.ID]
			out = append(out, purser.Placed{Instance: i, Standing: st})
		}
		return out, err
	}
	return inventory.New(inventory.Options{DB: db, Gate: gate, Now: now, Standings: standings})
}

func exec(t *testing.T, db *store.DB, stmt string, args ...any) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(stmt, args...).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", stmt, err)
	}
}

// connect adds a live instance of an application and returns it.
func connect(t *testing.T, db *store.DB, name, connector, application string) (i purser.Instance) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		app, err := store.ManageApplication(ctx, tx, application, connector, 1)
		if err != nil {
			return err
		}
		i = purser.Instance{ID: "ins_" + name, Name: name, Connector: connector, Application: store.ApplicationID(app), Status: purser.StatusLive, Health: purser.HealthOK}
		i.No, err = store.InsertInstance(ctx, tx, i)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	reads(t, db, i.No, purser.KindAccount, now())
	reads(t, db, i.No, purser.KindAssignment, now())
	return i
}

// reads notes that a list of an instance was read completely, and when.
func reads(t *testing.T, db *store.DB, instance int64, kind purser.Kind, at time.Time) {
	t.Helper()
	exec(t, db, `INSERT INTO stream (instance_no, task, name, kind, gen, complete_at) VALUES (?, 'test', ?, ?, 1, ?)
		ON CONFLICT (instance_no, task, name) DO UPDATE SET complete_at = excluded.complete_at`, instance, string(kind), string(kind), at.UnixMicro())
}

// covers notes that dated use of an instance is known without a gap.
func covers(t *testing.T, db *store.DB, instance int64, from, until time.Time) {
	t.Helper()
	reads(t, db, instance, purser.KindActivity, until)
	exec(t, db, `INSERT INTO use_window (stream_no, instance_no, from_at, until_at) SELECT no, instance_no, ?, ? FROM stream WHERE instance_no = ? AND kind = 'activity'
		ON CONFLICT (stream_no) DO UPDATE SET from_at = excluded.from_at, until_at = excluded.until_at`, from.UnixMicro(), until.UnixMicro(), instance)
}

func row(t *testing.T, db *store.DB, kind purser.Kind, instance int64, external string, fields map[string]any) (id int64) {
	t.Helper()
	cols := map[string]any{"instance_no": instance, "external_id": external, "stream_no": 1, "part_no": 1, "digest": 1, "first_gen": 1,
		"changed_gen": 1, "first_seen_at": 1000, "changed_at": 1}
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
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		return tx.NewRaw("INSERT INTO "+store.KindTable(kind)+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+") RETURNING id",
			args...).Scan(ctx, &id)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// derive adds up how applications are used, as a run does at its end.
func derive(t *testing.T, db *store.DB) {
	t.Helper()
	var ids []int64
	err := db.Read().NewRaw(`SELECT id FROM saas_application ORDER BY id`).Scan(t.Context(), &ids)
	if err == nil {
		err = db.DeriveUse(t.Context(), ids)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// many inserts n accounts u<from>… of one instance in one statement each thousand.
func many(t *testing.T, db *store.DB, instance int64, from, n int) {
	t.Helper()
	for n > 0 {
		var values []string
		for range min(n, 1000) {
			// Many share a name: the order must hold among equals.
			values = append(values, fmt.Sprintf("(%d, 'u%d', 1, 1, 1, 1, 1, 1, 1, 'name %03d', 'u%d@example.com')", instance, from, from*7919%300, from))
			from, n = from+1, n-1
		}
		exec(t, db, `INSERT INTO "account" (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at,
			display_name, email) VALUES `+strings.Join(values, ", "))
	}
}

func TestPagesOfTwentyThousandAccountsHoldWhileRowsComeAndGo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		i := connect(t, db, "A", "idp", "Idp")
		many(t, db, i.No, 0, 20_000)
		for _, page := range []purser.Page{{Limit: 997}, {Limit: 1000, Sort: "name", Desc: true}, {Limit: 1000, Sort: "added"}} {
			seen := map[string]int{}
			pages := 0
			for {
				list, err := s.Accounts(t.Context(), inventory.AccountFilter{InstanceID: i.ID}, page)
				if err != nil {
					t.Fatal(err)
				}
				if list.Total != 10_000 || !list.More {
					t.Fatalf("total %d, more %v", list.Total, list.More)
				}
				for _, a := range list.Items {
					seen[a.ExternalID]++
				}
				// Between two pages one row comes and one that was shown goes.
				exec(t, db, `UPDATE "account" SET gone_gen = 2 WHERE external_id = ?`, list.Items[0].ExternalID)
				many(t, db, i.No, 1_000_000+int(list.Items[0].FirstSeenAt.UnixMicro())*pages+pages*len(page.Sort+fmt.Sprint(page.Desc)), 1)
				pages++
				if page.After = list.Next; list.Next == "" {
					break
				}
			}
			exec(t, db, `UPDATE "account" SET gone_gen = 0`)
			exec(t, db, `DELETE FROM "account" WHERE external_id LIKE 'u1______'`)
			original := 0
			for id, n := range seen {
				if n != 1 {
					t.Fatalf("%s stood on %d pages", id, n)
				}
				if len(id) < 7 {
					original++
				}
			}
			if original != 20_000 {
				t.Errorf("sort %q: %d of 20,000 accounts were shown", page.Sort, original)
			}
		}
	})
}

func TestTotalsAreExactUpToTenThousand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		i := connect(t, db, "A", "idp", "Idp")
		many(t, db, i.No, 0, 10_000)
		for extra, want := range []bool{false, true} {
			list, err := s.Accounts(t.Context(), inventory.AccountFilter{}, purser.Page{})
			if err != nil || list.Total != 10_000 || list.More != want || len(list.Items) != 50 {
				t.Errorf("total %d, more %v (want %v), %d items, %v", list.Total, list.More, want, len(list.Items), err)
			}
			many(t, db, i.No, 10_000+extra, 1)
		}
	})
}

func TestACursorOfAnotherOrderIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		i := connect(t, db, "A", "idp", "Idp")
		many(t, db, i.No, 0, 3)
		list, err := s.Accounts(t.Context(), inventory.AccountFilter{}, purser.Page{Limit: 1})
		if err != nil || list.Next == "" {
			t.Fatal(list, err)
		}
		for _, p := range []purser.Page{{After: list.Next, Sort: "added"}, {After: list.Next, Desc: true}, {After: "junk"}, {Sort: "email; DROP"}} {
			_, err := s.Accounts(t.Context(), inventory.AccountFilter{}, p)
			if pr, ok := errors.AsType[*purser.Problem](err); !ok || pr.Kind != purser.ProblemInvalid {
				t.Errorf("%+v: %v", p, err)
			}
		}
	})
}

func TestAccountsAreFilteredAndSearched(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		chat := connect(t, db, "Chat prod", "chat", "Chat")
		idp := connect(t, db, "Idp", "idp", "Idp")
		ada := row(t, db, purser.KindPerson, idp.No, "p1", map[string]any{"display_name": "Ada", "employment": "employed"})
		day := func(ago int) int64 { return now().AddDate(0, 0, -ago).UnixMicro() }
		a := row(t, db, purser.KindAccount, chat.No, "a", map[string]any{"email": "Ada_1@example.com", "display_name": "Ada Ägypten", "kind": "person",
			"status": "active", "last_active_at": day(10), "admin": 1})
		row(t, db, purser.KindAccount, chat.No, "b", map[string]any{"email": "adax1@example.com", "kind": "guest", "status": "deactivated", "last_active_at": day(61)})
		row(t, db, purser.KindAccount, idp.No, "c", map[string]any{"display_name": "Cy", "last_active_at": int64(0)})
		row(t, db, purser.KindAccount, idp.No, "d", map[string]any{"user_name": "dee"})
		row(t, db, purser.KindAccount, idp.No, "gone", map[string]any{"user_name": "gone", "gone_gen": 4, "removed_at": 77})
		used := row(t, db, purser.KindAccount, idp.No, "e", map[string]any{"display_name": "Eve", "last_active_at": int64(0)})
		exec(t, db, `INSERT INTO account_person (account_id, instance_no, person_id, how, linked_at) VALUES (?, ?, ?, 'same e-mail address', 1)`, a, chat.No, ada)
		exec(t, db, `INSERT INTO account_use (account_id, instance_no, used_at) VALUES (?, ?, ?)`, used, idp.No, day(1))
		yes, no := true, false
		for _, c := range []struct {
			filter inventory.AccountFilter
			want   string
		}{
			{inventory.AccountFilter{}, "a b c d e"},
			{inventory.AccountFilter{Query: "ADA_1"}, "a"},
			{inventory.AccountFilter{Query: "Ägypten"}, "a"},
			{inventory.AccountFilter{Query: "100%"}, ""},
			{inventory.AccountFilter{InstanceID: "chat PROD"}, "a b"},
			{inventory.AccountFilter{Connector: "idp"}, "c d e"},
			{inventory.AccountFilter{Application: chat.Application}, "a b"},
			{inventory.AccountFilter{Kinds: []string{"guest", "person"}}, "a b"},
			{inventory.AccountFilter{Kinds: []string{"unknown"}}, "c d e"},
			{inventory.AccountFilter{Status: []string{"deactivated"}}, "b"},
			{inventory.AccountFilter{Matched: &yes}, "a"},
			{inventory.AccountFilter{Matched: &no, InstanceID: chat.ID}, "b"},
			{inventory.AccountFilter{Use: []string{"active"}}, "a e"},
			{inventory.AccountFilter{Use: []string{"inactive"}}, ""}, // b is closed
			{inventory.AccountFilter{Use: []string{"never"}}, "c"},
			{inventory.AccountFilter{Use: []string{"unknown"}}, "d"},
			{inventory.AccountFilter{Removed: true}, "gone"},
		} {
			list, err := s.Accounts(t.Context(), c.filter, purser.Page{Sort: "added"})
			if err != nil {
				t.Fatalf("%+v: %v", c.filter, err)
			}
			var got, exported []string
			for _, a := range list.Items {
				got = append(got, a.ExternalID)
			}
			err = s.EachAccount(t.Context(), c.filter, func(a purser.Account) error {
				exported = append(exported, a.ExternalID)
				return nil
			})
			sort.Strings(exported)
			if strings.Join(got, " ") != c.want || strings.Join(exported, " ") != c.want || list.Total != int64(len(got)) || err != nil {
				t.Errorf("%+v: got %v of %d, exported %v (%v), want %s", c.filter, got, list.Total, exported, err, c.want)
			}
		}
		one, err := s.Account(t.Context(), store.RowID("acc_", a))
		if err != nil || one.PersonName != "Ada" || one.MatchReason != "same e-mail address" || one.Admin != purser.Yes || one.MFA != purser.Unknown {
			t.Errorf("got %+v %v", one, err)
		}
		if eve, err := s.Account(t.Context(), store.RowID("acc_", used)); err != nil || eve.LastActive.At.UnixMicro() != day(1) || eve.LastActiveBy != "activity" {
			t.Errorf("got %+v %v", eve.LastActive, err)
		}
	})
}

func TestUnknownUseIsAClassOfItsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		chat := connect(t, db, "Chat", "chat", "Chat")
		day := func(ago int) int64 { return now().AddDate(0, 0, -ago).UnixMicro() }
		for i, used := range []any{day(59), day(60), day(61), int64(0), nil, nil} {
			row(t, db, purser.KindAccount, chat.No, fmt.Sprint(i), map[string]any{"last_active_at": used})
		}
		row(t, db, purser.KindAccount, chat.No, "closed", map[string]any{"status": "deactivated"})
		derive(t, db)
		a, err := s.Application(t.Context(), chat.Application)
		if err != nil {
			t.Fatal(err)
		}
		if a.Accounts != 7 || a.Active != 2 || a.Inactive != 1 || a.Never != 1 || a.Unknown != 2 || a.Source != "direct" {
			t.Errorf("got %+v", a)
		}
		h, err := s.Home(t.Context())
		if err != nil || h.Active != 2 || h.Inactive != 1 || h.Never != 1 || h.Unknown != 2 {
			t.Errorf("home %+v %v", h, err)
		}
	})
}

func TestADiscoveredApplicationTellsWhatTheProviderSees(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		idp := connect(t, db, "Idp (Acme)", "idp", "Idp")
		exec(t, db, `INSERT INTO saas_application (name, name_key, connector, status, first_seen_at, updated_at) VALUES ('Figma', 'figma', '', 'new', 1, 1)`)
		row(t, db, purser.KindApplication, idp.No, "0oa1", map[string]any{"name": "Figma"})
		exec(t, db, `INSERT INTO application_source (application_id, instance_no, external_id) SELECT id, ?, '0oa1' FROM saas_application WHERE name = 'Figma'`, idp.No)
		for _, u := range []string{"u1", "u2", "u3"} {
			row(t, db, purser.KindAccount, idp.No, u, nil)
			row(t, db, purser.KindAssignment, idp.No, "0oa1/"+u, map[string]any{"application": "0oa1", "account": u})
		}
		at := now().AddDate(0, 0, -3).UnixMicro()
		exec(t, db, `INSERT INTO stream (no, instance_no, task, name, kind) VALUES (77, ?, 'application_access', 'sso', 'activity')`, idp.No)
		exec(t, db, `INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at) VALUES (?, 77, 'u1', '0oa1', ?, 4, ?, ?)`,
			idp.No, at/86_400_000_000, at, at)
		derive(t, db)
		list, err := s.Applications(t.Context(), inventory.ApplicationFilter{Status: []string{"new"}}, purser.Page{})
		if err != nil || len(list.Items) != 1 {
			t.Fatal(list, err)
		}
		a := list.Items[0]
		if a.Source != "via Idp (Acme)" || a.Accounts != 3 || a.Active != 1 || a.Unknown != 2 || a.NeedsSetup {
			t.Errorf("got %+v", a)
		}
		row(t, db, purser.KindAccount, idp.No, "unassigned", nil)
		row(t, db, purser.KindAssignment, idp.No, "0oa1/gone", map[string]any{"application": "0oa1", "account": "unassigned", "gone_gen": 2})
		accounts, err := s.Accounts(t.Context(), inventory.AccountFilter{Application: a.ID}, purser.Page{})
		if err != nil || len(accounts.Items) != 3 || accounts.Total != 3 {
			t.Errorf("its accounts: %+v %v", accounts, err)
		}
		days, err := s.ApplicationActivity(t.Context(), a.ID, inventory.DaySpan{}, purser.Page{})
		if err != nil || len(days.Items) != 1 || days.Items[0].Application != "Figma" || days.Items[0].Day != "2026-11-19" || days.Items[0].Count != 4 {
			t.Errorf("activity %+v %v", days, err)
		}
		if err := s.SetApplication(t.Context(), a.ID, inventory.ApplicationChange{Status: new("managed")}); err != nil {
			t.Fatal(err)
		}
		if err := s.SetApplication(t.Context(), a.ID, inventory.ApplicationChange{Status: new("lovely")}); err == nil {
			t.Error("a status that does not exist was taken")
		}
		if a, err = s.Application(t.Context(), a.ID); err != nil || a.Status != "managed" {
			t.Errorf("got %+v %v", a, err)
		}
		var entries int
		if err := db.Read().NewRaw("SELECT count(*) FROM audit WHERE operation = ?", string(purser.OpApplicationSet)).Scan(t.Context(), &entries); err != nil || entries != 1 {
			t.Errorf("%d audit entries, %v", entries, err)
		}
	})
}

func TestMoneyIsHiddenFromWhoMayNotSeeIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		i := connect(t, db, "Books", "books", "Books")
		row(t, db, purser.KindPlan, i.No, "pro", map[string]any{"name": "Pro", "price": 1250, "currency": "EUR", "bought": 5})
		row(t, db, purser.KindSeat, i.No, "pro/u", map[string]any{"plan": "pro", "account": "u", "active": 1})
		row(t, db, purser.KindTransaction, i.No, "t1", map[string]any{"date": "2026-10-01", "amount": 500, "currency": "EUR", "payee": "Figma"})
		row(t, db, purser.KindTransaction, i.No, "t2", map[string]any{"date": "2026-11-01", "amount": 700, "currency": "EUR", "payee": "Slack"})
		s := service(db, everything())
		plans, err := s.Plans(t.Context(), inventory.PlanFilter{}, purser.Page{})
		if err != nil || len(plans.Items) != 1 || plans.Items[0].Price == nil || plans.Items[0].Price.String() != "12.50 EUR" || plans.Items[0].Assigned != 1 {
			t.Errorf("plans %+v %v", plans.Items, err)
		}
		spend, err := s.Transactions(t.Context(), inventory.TransactionFilter{}, purser.Page{})
		if err != nil || len(spend.Items) != 2 || spend.Items[0].Payee != "Slack" {
			t.Errorf("spend %+v %v", spend.Items, err)
		}
		seats, err := s.Seats(t.Context(), inventory.SeatFilter{Plans: []string{plans.Items[0].ID}}, purser.Page{})
		if err != nil || len(seats.Items) != 1 || seats.Items[0].InUse != purser.Yes {
			t.Errorf("seats %+v %v", seats.Items, err)
		}
		var refused *purser.Problem
		if _, err := s.Accounts(t.Context(), inventory.AccountFilter{GiveUp: []string{"idle"}}, purser.Page{}); !errors.As(err, &refused) || refused.Field != "give_up" || refused.Hint == "" {
			t.Errorf("of all applications at once: %v", err)
		}
		gate := everything()
		gate[purser.OpMoneyRead] = false
		s = service(db, gate)
		if plans, err = s.Plans(t.Context(), inventory.PlanFilter{}, purser.Page{}); err != nil || plans.Items[0].Price != nil {
			t.Errorf("a price was shown: %+v %v", plans.Items, err)
		}
		if _, err := s.Transactions(t.Context(), inventory.TransactionFilter{}, purser.Page{}); err == nil {
			t.Error("spend was shown")
		}
	})
}

func TestAPersonIsShownWithAccountsManagerAndLeaving(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		hr := connect(t, db, "HR", "hr", "HR")
		exec(t, db, `UPDATE instance SET hr = TRUE`)
		boss := row(t, db, purser.KindPerson, hr.No, "7", map[string]any{"display_name": "Grace", "employment": "employed", "department": "IT"})
		ada := row(t, db, purser.KindPerson, hr.No, "8", map[string]any{"display_name": "Ada", "employment": "ended", "manager": "7", "department": "Ops"})
		for i, status := range []string{"active", "deactivated"} {
			acc := row(t, db, purser.KindAccount, hr.No, status, map[string]any{"status": status})
			exec(t, db, `INSERT INTO account_person (account_id, instance_no, person_id, how, linked_at) VALUES (?, ?, ?, 'x', ?)`, acc, hr.No, ada, i)
		}
		p, err := s.Person(t.Context(), store.RowID("per_", ada))
		if err != nil || p.ManagerName != "Grace" || p.ManagerID != store.RowID("per_", boss) || p.Accounts != 2 {
			t.Errorf("got %+v %v", p, err)
		}
		accounts, err := s.PersonAccounts(t.Context(), p.ID)
		if err != nil || len(accounts) != 2 {
			t.Errorf("accounts %+v %v", accounts, err)
		}
		for _, c := range []struct {
			filter inventory.PersonFilter
			want   string
		}{
			{inventory.PersonFilter{}, "Ada Grace"}, {inventory.PersonFilter{LeaversWithAccess: true}, "Ada"},
			{inventory.PersonFilter{Department: []string{"IT"}}, "Grace"}, {inventory.PersonFilter{Employment: []string{"ended"}}, "Ada"},
			{inventory.PersonFilter{Query: "gRA"}, "Grace"},
		} {
			list, err := s.People(t.Context(), c.filter, purser.Page{})
			var got []string
			for _, p := range list.Items {
				got = append(got, p.DisplayName)
			}
			if err != nil || strings.Join(got, " ") != c.want {
				t.Errorf("%+v: %v %v", c.filter, got, err)
			}
		}
		exec(t, db, `UPDATE "account" SET status = 'deactivated'`)
		if list, err := s.People(t.Context(), inventory.PersonFilter{LeaversWithAccess: true}, purser.Page{}); err != nil || len(list.Items) != 0 {
			t.Errorf("leavers without access: %+v %v", list.Items, err)
		}
		exec(t, db, `INSERT INTO change (kind, row_id, run_no, at, field, before, after) VALUES ('person', ?, 0, 5, 'department', 'HR', 'Ops')`, ada)
		changes, err := s.PersonChanges(t.Context(), p.ID)
		if err != nil || len(changes) != 2 || changes[0].Field != "department" || changes[0].After != "Ops" || changes[1].After != "added" {
			t.Errorf("changes %+v %v", changes, err)
		}
	})
}

func TestHomeSaysWhatNeedsSomebody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		h, err := s.Home(t.Context())
		if err != nil || !h.Empty || len(h.Needs) != 1 || h.Needs[0].Button != "Get started" {
			t.Fatalf("an empty house: %+v %v", h, err)
		}
		i := connect(t, db, "Chat", "chat", "Chat")
		exec(t, db, `UPDATE instance SET health = 'ok'`)
		if h, err = s.Home(t.Context()); err != nil || h.Empty || len(h.Needs) != 0 {
			t.Errorf("all is well: %+v %v", h.Needs, err)
		}
		exec(t, db, `INSERT INTO finding (kind, source, external_id, instance_no, saas_no, account_id, person_id, plan_id, found_at, state) VALUES ('renewal_due', '', 'ctr_1', 0, 0, 0, 0, 0, 1, 'open'),
			('renewal_due', '', 'ctr_2', 0, 0, 0, 0, 0, 1, 'accepted')`)
		if h, err = s.Home(t.Context()); err != nil || len(h.Needs) != 1 || !strings.HasPrefix(h.Needs[0].Sentence, "1 contract wants a decision") || h.Needs[0].URL != "/findings?kind=renewal_due" {
			t.Errorf("a notice period ends soon: %+v %v", h.Needs, err)
		}
		exec(t, db, `DELETE FROM finding`)
		exec(t, db, `UPDATE instance SET status = 'revoked', reason = 'the token was revoked'`)
		exec(t, db, `INSERT INTO hold (id, instance_no, run_id, stream_no, gen, kind, what, count, live, why, names, created_at)
			VALUES ('hld_1', ?, 'run_1', 1, 1, 'account', 'removal', 30, 100, 'many', '[]', 1)`, i.No)
		if h, err = s.Home(t.Context()); err != nil {
			t.Fatal(err)
		}
		var buttons []string
		for _, n := range h.Needs {
			buttons = append(buttons, n.Button)
		}
		if strings.Join(buttons, ", ") != "Repair, Decide" || !strings.Contains(h.Needs[0].Sentence, "the token was revoked") || h.Tiles[3].Value != 1 ||
			h.Needs[0].Subject != "Chat" || h.Needs[0].URL != "/instances/"+i.ID+"/credential" || len(h.Stands) != 1 || h.Stands[0].Tone != "revoked" {
			t.Errorf("needs %+v tiles %+v", h.Needs, h.Tiles)
		}
	})
}

func TestGroupsAndThePaletteShowLiveThingsOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, everything())
		i := connect(t, db, "Idp", "idp", "Idp")
		a := row(t, db, purser.KindAccount, i.No, "u1", map[string]any{"display_name": "Ada Idp"})
		row(t, db, purser.KindGroup, i.No, "g1", map[string]any{"name": "Engineers"})
		row(t, db, purser.KindGroup, i.No, "g2", map[string]any{"name": "Left"})
		row(t, db, purser.KindMembership, i.No, "g1/u1", map[string]any{"group": "g1", "account": "u1"})
		row(t, db, purser.KindMembership, i.No, "g1/u2", map[string]any{"group": "g1", "account": "u2"})
		row(t, db, purser.KindMembership, i.No, "g2/u1", map[string]any{"group": "g2", "account": "u1", "gone_gen": 2})
		groups, err := s.AccountGroups(t.Context(), store.RowID("acc_", a))
		if err != nil || len(groups) != 1 || groups[0].Name != "Engineers" || groups[0].Members != 2 {
			t.Errorf("groups %+v %v", groups, err)
		}
		found, err := s.Search(t.Context(), "idp")
		var kinds []string
		for _, f := range found {
			kinds = append(kinds, f.Kind)
		}
		if err != nil || strings.Join(kinds, " ") != "instance application account" {
			t.Errorf("found %+v %v", found, err)
		}
	})
}

func TestEveryQuestionAsksTheGate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db, roles{})
		ctx, p := t.Context(), purser.Page{}
		first := func(_ any, err error) error { return err }
		for name, err := range map[string]error{
			"accounts": first(s.Accounts(ctx, inventory.AccountFilter{}, p)), "account": first(s.Account(ctx, "acc_1")),
			"changes": first(s.AccountChanges(ctx, "acc_1")), "groups": first(s.AccountGroups(ctx, "acc_1")), "activity": first(s.AccountActivity(ctx, "acc_1", p)),
			"export": s.EachAccount(ctx, inventory.AccountFilter{}, nil), "people": first(s.People(ctx, inventory.PersonFilter{}, p)),
			"person": first(s.Person(ctx, "per_1")), "person's accounts": first(s.PersonAccounts(ctx, "per_1")),
			"people's export": s.EachPerson(ctx, inventory.PersonFilter{}, nil), "applications": first(s.Applications(ctx, inventory.ApplicationFilter{}, p)),
			"application": first(s.Application(ctx, "app_1")), "set": s.SetApplication(ctx, "app_1", inventory.ApplicationChange{Status: new("managed")}),
			"use": first(s.ApplicationActivity(ctx, "app_1", inventory.DaySpan{}, p)), "plans": first(s.Plans(ctx, inventory.PlanFilter{}, p)), "seats": first(s.Seats(ctx, inventory.SeatFilter{Plans: []string{"pln_1"}}, p)),
			"spend": first(s.Transactions(ctx, inventory.TransactionFilter{}, p)), "spend's export": s.EachTransaction(ctx, inventory.TransactionFilter{}, nil),
			"home": first(s.Home(ctx)), "search": first(s.Search(ctx, "ab")), "instance's groups": first(s.Groups(ctx, "x")), "departments": first(s.Departments(ctx)),
		} {
			if pr, ok := errors.AsType[*purser.Problem](err); !ok || pr.Kind != purser.ProblemForbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
