package oracle_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/inventory"
	"purser/internal/license"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// Whatever the organization: totals are the sum of their rows, nothing is counted
// twice, and what nobody knows is no saving.
func TestNumbersAddUpWhateverTheOrganization(t *testing.T) {
	for seed := range int64(3) {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			now := time.Date(2028, 2, 29, 23, 30, 0, 0, time.UTC)
			o := invent(100+seed, now)
			h := newHouse(t, db, now)
			o.plant(h)
			h.usesAddUp(o)
			h.seatsAreCountedOnce(o)
			h.peopleHoldWhatTheirPagesSay()
			h.sheetsSayWhatPlansSay(o)
			h.listsOfPlansSayWhatTheirPagesSay()
			h.theSimulatorSaysWhatWouldBeFound(o)
		})
	}
}

// total is how many accounts a filter selects; it reads each of them.
func (h *house) total(f inventory.AccountFilter) (n int64) {
	h.t.Helper()
	seen := map[string]bool{}
	for page := (purser.Page{Limit: 7}); ; {
		list, err := h.inventory.Accounts(h.t.Context(), f, page)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, a := range list.Items {
			if seen[a.ID] {
				h.t.Errorf("%s is listed twice", a.ID)
			}
			seen[a.ID] = true
		}
		if page.After = list.Next; page.After == "" {
			if n = int64(len(seen)); n != list.Total {
				h.t.Errorf("%+v: %d accounts, the total says %d", f, n, list.Total)
			}
			return n
		}
	}
}

// usesAddUp holds every number of use against the rows that it opens.
func (h *house) usesAddUp(o *organization) {
	h.t.Helper()
	sums, home := map[string]int64{}, map[string]int64{}
	for _, a := range o.apps {
		u, err := h.inventory.ApplicationUse(h.t.Context(), a.instance.Application, 0)
		if err != nil {
			h.t.Fatal(err)
		}
		for class, n := range map[string]int64{"active": u.Now.Active, "inactive": u.Now.Inactive, "never": u.Now.Never, "unknown": u.Now.Unknown} {
			sums[class] += n
			if rows := h.total(inventory.AccountFilter{Application: a.instance.Application, Use: []string{class}}); rows != n {
				h.t.Errorf("%s: %d are %s, the number opens %d", a.instance.Name, n, class, rows)
			}
		}
		for _, c := range u.Others { // the simulator says who before anything changes
			if rows := h.total(inventory.AccountFilter{Application: a.instance.Application, Use: []string{"inactive", "never"}, Days: c.Days}); rows != c.Idle() {
				h.t.Errorf("%s: with %d days %d would be selected, the number opens %d", a.instance.Name, c.Days, c.Idle(), rows)
			}
		}
		days := int64(0)
		for _, x := range u.DaysActive {
			days += x.Accounts
			if rows := h.total(inventory.AccountFilter{Application: a.instance.Application, ActiveDays: fmt.Sprintf("%d-%d", x.From, x.To)}); rows != x.Accounts {
				h.t.Errorf("%s: %d used it on %s, the number opens %d", a.instance.Name, x.Accounts, x.Label, rows)
			}
		}
		if rows := h.total(inventory.AccountFilter{Application: a.instance.Application, ActiveDays: "1-30"}); rows != days {
			h.t.Errorf("%s: %d were active, of the parts %d", a.instance.Name, rows, days)
		}
		for _, w := range u.Weeks {
			list, err := h.inventory.ApplicationActivity(h.t.Context(), a.instance.Application, inventory.DaySpan{From: w.From, Until: purser.AddDays(w.From, 6)}, purser.Page{Limit: 1000})
			if err != nil || list.Total != w.Days || int64(len(list.Items)) != w.Days {
				h.t.Errorf("%s, week of %s: %d days of use, the number opens %d (%v)", a.instance.Name, w.From, w.Days, list.Total, err)
			}
		}
		for _, d := range u.Departments {
			f := inventory.AccountFilter{Application: a.instance.Application, Departments: []string{d.Department}, Seat: true}
			if rows := h.total(f); rows != d.Seats {
				h.t.Errorf("%s, %q: %d with a seat, the number opens %d", a.instance.Name, d.Department, d.Seats, rows)
			}
			shut := f
			if shut.Status = []string{"deactivated"}; h.total(shut) != d.Closed {
				h.t.Errorf("%s, %q: %d closed, the number opens %d", a.instance.Name, d.Department, d.Closed, h.total(shut))
			}
			if f.Use = []string{"unknown"}; h.total(f) != d.Unknown {
				h.t.Errorf("%s, %q: %d unknown, the number opens %d", a.instance.Name, d.Department, d.Unknown, h.total(f))
			}
		}
	}
	all, err := h.inventory.Home(h.t.Context())
	home["active"], home["inactive"], home["never"], home["unknown"] = all.Active, all.Inactive, all.Never, all.Unknown
	if fmt.Sprint(home) != fmt.Sprint(sums) || err != nil {
		h.t.Errorf("the first page says %v, the applications add up to %v (%v)", home, sums, err)
	}
}

