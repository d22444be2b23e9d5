package oracle_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/finding"
	"purser/internal/inventory"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// days are the days on which the oracle is asked: after a leap day, at the turn
// of a year, and at the first moment of a day; where it is another day than in
// London, earlier and later.
func days(t *testing.T) []time.Time {
	t.Helper()
	in := func(zone string, at time.Time) time.Time {
		z, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		return at.In(z)
	}
	return []time.Time{in("America/Los_Angeles", time.Date(2028, 4, 30, 2, 0, 0, 0, time.UTC)), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		in("Asia/Kathmandu", time.Date(2026, 12, 31, 20, 0, 0, 0, time.UTC))}
}

func TestWhatIsSaidIsWhatTheOracleKnows(t *testing.T) {
	for n, now := range days(t) {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			o := invent(int64(n+7), now)
			h := newHouse(t, db, now)
			o.plant(h)
			o.compareUse(h)
			o.compareFindings(h)
			o.compareAccess(h)
			// Told again nothing changes.
			before := h.found()
			if err := h.findings.Derive(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			differ(t, "derived again", h.found(), before)
		})
	}
}

// compareUse holds each class of each account, and the sums of each application, against the oracle.
func (o *organization) compareUse(h *house) {
	h.t.Helper()
	for _, a := range o.apps {
		want, sums := map[string]string{}, map[string]int64{}
		for _, x := range a.accounts {
			class := o.class(x)
			if sums[class]++; class != "closed" {
				want[x.id] = class
			}
		}
		list, err := h.inventory.Accounts(h.t.Context(), inventory.AccountFilter{Application: a.instance.Application}, purser.Page{Limit: 1000})
		if err != nil {
			h.t.Fatal(err)
		}
		for _, got := range list.Items {
			if got.Use.Class != want[got.ExternalID] || got.Use.Class != "" && got.Use.Why == "" {
				h.t.Errorf("%s: %s is %q (%s), the oracle says %q", a.instance.Name, got.ExternalID, got.Use.Class, got.Use.Why, want[got.ExternalID])
			}
		}
		app, err := h.inventory.Application(h.t.Context(), a.instance.Application)
		if err != nil || app.Active != sums["active"] || app.Inactive != sums["inactive"] || app.Never != sums["never"] || app.Unknown != sums["unknown"] {
			h.t.Errorf("%s: %d/%d/%d/%d, the oracle says %v (%v)", a.instance.Name, app.Active, app.Inactive, app.Never, app.Unknown, sums, err)
		}
	}
}

// compareAccess holds each cell of the access matrix against the oracle, page by page.
func (o *organization) compareAccess(h *house) {
	h.t.Helper()
	var columns []string
	for _, a := range o.apps {
		columns = append(columns, a.instance.Application)
	}
	seen, page := 0, purser.Page{Limit: 3}
	for {
		m, err := h.inventory.Access(h.t.Context(), inventory.AccessFilter{Applications: columns}, page)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, row := range m.Rows {
			person := slices.IndexFunc(o.people, func(p person) bool { return p.email == row.Person.Email })
			seen++
			costs, err := h.inventory.PersonSeats(h.t.Context(), row.Person.ID)
			sums, unvalued := o.costs(person)
			if err != nil || costs.Unvalued != unvalued || len(costs.Annual) != len(sums) {
				h.t.Errorf("%s costs %+v, the oracle says %v and %d unvalued: %v", row.Person.DisplayName, costs.Annual, sums, unvalued, err)
			}
			for _, m := range costs.Annual {
				if sums[m.Currency] != m.Minor {
					h.t.Errorf("%s costs %v, the oracle says %d", row.Person.DisplayName, m, sums[m.Currency])
				}
			}
			h.seatsOfEach(costs)
			for n, col := range m.Applications {
				app := slices.IndexFunc(o.apps, func(a *application) bool { return a.instance.Application == col.ID })
				var got []string
				for _, a := range row.Cells[n] {
					got = append(got, a.Use)
				}
				differ(h.t, row.Person.DisplayName+" in "+col.Name, got, o.access(person, app))
			}
		}
		if page.After = m.Next; page.After == "" {
			break
		}
	}
	if seen != len(o.people) {
		h.t.Errorf("the matrix has %d people, there are %d", seen, len(o.people))
	}
	if wide, err := h.inventory.Access(h.t.Context(), inventory.AccessFilter{}, purser.Page{Limit: 1}); err != nil || len(wide.Applications) < len(o.apps) {
		h.t.Errorf("of itself the matrix shows %d applications: %v", len(wide.Applications), err)
	}
}

