package oracle_test

import (
	"cmp"
	"fmt"
	"math/rand"
	"slices"
	"sort"
	"time"

	"purser"
	"purser/internal/store"
)

const dayLong = 24 * time.Hour

// account is what the oracle knows of one account.
type account struct {
	at      int // which application
	id      string
	person  int // -1: nobody
	status  string
	kind    string
	said    string     // the kind by hand; "" for none
	told    *time.Time // last use by the vendor's list; zero time: never
	seen    *time.Time // last use by dated activity
	created *time.Time
	seats   []seat
}

// expectsPerson: somebody should stand behind the account.
func (x *account) expectsPerson() bool {
	return !slices.Contains([]string{"robot", "shared", "guest"}, cmp.Or(x.said, x.kind))
}

type seat struct {
	plan   string
	given  *time.Time
	unused bool // the vendor says that nothing of what the plan adds is used
}

// application is what the oracle knows of one application.
type application struct {
	instance purser.Instance
	read     time.Time
	from     time.Time // of dated use; zero: not read
	until    time.Time
	days     int
	plans    map[string]plan
	accounts []*account
}

type plan struct {
	bought  int64 // -1 unknown
	minimum int64
	price   int64 // -1: nobody knows
	money   string
	period  string
	family  string
	agreed  bool   // a contract tells the price, and changed it in the middle of a month
	part    string // of that bundle
	// What Purser cannot tell by a seat: per_unit and flat; "" per_user.
	model          string
	included, free int64
}

type person struct {
	left  string // last day, "" still here
	email string
	alias string
	away  bool
}

// agreement is what the oracle knows of a contract.
type agreement struct {
	id         string
	at         int // which application
	inDays     int // its last day
	noticeDays int // 0: no notice is agreed
	decision   purser.Decision
	months     int    // how long it runs, to the day; 0: a year until today, and what is left
	trueDownIn int    // the day from which it allows fewer; 0: none
	prices     bool   // it names the plans that are agreed
	owner      string // a user, or the number of a person; "" for none
}

// organization is an organization with planted facts, and the oracle over it.
type organization struct {
	now    time.Time
	people []person
	apps   []*application

	contracts []*agreement
	through   map[int]bool // people who have Through, an application of an identity provider alone; true: they use it
}

func at(t time.Time) *time.Time { return &t }