// seatsAreCountedOnce holds what findings are worth against the seats: each is in one
// finding at most, none whose use is unknown is a saving, and no plan saves more than
// it costs.
func (h *house) seatsAreCountedOnce(o *organization) {
	h.t.Helper()
	kind, worth := map[string]purser.FindingKind{}, map[string]int64{}
	for _, f := range h.all() {
		if !strings.HasSuffix(string(f.Kind), "_seat") {
			continue
		}
		k := f.InstanceID + "/" + f.ExternalID
		if was, twice := kind[k]; twice {
			h.t.Errorf("%s is %s and %s", k, was, f.Kind)
		}
		if kind[k] = f.Kind; f.Annual != nil {
			worth[f.InstanceID+"/"+f.PlanID] += f.Annual.Minor
		}
	}
	for _, a := range o.apps {
		cost := map[string]int64{}
		for _, x := range a.accounts {
			for _, s := range x.seats {
				if k := a.instance.ID + "/" + x.id + "/" + s.plan; kind[k] == purser.FindingUnusedSeat && (o.class(x) == "unknown" || o.class(x) == "active") {
					h.t.Errorf("%s is unused, the oracle says %s", k, o.class(x))
				}
				if p := a.plans[s.plan]; p.price > 0 {
					cost[s.plan] += p.price * map[string]int64{"month": 12, "year": 1}[p.period]
				}
			}
		}
		plans, err := h.inventory.Plans(h.t.Context(), inventory.PlanFilter{InstanceID: a.instance.ID}, purser.Page{Limit: 100})
		for _, p := range plans.Items {
			if saved := worth[a.instance.ID+"/"+p.ID]; err != nil || saved > cost[p.ExternalID] {
				h.t.Errorf("%s of %s costs %d a year, and %d could be saved (%v)", p.ExternalID, a.instance.Name, cost[p.ExternalID], saved, err)
			}
		}
	}
}

