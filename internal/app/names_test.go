package app_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/app"
	"purser/internal/finding"
	"purser/internal/leaver"
	"purser/internal/store"
	"purser/internal/table"
	"purser/internal/web/assets"
)

// canary stands in everything that tells who somebody is.
const canary = "zorblax"

// canaryPrices are prices in minor units, each of another place.
func canaryPrices() []string { return []string{"7654321", "8123457", "6543217", "5432177"} }

// planter writes rows as syncs would.
type planter struct {
	t  *testing.T
	a  *app.App
	of map[string]string // what stands for a parameter, by the part of the path before it
}

func (p *planter) exec(stmt string, args ...any) {
	p.t.Helper()
	err := p.a.DB.Write(p.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(stmt, args...).Exec(ctx)
		return err
	})
	if err != nil {
		p.t.Fatalf("%s: %v", stmt, err)
	}
}

func (p *planter) row(kind purser.Kind, i purser.Instance, external string, fields map[string]any) {
	p.t.Helper()
	at := time.Now().AddDate(-1, 0, 0).UnixMicro()
	cols := map[string]any{"instance_no": i.No, "external_id": external, "stream_no": 1, "part_no": 1, "digest": 1, "first_gen": 1, "changed_gen": 1, "first_seen_at": at, "changed_at": at}
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
		args, marks, names[i] = append(args, cols[k]), append(marks, "?"), `"`+k+`"`
	}
	p.exec("INSERT INTO "+store.KindTable(kind)+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...)
}

func (p *planter) instance(name string, hr bool) (i purser.Instance) {
	p.t.Helper()
	err := p.a.DB.Write(p.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		app, err := store.ManageApplication(ctx, tx, name, "slack", 1)
		if err != nil {
			return err
		}
		i = purser.Instance{ID: "ins_" + name, Name: name, Connector: "slack", Application: store.ApplicationID(app), Status: purser.StatusLive, Health: purser.HealthOK}
		if i.No, err = store.InsertInstance(ctx, tx, i); err != nil {
			return err
		}
		return store.SetHR(ctx, tx, i.ID, hr)
	})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, kind := range []purser.Kind{purser.KindPerson, purser.KindAccount, purser.KindSeat, purser.KindActivity} {
		p.exec(`INSERT INTO stream (instance_no, task, name, kind, gen, complete_at) VALUES (?, 'test', ?, ?, 1, ?)`, i.No, string(kind), string(kind), time.Now().UnixMicro())
	}
	return i
}