// invent makes an organization whose days are those of where now is.
func invent(seed int64, now time.Time) *organization {
	r := rand.New(rand.NewSource(seed))
	o := &organization{now: now}
	for i := range 14 {
		p := person{email: fmt.Sprintf("p%d@example.com", i), alias: fmt.Sprintf("also%d@example.com", i)}
		switch {
		case i == 4:
			p.left = now.AddDate(0, 0, -3).Format(time.DateOnly)
		case i%5 == 4:
			p.left = now.AddDate(0, 0, -r.Intn(50)-1).UTC().Format(time.DateOnly)
		case i%7 == 3:
			p.away = true
		}
		o.people = append(o.people, p)
	}
	o.contracts = []*agreement{{at: 4, inDays: 61, noticeDays: 30}, {at: 4, inDays: 20, noticeDays: 30}, // overdue, and not the last
		{at: 3, inDays: 121, noticeDays: 30}, {at: 0, inDays: 90}, {at: 0, inDays: 40, noticeDays: 60, decision: purser.DecisionRenew},
		{at: 2, inDays: 0, noticeDays: 1, decision: purser.DecisionCancel}, {at: 1, inDays: -1, decision: purser.DecisionCancel}, {at: 1, inDays: -9, noticeDays: 10}}
	for i, c := range o.contracts {
		c.owner = []string{hereUser, leftUser, goneUser, "", o.people[1].email, o.people[4].email}[i%6]
	}
	// A year and a half that ends in the middle of a month, with a right to fewer before.
	y, m, d := now.Date()
	last := int(time.Date(y, m+5, 14, 0, 0, 0, 0, time.UTC).Sub(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) / dayLong)
	o.contracts = append(o.contracts, &agreement{at: 2, inDays: last, noticeDays: 30, months: 18, trueDownIn: last - 60, prices: true})
	// Over the day's edge in other time zones, over a leap day, and long ago.
	zone := time.FixedZone("west", -8*3600)
	moments := func() time.Time {
		switch r.Intn(6) {
		case 0:
			return now.AddDate(0, 0, -60).In(zone)
		case 1:
			return time.Date(2028, 2, 29, 23, 59, 59, 0, zone)
		case 2:
			return now.AddDate(0, 0, -60).Truncate(dayLong)
		case 3:
			return now.AddDate(0, 0, -60).Truncate(dayLong).Add(-time.Microsecond)
		default:
			return now.AddDate(0, 0, -r.Intn(150)).Add(-time.Duration(r.Intn(86400)) * time.Second)
		}
	}
	for n := range 5 {
		a := &application{read: now, days: []int{60, 30, 90, 60, 15}[n], plans: map[string]plan{}}
		switch n {
		case 1:
			a.from, a.until = now.AddDate(0, 0, -100), now.Add(-time.Hour)
		case 2:
			a.from, a.until = now.AddDate(0, 0, -20), now // too short
		case 3:
			a.read = now.AddDate(0, 0, -12) // read long ago
			a.from, a.until = now.AddDate(0, 0, -200), now.AddDate(0, 0, -12)
		case 4:
			a.from, a.until = now.AddDate(0, 0, -200), now.AddDate(0, 0, -2)
		}
		for i, name := range []string{"Pro", "Basic"} {
			p := plan{bought: int64(r.Intn(14)), price: int64(100 + r.Intn(9000)), money: []string{"EUR", "USD", "JPY"}[r.Intn(3)], period: []string{"month", "year"}[r.Intn(2)]}
			p.minimum = []int64{0, 0, 3, 20}[r.Intn(4)]
			if i == 1 && n != 1 {
				p.bought += 30 // more than anybody could hold
			} else if r.Intn(4) == 0 {
				p.bought = -1
			}
			if r.Intn(4) == 0 {
				p.price = -1
			}
			if n == 4 && i == 1 {
				p.family = "Pro" // gives the same
			}
			if n == 3 && i == 1 {
				p.part = "Pro"
			}
			if n == 2 && i == 0 {
				p.agreed, p.price = true, max(p.price, 1)
			}
			switch {
			case n == 3 && i == 0:
				p.free = 2
			case n == 1 && i == 0: // more than anybody could hold
				p.model, p.bought, p.price = "per_unit", 45, max(p.price, 1)
			case n == 1 && i == 1:
				p.model = "flat"
			case n == 0 && i == 0: // some would do with the cheaper one
				p.bought, p.minimum, p.included, p.free, p.price, p.money, p.period = -1, 2, 4, 1, 900, "EUR", "month"
			case n == 0:
				p.price, p.money, p.period = 400, "EUR", "month"
			}
			a.plans[name] = p
		}
		for i := range 20 {
			x := &account{at: n, id: fmt.Sprintf("u%d", i), person: i % 18, status: []string{"active", "active", "active", "suspended", "deactivated"}[r.Intn(5)],
				kind: []string{"person", "person", "person", "robot"}[r.Intn(4)]}
			if x.person >= len(o.people) {
				x.person = -1
			}
			if n == 0 || r.Intn(3) == 0 { // the first application's vendor tells of everybody
				x.told = at(moments())
				if r.Intn(4) == 0 {
					x.told = at(time.Time{})
				}
			}
			if !a.from.IsZero() && r.Intn(2) == 0 {
				if m := moments(); !m.Before(a.from) && !m.After(a.until) {
					x.seen = at(m)
				}
			}
			if r.Intn(2) == 0 {
				x.created = at(moments())
			}
			for _, name := range []string{"Pro", "Basic"} {
				if r.Intn(3) > 0 {
					s := seat{plan: name}
					if r.Intn(2) == 0 {
						s.given = at(moments())
					}
					s.unused = n == 0 && name == "Pro" && i%3 > 0
					x.seats = append(x.seats, s)
				}
			}
			if n > 0 && x.person < 0 { // somebody has said what some of them are, and the vendor something else
				x.said = []string{"", "robot", "person", "guest", "shared"}[(n+i)%5]
			}
			if n == 0 && i == 16 { // nobody's, and in use
				x.person, x.status, x.kind, x.told = -1, "active", "person", at(now.AddDate(0, 0, -3))
			}
			if i == 4 && (n == 0 || n == 3) { // in the evening of the last day, and in the night after it
				over := o.over(x.person)
				x.status, x.seen, x.told = "active", nil, at(over.Add(-6*time.Hour-30*time.Minute))
				if n == 3 {
					x.told = at(over.Add(10 * time.Minute))
				}
			}
			a.accounts = append(a.accounts, x)
		}
		o.apps = append(o.apps, a)
	}
	return o
}