// sheetsSayWhatPlansSay holds what a renewal sheet says of a plan's seats against the plan's own
// page: what the sheet calls not used is idle there, or of a closed account.
func (h *house) sheetsSayWhatPlansSay(o *organization) {
	h.t.Helper()
	compared, closed := 0, int64(0)
	found := map[string]int64{}
	for _, f := range h.all() {
		if f.Kind == purser.FindingUnusedSeat || f.Kind == purser.FindingUndeprovision || f.Kind == purser.FindingDuplicateSeat {
			found[f.PlanID]++
		}
	}
	for _, a := range o.apps {
		rows, err := store.SeatUse(h.t.Context(), h.db.Read(), store.KeyOf("app_", a.instance.Application), store.UseAtMoment(h.at, 0))
		if err != nil {
			h.t.Fatal(err)
		}
		for _, r := range rows {
			for uses, of := range map[string]int64{"": r.Assigned, "active": r.Active, "inactive never closed": r.Unused, "unknown": r.Unknown, "needed": r.Assigned - r.Left - r.Second - r.Idle - r.Closed} {
				seats, err := h.inventory.Seats(h.t.Context(), inventory.SeatFilter{Plans: r.Plans, Uses: strings.Fields(uses)}, purser.Page{Limit: 1000})
				if err != nil || seats.Total != of {
					h.t.Errorf("%s, %s: a sheet counts %d seats that are %q, listed are %d (%v)", a.instance.Name, r.Name, of, uses, seats.Total, err)
				}
			}
			if len(r.Plans) != 1 {
				continue
			}
			l, err := h.licenses.License(h.t.Context(), r.Plans[0])
			if err != nil {
				h.t.Fatal(err)
			}
			compared++
			closed += *l.Closed
			if n := r.Left + r.Second + r.Idle; n != found[l.ID] {
				h.t.Errorf("%s, %s: a sheet gives up %d seats, the findings are %d", a.instance.Name, r.Name, n, found[l.ID])
			}
			if got := [4]int64{r.Assigned, r.Active, r.Unused, r.Unknown}; got != [4]int64{*l.Assigned, *l.Used, *l.Idle + *l.Closed, *l.Unknown} {
				h.t.Errorf("%s, %s: a sheet says assigned, used, not used, unknown %v; the plan's page %d, %d, %d and %d of closed accounts, %d", a.instance.Name, r.Name, got,
					*l.Assigned, *l.Used, *l.Idle, *l.Closed, *l.Unknown)
			}
		}
	}
	if compared == 0 || closed == 0 {
		h.t.Errorf("%d plans were compared, with %d seats of closed accounts", compared, closed)
	}
}

// listsOfPlansSayWhatTheirPagesSay holds how the seats of plans are used, which is kept for
// lists, against the page of each plan, which judges them; and what lists are asked for.
func (h *house) listsOfPlansSayWhatTheirPagesSay() {
	h.t.Helper()
	texts := func(l purser.License) string {
		return fmt.Sprint(l.ID, *l.Assigned, *l.Used, *l.Idle, *l.Closed, *l.Unknown)
	}
	all := func(f license.Filter, p purser.Page) []purser.License {
		list, err := h.licenses.List(h.t.Context(), f, p)
		if err != nil || list.Next != "" {
			h.t.Fatal(err, list.Next)
		}
		return list.Items
	}
	plans := all(license.Filter{}, purser.Page{Limit: 1000, Sort: "idle", Desc: true})
	want := map[string][]string{}
	for n, l := range plans {
		page, err := h.licenses.License(h.t.Context(), l.ID)
		if err != nil || texts(page) != texts(l) {
			h.t.Errorf("a list says %s of a plan, its page %s (%v)", texts(l), texts(page), err)
		}
		for uses, of := range map[string]int64{"": *l.Assigned, "active": *l.Used, "inactive never": *l.Idle, "closed": *l.Closed, "unknown": *l.Unknown} {
			seats, err := h.inventory.Seats(h.t.Context(), inventory.SeatFilter{Plans: []string{l.ID}, Uses: strings.Fields(uses)}, purser.Page{Limit: 1000, Sort: "name"})
			if err != nil || int64(len(seats.Items)) != of {
				h.t.Errorf("%s: %d seats are %q, the number opens %d (%v)", l.ID, of, uses, len(seats.Items), err)
			}
			h.seatsAreFoundByName(l.ID, seats.Items)
		}
		if n > 0 && *l.Idle > *plans[n-1].Idle {
			h.t.Errorf("%s with %d idle seats comes after %d", l.ID, *l.Idle, *plans[n-1].Idle)
		}
		for seats, n := range map[string]int64{"idle": *l.Idle, "unknown": *l.Unknown, "closed": *l.Closed} {
			if n > 0 {
				want[seats] = append(want[seats], l.ID)
			}
		}
	}
	if kept := h.number(`SELECT count(*) FROM plan_use`); kept == 0 || len(want) != 3 {
		h.t.Errorf("of %d plans something is kept, asked for are %v", kept, want)
	}
	for _, seats := range license.Seats() {
		var got []string
		for _, l := range all(license.Filter{Any: []license.Filter{{Seats: []string{seats}}}}, purser.Page{Limit: 1000}) {
			got = append(got, l.ID)
		}
		differ(h.t, "plans with "+seats+" seats", got, want[seats])
	}
}