func (o *organization) compareFindings(h *house) {
	h.t.Helper()
	keys, annual, currency := o.finds()
	differ(h.t, "findings", h.found(), keys)
	for _, kind := range []string{"unknown_account", "leaver_access", "used_not_in_hr", "undeprovisioned_seat", "duplicate_seat", "unused_seat", "overlap_seat", "downgrade_seat", "overbought_plan", "renewal_due", "owner_left"} {
		if !slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, kind+" ") }) {
			h.t.Errorf("nothing was planted of %s: the comparison says nothing of it", kind)
		}
	}
	if units := key("overbought_plan", o.apps[1].instance.ID, "Pro"); annual[units] <= 0 {
		h.t.Errorf("%s: no spare units of a price were planted", units)
	}
	sums := map[string]int64{}
	ends, longTerm, bundled := map[string]string{}, 0, 0
	for n, a := range o.apps {
		ends[a.instance.Application] = o.endOf(n)
	}
	for _, f := range h.all() {
		k := key(string(f.Kind), f.InstanceID, f.ExternalID)
		want, priced := annual[k], f.Kind == purser.FindingUnusedSeat || f.Kind == purser.FindingDuplicateSeat || f.Kind == purser.FindingUndeprovision || f.Kind == purser.FindingOverbought || f.Kind == purser.FindingOverlapSeat || f.Kind == purser.FindingDowngradeSeat
		switch {
		case !priced:
			if f.Annual != nil {
				h.t.Errorf("%s has the value %v", k, f.Annual)
			}
			continue
		case want < 0:
			if f.Annual != nil || f.Unvalued == "" {
				h.t.Errorf("%s: nobody knows its price, and it is worth %v", k, f.Annual)
			}
		case f.Annual == nil || f.Annual.Minor != want || f.Annual.Currency != currency[k]:
			h.t.Errorf("%s is worth %v, the oracle says %d %s", k, f.Annual, want, currency[k])
		default:
			sums[string(f.Kind)+" "+f.Annual.Currency] += f.Annual.Minor
			if f.ApplicationID == o.apps[2].instance.Application { // a year and a half
				if longTerm++; f.Value == nil || f.Value.Minor*2 != want*3 && f.Value.Minor*2 != want*3+1 {
					h.t.Errorf("%s is worth %v in eighteen months, and %d in a year", k, f.Value, want)
				}
			}
		}
		if f.RealizableOn != ends[f.ApplicationID] || f.Realizable == "" {
			h.t.Errorf("%s: realizable %q (%s), the contract ends %q", k, f.RealizableOn, f.Realizable, ends[f.ApplicationID])
		}
		if strings.Contains(f.Sentence, "another plan of theirs contains it") {
			bundled++
		}
		if len(f.Evidence) == 0 {
			h.t.Errorf("%s opens nothing", k)
		}
	}
	if longTerm == 0 || bundled == 0 {
		h.t.Errorf("%d savings under a long contract and %d seats that a bundle contains: the comparison says nothing of them", longTerm, bundled)
	}
	counts, err := h.findings.Counts(h.t.Context(), finding.Filter{})
	if err != nil {
		h.t.Fatal(err)
	}
	n := int64(0)
	for _, c := range counts {
		n += c.N
		for _, m := range c.Annual {
			if sums[string(c.Kind)+" "+m.Currency] != m.Minor {
				h.t.Errorf("%s is worth %v, its rows %d", c.Kind, m, sums[string(c.Kind)+" "+m.Currency])
			}
			delete(sums, string(c.Kind)+" "+m.Currency)
		}
	}
	for k, v := range sums {
		if v != 0 {
			h.t.Errorf("the rows of %s are worth %d, no sum says so", k, v)
		}
	}
	if n != int64(len(keys)) {
		h.t.Errorf("%d findings are counted, there are %d", n, len(keys))
	}
}