// over is when the last day of somebody who left was over, where the organization is.
func (o *organization) over(person int) time.Time {
	last, _ := time.ParseInLocation(time.DateOnly, o.people[person].left, o.now.Location())
	return last.AddDate(0, 0, 1)
}

func micros(t *time.Time) any {
	if t == nil {
		return nil
	}
	if t.IsZero() {
		return int64(0)
	}
	return t.UnixMicro()
}

// inUse is what the vendor says of a seat: that nothing of it is used, or nothing at all.
func (s seat) inUse() any {
	if s.unused {
		return 0
	}
	return nil
}

// plant writes the organization into a house, as syncs would.
func (o *organization) plant(h *house) {
	hr := h.instance("HR", true)
	h.read(hr, purser.KindPerson, o.now)
	for i, p := range o.people {
		fields := map[string]any{"email": p.email, "display_name": fmt.Sprint("Person ", i), "employment": "employed"}
		switch {
		case p.left != "":
			fields["employment"], fields["ended_on"] = "ended", p.left
		case p.away:
			fields["employment"] = "on_leave"
		}
		h.row(purser.KindPerson, hr, fmt.Sprint("p", i), fields)
	}
	instances := []purser.Instance{hr}
	for n, a := range o.apps {
		a.instance = h.instance(fmt.Sprint("App", n), false)
		instances = append(instances, a.instance)
		h.read(a.instance, purser.KindAccount, a.read)
		h.read(a.instance, purser.KindSeat, o.now)
		if !a.from.IsZero() {
			h.covered(a.instance, a.from, a.until)
		}
		if a.days != 60 {
			h.exec(`UPDATE saas_application SET use_days = ? WHERE id = ?`, a.days, store.KeyOf("app_", a.instance.Application))
		}
		for name, p := range a.plans {
			fields := map[string]any{"name": name}
			if p.bought >= 0 {
				fields["bought"] = p.bought
			}
			h.row(purser.KindPlan, a.instance, name, fields)
			model := p.model
			if model == "" {
				model = "per_user"
			}
			terms := []any{a.instance.ID, name, store.KeyOf("app_", a.instance.Application), p.family, p.minimum, nil, "", p.period, model, p.included, p.free}
			if p.part != "" {
				h.exec(`INSERT INTO license_part (source, bundle, part) VALUES (?, ?, ?)`, a.instance.ID, p.part, name)
			}
			if p.agreed {
				terms[7] = ""
			} else if p.price >= 0 {
				terms[5], terms[6] = p.price, p.money
			}
			h.exec(`INSERT INTO license_term (source, external_id, saas_no, family, minimum, price, currency, period, model, included, free, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`, terms...)
		}
		for _, x := range a.accounts {
			fields := map[string]any{"status": x.status, "kind": x.kind, "last_active_at": micros(x.told), "created_at": micros(x.created)}
			if x.person >= 0 {
				fields["email"] = o.people[x.person].email
				if x.kind != "robot" && x.at == 1 { // through an alias alone
					fields["email"], fields["aliases"] = fmt.Sprintf("nick%d@example.com", x.person), `["`+o.people[x.person].email+`"]`
				}
			}
			h.row(purser.KindAccount, a.instance, x.id, fields)
			if x.said != "" {
				h.exec(`INSERT INTO account_kind (account_id, instance_no, kind, how, manual, since) SELECT id, instance_no, ?, 'said by Ada', TRUE, 1 FROM "account" WHERE instance_no = ? AND external_id = ?`,
					x.said, a.instance.No, x.id)
			}
			for _, s := range x.seats {
				h.row(purser.KindSeat, a.instance, x.id+"/"+s.plan, map[string]any{"plan": s.plan, "account": x.id, "assigned_at": micros(s.given), "active": s.inUse()})
			}
			if x.seen != nil {
				h.exec(`INSERT INTO activity (instance_no, stream_no, account, application, day, count, first_at, last_at) VALUES (?, ?, ?, '', ?, 1, ?, ?)`,
					a.instance.No, a.instance.No, x.id, x.seen.UnixMicro()/dayLong.Microseconds(), x.seen.UnixMicro(), x.seen.UnixMicro())
			}
		}
	}
	o.mayOwn(h)
	for n, c := range o.contracts {
		terms := purser.ContractTerms{Start: o.now.AddDate(-1, 0, 0).Format(time.DateOnly), End: o.now.AddDate(0, 0, c.inDays).Format(time.DateOnly), Notice: noticeOf(c.noticeDays)}
		if c.months > 0 {
			terms.Start = o.now.AddDate(0, 0, c.inDays+1).AddDate(0, -c.months, 0).Format(time.DateOnly)
		}
		if c.trueDownIn > 0 {
			terms.TrueDown = o.now.AddDate(0, 0, c.trueDownIn).Format(time.DateOnly)
		}
		if c.prices {
			o.agree(c, &terms)
		}
		c.id = h.contract(purser.ContractInput{ContractFacts: purser.ContractFacts{Name: fmt.Sprint("Contract ", n), Vendor: "Example Inc."}, Owner: c.owner, Applications: []string{o.apps[c.at].instance.Application},
			Terms: terms}, c.decision)
	}
	h.exec(`DELETE FROM users WHERE id = ?`, goneUser)
	h.derive(instances...)
	sort.SliceStable(instances, func(i, j int) bool { return instances[i].No < instances[j].No })
}