// seatsAreFoundByName looks for the first seat of some by the name of its account.
func (h *house) seatsAreFoundByName(plan string, all []inventory.Seat) {
	h.t.Helper()
	if len(all) == 0 || all[0].AccountID == "" {
		return
	}
	f := inventory.SeatFilter{Plans: []string{plan}, Query: strings.ToUpper(all[0].AccountName)}
	if all[0].Email == "" { // called by its identifier, which is compared whole
		f.Query = all[0].AccountName
	}
	found, err := h.inventory.Seats(h.t.Context(), f, purser.Page{Limit: 1000})
	if err != nil || !slices.ContainsFunc(found.Items, func(s inventory.Seat) bool { return s.AccountID == all[0].AccountID }) {
		h.t.Errorf("%q does not find the seat of %s (%v)", f.Query, all[0].AccountID, err)
	}
	nameless := newHouse(h.t, h.db, h.at, purser.OpNameRead)
	if _, err := nameless.inventory.Seats(h.t.Context(), f, purser.Page{}); err == nil {
		h.t.Errorf("%q is searched for whom names are hidden", f.Query)
	}
}

// number is what a statement counts.
func (h *house) number(statement string) (n int) {
	h.t.Helper()
	if err := h.db.Read().NewRaw(statement).Scan(h.t.Context(), &n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// theSimulatorSaysWhatWouldBeFound sets other thresholds, and holds what is found unused then
// against what was said before.
func (h *house) theSimulatorSaysWhatWouldBeFound(o *organization) {
	h.t.Helper()
	seats := int64(0)
	for _, a := range o.apps {
		id := a.instance.Application
		use := func(days int) inventory.Use {
			h.t.Helper()
			u, err := h.inventory.ApplicationUse(h.t.Context(), id, days)
			if err != nil {
				h.t.Fatal(err)
			}
			return u
		}
		was := use(0).Days
		for _, days := range []int{3, 200, was} {
			var said *inventory.UnusedSeats
			for _, c := range use(days).Others {
				if c.Days == days {
					said = c.Seats
				}
			}
			if err := h.inventory.SetThreshold(h.t.Context(), id, days); err != nil {
				h.t.Fatal(err)
			}
			h.derive(a.instance)
			if now := use(0).Now; now.Days != days || said == nil || !reflect.DeepEqual(now.Seats, said) {
				h.t.Errorf("%s, %d days: said were %+v, found are %+v", a.instance.Name, days, said, now)
			}
			seats += said.N
		}
	}
	if seats == 0 {
		h.t.Error("no threshold finds an unused seat")
	}
}

// peopleHoldWhatTheirPagesSay holds what the list says that people hold against the seats
// and devices on their pages.
func (h *house) peopleHoldWhatTheirPagesSay() {
	h.t.Helper()
	list, err := h.inventory.People(h.t.Context(), inventory.PersonFilter{}, purser.Page{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	worth, unvalued := 0, int64(0)
	for _, p := range list.Items {
		seats, err := h.inventory.PersonSeats(h.t.Context(), p.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		devices, err := h.inventory.PersonDevices(h.t.Context(), p.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		want := purser.PersonHolds{Devices: int64(len(devices)), Seats: int64(len(seats.Seats)), Unvalued: int64(seats.Unvalued)}
		want.Annual = append(want.Annual, seats.Annual...)
		if p.Holds == nil || !reflect.DeepEqual(*p.Holds, want) {
			h.t.Errorf("%s holds %+v, the page says %+v", p.ID, p.Holds, want)
		}
		worth, unvalued = worth+len(want.Annual), unvalued+want.Unvalued
	}
	if worth == 0 || unvalued == 0 {
		h.t.Errorf("of %d people none has seats of a value, or none without: %d, %d", len(list.Items), worth, unvalued)
	}
}