// One seat that is accepted, one that is done and gone, one that is used again.
func TestWhatWasAcceptedStaysAndOnlyARosterRealizesASaving(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		h := newHouse(t, db, now)
		i := h.instance("Chat", false)
		h.read(i, purser.KindAccount, now)
		h.read(i, purser.KindSeat, now)
		h.row(purser.KindPlan, i, "pro", map[string]any{"name": "Pro", "bought": 10})
		h.exec(`INSERT INTO license_term (source, external_id, saas_no, model, price, currency, period, updated_at) VALUES (?, 'pro', 1, 'per_user', 1250, 'EUR', 'month', 1)`, i.ID)
		for _, name := range []string{"a", "b", "c"} {
			h.row(purser.KindAccount, i, name, map[string]any{"last_active_at": now.AddDate(0, 0, -100).UnixMicro(), "email": name + "@example.com"})
			h.row(purser.KindSeat, i, "s"+name, map[string]any{"plan": "pro", "account": name})
		}
		h.derive(i)
		ids := map[string]string{}
		for _, f := range h.all() {
			if f.Kind == purser.FindingUnusedSeat {
				ids[f.ExternalID] = f.ID
			}
		}
		if len(ids) != 3 {
			t.Fatalf("%v", h.found())
		}
		ctx := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, ID: "usr_1", Name: "ada@example.com", Role: purser.RoleAdmin})
		for _, bad := range []finding.Decision{{State: "accepted"}, {State: "snoozed", Until: "2026-11-22"}, {State: "verified"}, {State: "gone"}} {
			if _, err := h.findings.Decide(ctx, []string{ids["sa"]}, nil, bad); err == nil {
				t.Errorf("%+v is taken", bad)
			}
		}
		for name, d := range map[string]finding.Decision{"sa": {State: "accepted", Reason: "on parental leave"}, "sb": {State: "done"}, "sc": {State: "snoozed", Until: "2026-12-01"}} {
			if n, err := h.findings.Decide(ctx, []string{ids[name]}, nil, d); err != nil || n != 1 {
				t.Fatal(n, err)
			}
		}
		h.exec(`UPDATE "seat" SET gone_gen = 9, removed_at = 5, changed_at = ? WHERE external_id IN ('sa', 'sb')`, now.UnixMicro())
		h.exec(`UPDATE "account" SET last_active_at = ?, changed_at = ? WHERE external_id = 'c'`, now.UnixMicro(), now.UnixMicro())
		h.derive(i)
		realized := map[string]bool{}
		for _, f := range h.all(purser.FindingVerified) {
			realized[f.ExternalID] = f.Realized
		}
		if len(realized) != 3 || !realized["sa"] || !realized["sb"] || realized["sc"] {
			t.Errorf("realized: %v", realized)
		}
		counts, err := h.findings.Counts(t.Context(), finding.Filter{Kinds: []string{"unused_seat"}, States: []string{"verified"}})
		if err != nil || len(counts) != 1 {
			t.Fatal(counts, err)
		}
		sum := int64(0)
		for _, m := range counts[0].Realized {
			sum += m.Minor
		}
		if sum != 2*12*1250 {
			t.Errorf("realized %v, want two seats", counts[0].Realized)
		}
		// All of them come again: one was accepted, and stays so.
		h.exec(`UPDATE "seat" SET gone_gen = 0 WHERE TRUE`)
		h.exec(`UPDATE "account" SET last_active_at = ? WHERE TRUE`, now.AddDate(0, 0, -100).UnixMicro())
		h.derive(i)
		open := h.found()
		differ(t, "came again", open, []string{key("unused_seat", i.ID, "sb"), key("unused_seat", i.ID, "sc"), key("overbought_plan", i.ID, "pro")})
		differ(t, "accepted", h.found(purser.FindingAccepted), []string{key("unused_seat", i.ID, "sa")})
		// Put off until a day that comes; done, though it is still there.
		for _, f := range h.all() {
			d := finding.Decision{State: "done"}
			if f.ExternalID == "sc" {
				d = finding.Decision{State: "snoozed", Until: "2026-11-24"}
			}
			if _, err := h.findings.Decide(ctx, []string{f.ID}, nil, d); err != nil {
				t.Fatal(err)
			}
		}
		if left := h.found(); len(left) != 0 {
			t.Errorf("open after everything is decided: %v", left)
		}
		h.at = now.AddDate(0, 0, 2)
		h.read(i, purser.KindSeat, h.at)
		h.read(i, purser.KindAccount, h.at)
		h.derive(i)
		differ(t, "two days later", h.found(), []string{key("unused_seat", i.ID, "sb"), key("unused_seat", i.ID, "sc"), key("overbought_plan", i.ID, "pro")})
	})
}

func TestPricesAndNamesAreHiddenFromWhomTheyAreNotFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := days(t)[0]
		o := invent(3, now)
		h := newHouse(t, db, now, purser.OpMoneyRead, purser.OpNameRead)
		o.plant(h)
		for _, f := range h.all() {
			if f.Annual != nil || f.Value != nil || f.PersonID != "" || f.ExternalID != "" {
				t.Fatalf("it tells %+v", f)
			}
		}
		counts, err := h.findings.Counts(t.Context(), finding.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range counts {
			if len(c.Annual) > 0 {
				t.Errorf("%s tells %v", c.Kind, c.Annual)
			}
		}
		if _, err := h.findings.List(t.Context(), finding.Filter{}, purser.Page{Sort: "value"}); err == nil {
			t.Error("the order tells the values")
		}
		plans, err := h.licenses.List(t.Context(), licenseFilter(), purser.Page{})
		if err != nil || len(plans.Items) == 0 {
			t.Fatal(plans, err)
		}
		for _, p := range plans.Items {
			if p.Price != nil || p.Annual != nil || p.Terms != nil && p.Terms.Price != nil {
				t.Errorf("%s tells its price", p.Name)
			}
		}
	})
}

// seatsOfEach compares the seats of a person with those of each of the accounts.
func (h *house) seatsOfEach(all purser.PersonSeats) {
	h.t.Helper()
	by := map[string][]purser.PersonSeat{}
	for _, s := range all.Seats {
		by[s.AccountID] = append(by[s.AccountID], s)
	}
	for account, seats := range by {
		got, err := h.inventory.AccountSeats(h.t.Context(), account)
		if err != nil || !reflect.DeepEqual(got.Seats, seats) {
			h.t.Errorf("the account %s has the seats %+v, the person %+v of it: %v", account, got.Seats, seats, err)
		}
	}
}