// The users of the organization: one who is here, one who has left, and one who is
// removed once contracts were written down.
const hereUser, leftUser, goneUser = "usr_here", "usr_left", "usr_gone"

func (o *organization) mayOwn(h *house) {
	for id, email := range map[string]string{hereUser: o.people[0].email, leftUser: o.people[4].email, goneUser: "gone@example.com"} {
		h.exec(`INSERT INTO users (id, email, name, role, password, created_at, updated_at, last_sign_in_at) VALUES (?, ?, ?, 'finance', '', 1, 1, 1)
			ON CONFLICT (id) DO NOTHING`, id, email, id)
	}
}

// agree writes the plans of an application into a contract: dearer until ten days ago,
// dearer again in a week, and by the quarter where a seat is paid by the month.
func (o *organization) agree(c *agreement, terms *purser.ContractTerms) {
	for name, p := range o.apps[c.at].plans {
		if !p.agreed {
			continue
		}
		billing, minor := "yearly", p.price
		if p.period == "month" {
			billing, minor = "quarterly", 3*p.price
		}
		of := func(more int64) []purser.ContractPlan {
			return []purser.ContractPlan{{Name: name, Per: "user", Price: &purser.Money{Minor: minor + more, Currency: p.money}, Billing: billing}}
		}
		terms.Plans = of(700)
		terms.Amendments = []purser.Amendment{{On: o.now.AddDate(0, 0, -10).Format(time.DateOnly), Plans: of(0)}, {On: o.now.AddDate(0, 0, 7).Format(time.DateOnly), Plans: of(900)}}
	}
}

// withoutContracts takes contracts away: what one agreed on is entered instead.
func (o *organization) withoutContracts() {
	o.contracts = nil
	for _, a := range o.apps {
		for name, p := range a.plans {
			p.agreed = false
			a.plans[name] = p
		}
	}
}

func noticeOf(days int) purser.Notice {
	if days == 0 {
		return purser.Notice{}
	}
	return purser.Notice{Count: days, Unit: "days"}
}