// plant makes an organization of which every name and every price is a canary.
func plant(t *testing.T, a *app.App) *planter {
	t.Helper()
	p := &planter{t: t, a: a, of: map[string]string{}}
	hr, chat := p.instance("HR", true), p.instance("Chat", false)
	now := time.Now()
	boss := canary + "-boss"
	p.row(purser.KindPerson, hr, boss, map[string]any{"display_name": "Boss " + canary, "email": boss + "@example.com", "employment": "employed"})
	p.row(purser.KindPerson, hr, canary, map[string]any{"display_name": "Ada " + canary, "email": canary + "@example.com", "employment": "ended", "ended_on": now.AddDate(0, 0, -9).Format(time.DateOnly),
		"employee_number": canary + "7", "title": "Chief " + canary, "manager": boss, "department": "Sales", "cost_center": "CC7"})
	for _, x := range []string{"", "-nobody"} {
		p.row(purser.KindAccount, chat, canary+x+"-id", map[string]any{"display_name": "Ada " + canary + x, "email": canary + x + "@example.com", "user_name": canary + x, "aliases": `["` + canary + `2@example.com"]`,
			"employee_id": canary, "title": canary, "status": "active", "kind": "person", "last_active_at": now.AddDate(0, 0, -2).UnixMicro(), "created_at": now.AddDate(-1, 0, 0).UnixMicro()})
		p.row(purser.KindSeat, chat, canary+x+"/pro", map[string]any{"plan": "pro", "account": canary + x + "-id"})
		p.exec(`INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at) VALUES (?, 1, ?, '', ?, 1, ?, ?)`,
			chat.No, canary+x+"-id", now.Unix()/86400-2, now.UnixMicro(), now.UnixMicro())
	}
	p.row(purser.KindPlan, chat, "pro", map[string]any{"name": "Pro", "bought": 9, "price": 7654321, "currency": "EUR"})
	p.exec(`INSERT INTO license_term (source, external_id, saas_no, model, price, currency, period, updated_at) VALUES (?, 'pro', ?, 'per_user', 8123457, 'EUR', 'month', 1)`, chat.ID, store.KeyOf("app_", chat.Application))
	p.exec(`INSERT INTO license_exclusion (saas_no, what, value, reason, made_by, made_at) VALUES (?, 'account', ?, 'on leave', 'root', 1)`, store.KeyOf("app_", chat.Application), chat.ID+"/"+canary+"-nobody-id")
	p.row(purser.KindTransaction, chat, "t1", map[string]any{"type": "bill", "status": "paid", "date": now.Format(time.DateOnly), "payee": "Example Inc.", "amount": 5432177, "currency": "EUR"})
	p.row(purser.KindDevice, chat, canary+"-device", map[string]any{"name": canary + "'s computer", "serial_number": canary + "1", "email": canary + "@example.com", "user_name": canary, "owner": "Ada " + canary, "account": canary + "-id", "platform": "macos"})
	p.row(purser.KindInstalledApp, chat, canary+"-device/chat", map[string]any{"device": canary + "-device", "app": "chat", "name": "Chat", "path": "/Users/" + canary + "/Chat"})
	for _, c := range [][2]string{{"account", "display_name"}, {"account", "email"}, {"person", "display_name"}, {"person", "manager"}, {"device", "name"}} {
		for id := 1; id <= 2; id++ {
			p.exec(`INSERT INTO change (kind, row_id, run_no, at, field, before, after) VALUES (?, ?, 0, ?, ?, ?, ?)`, c[0], id, now.UnixMicro(), c[1], "Old "+canary, "New "+canary)
		}
	}
	for _, c := range [][2]any{{"account", "added"}, {"person", "added"}, {"seat", "added"}} { // and what is told of them lately
		p.exec(`INSERT INTO change (kind, row_id, run_no, at, field) VALUES (?, 2, 0, ?, ?)`, c[0], now.UnixMicro(), c[1])
	}
	p.exec(`INSERT INTO hold (id, instance_no, run_id, stream_no, gen, kind, what, count, live, why, names, created_at) VALUES ('hld_1', ?, 'run_1', 1, 1, 'account', 'removal', 1, 9, 'many are missing', ?, 1)`, chat.No, `["`+canary+`"]`)
	err := a.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, i := range []purser.Instance{hr, chat} {
			if err := store.MarkDerivation(ctx, tx, i.No, 0, purser.KindPerson, purser.KindAccount, purser.KindActivity, purser.KindSeat, purser.KindDevice); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = a.Runs.Derive(t.Context(), 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	price := purser.Money{Minor: 6543217, Currency: "EUR"}
	quantity := int64(3)
	c, err := a.Contracts.Create(host(t.Context()), purser.ContractInput{ContractFacts: purser.ContractFacts{Name: "Chat", Vendor: "Example Inc."}, Applications: []string{chat.Application}, Owner: boss + "@example.com",
		Terms: purser.ContractTerms{Start: now.AddDate(-1, 0, 0).Format(time.DateOnly), End: now.AddDate(0, 1, 0).Format(time.DateOnly), Notice: purser.Notice{Count: 10, Unit: "days"},
			Plans: []purser.ContractPlan{{Name: "Pro", Per: "user", Quantity: &quantity, Price: &price, Billing: "yearly"}}}})
	if err == nil {
		err = a.Findings.Derive(t.Context(), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	checklist, err := a.Leavers.Start(host(t.Context()), "per_2")
	if err != nil || len(checklist.Items) == 0 {
		t.Fatalf("%d accounts of the leaver: %v", len(checklist.Items), err)
	}
	found, err := a.Findings.List(host(t.Context()), finding.Filter{}, purser.Page{})
	if err != nil || len(found.Items) < 5 {
		t.Fatalf("%d findings: %v", len(found.Items), err)
	}
	shared, err := a.Tables.Save(host(t.Context()), table.ViewInput{List: "people", Name: "Somebody", Query: "q=" + canary, Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	p.of = map[string]string{"views": shared.ID, "accounts": "acc_1", "people": "per_2", "devices": "dev_1", "applications": chat.Application, "instances": chat.ID, "holds": "hld_1", "contracts": c.ID,
		"licenses": "pln_1", "plans": "pln_1", "catalog": "slack", "connectors": "slack", "runs": "run_1", "findings": found.Items[0].ID, "leavers": checklist.ID, "leaver-checklists": checklist.ID}
	return p
}

// paths are the addresses that a pattern stands for.
func (p *planter) paths(pattern string) []string {
	parts := strings.Split(strings.TrimSuffix(pattern, "{$}"), "/")
	tabs := []string{""}
	for i, part := range parts {
		switch {
		case part == "{tab}":
			tabs = []string{"accounts", "activity", "licenses", "integration", "history", "use"}
		case strings.HasPrefix(part, "{"):
			if parts[i] = p.of[parts[i-1]]; parts[i] == "" {
				parts[i] = "x"
			}
		}
	}
	path := strings.Join(parts, "/")
	if tabs[0] == "" {
		out := []string{path}
		if strings.HasSuffix(pattern, "/export") {
			return []string{path + "?as=csv", path + "?as=json"}
		}
		if strings.HasPrefix(pattern, "/api/v1/export/") {
			return []string{path, path + "?format=json"}
		}
		return append(out, path+"?q="+canary[:4])
	}
	var out []string
	for _, tab := range tabs {
		out = append(out, strings.Replace(path, "{tab}", tab, 1))
	}
	return out
}

// bare leaves what separates digits out, so that a price is found however it is written.
func bare(body string) string {
	return strings.NewReplacer(",", "", ".", "", " ", "", "\u00a0", "", "\u202f", "").Replace(body)
}

// Every page, export and answer of the API is asked for as each role. Finance
// never sees who somebody is, operators never what something costs; admins see
// both, or the walk would show nothing. What hides it knows of no database.
func TestNobodySeesNamesOrPricesThatAreNotForThem(t *testing.T) {
	a, h, _ := aged(t)
	p := plant(t, a)
	routes, _ := a.Routes(assets.Fake())
	names, prices := 0, 0
	for _, role := range []purser.Role{purser.RoleAdmin, purser.RoleFinance, purser.RoleOperator} {
		cookie, csrf, _ := session(t, a, role)
		for _, r := range routes {
			if r.Method != http.MethodGet || r.Stream || strings.HasPrefix(r.Pattern, "/assets") {
				continue
			}
			paths := p.paths(r.Pattern)
			if role == purser.RoleAdmin {
				paths = paths[:1]
			}
			for _, path := range paths {
				code, _, body := ask(t, a, h, request{path: path, header: map[string]string{"Cookie": "purser=" + cookie, "X-CSRF-Token": csrf}})
				told := strings.Contains(strings.ToLower(body), canary)
				digits := bare(body)
				cost := slices.ContainsFunc(canaryPrices(), func(price string) bool { return strings.Contains(digits, price) })
				switch {
				case code >= 500:
					t.Errorf("%s answers %d to %s: %.300s", path, code, role, body)
				case role == purser.RoleFinance && told:
					t.Errorf("%s tells finance who somebody is (%d): %s", path, code, around(body, canary))
				case role == purser.RoleOperator && cost:
					t.Errorf("%s tells operators what something costs (%d)", path, code)
				case role == purser.RoleAdmin && told:
					names++
				}
				if role == purser.RoleAdmin && cost {
					prices++
				}
			}
		}
	}
	if names < 20 || prices < 8 {
		t.Errorf("admins were told %d names and %d prices: the walk shows little", names, prices)
	}
}

func around(body, what string) string {
	at := strings.Index(strings.ToLower(body), what)
	return fmt.Sprintf("%.160q", body[max(0, at-80):])
}

// What leaves by itself, mails and calendars, tells neither.
func TestWhatLeavesByItselfTellsNeitherNamesNorPrices(t *testing.T) {
	a, h, _ := aged(t)
	plant(t, a)
	_, _, actor := session(t, a, purser.RoleFinance)
	feed, err := a.Contracts.CreateFeed(purser.WithActor(t.Context(), actor), "Office", false)
	if err != nil {
		t.Fatal(err)
	}
	code, _, body := ask(t, a, h, request{path: feed.Path})
	if code != http.StatusOK || !strings.Contains(body, "VEVENT") {
		t.Fatalf("the calendar: %d %.200s", code, body)
	}
	_, _, operator := session(t, a, purser.RoleOperator)
	if list, err := a.Leavers.Start(host(t.Context()), "per_2"); err != nil {
		t.Fatal(err)
	} else if _, err := a.Leavers.Set(host(t.Context()), list.ID, leaver.Change{Items: []string{list.Items[0].ID}, Assignee: &operator.ID}); err != nil {
		t.Fatal(err)
	}
	var told []string
	if err := a.DB.Read().NewRaw(`SELECT event FROM notice`).Scan(t.Context(), &told); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(told, func(e string) bool { return strings.Contains(e, string(purser.EventLeaverAssigned)) }) {
		t.Error("nobody is told of the task")
	}
	for _, text := range append(told, body) {
		if strings.Contains(strings.ToLower(text), canary) || slices.ContainsFunc(canaryPrices(), func(price string) bool { return strings.Contains(bare(text), price) }) {
			t.Errorf("it tells %.300s", text)
		}
	}
}
