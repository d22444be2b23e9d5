package oracle_test

import (
	"sort"
	"time"

	"purser"
)

// lastUse is the latest moment that anybody tells; nil unknown, zero never.
func (x *account) lastUse() *time.Time {
	switch {
	case x.seen == nil:
		return x.told
	case x.told == nil || x.told.Before(*x.seen):
		return x.seen
	}
	return x.told
}

// class is how an account is used, as a person would say it: by days of the
// calendar in UTC, and nothing that no source knows.
func (o *organization) class(x *account) string {
	if x.status == "deactivated" {
		return "closed"
	}
	a := o.apps[x.at]
	y, m, d := o.now.UTC().Date()
	since := time.Date(y, m, d-a.days, 0, 0, 0, 0, time.UTC)
	week := o.now.Add(-7 * dayLong)
	used := x.lastUse()
	if used != nil && !used.IsZero() && !used.Before(since) {
		return "active"
	}
	if x.told != nil && !a.read.Before(week) {
		if used.IsZero() {
			return "never"
		}
		return "inactive"
	}
	if a.from.IsZero() || a.from.After(since) || a.until.Before(week) {
		return "unknown"
	}
	if (used == nil || used.IsZero()) && x.created != nil && !x.created.Before(a.from) {
		return "never"
	}
	return "inactive"
}

// endOf is the day on which something of an application can be saved: the end of the
// last contract about it that is not over, or the day from which that allows fewer;
// "" nobody knows.
func (o *organization) endOf(n int) string {
	last := -1
	for _, c := range o.contracts {
		day := c.inDays
		if c.trueDownIn > 0 {
			day = c.trueDownIn
		}
		if c.at == n && day > last {
			last = day
		}
	}
	if last < 0 {
		return ""
	}
	return o.now.AddDate(0, 0, last).Format(time.DateOnly)
}

// finds are all findings as the oracle sees them, with what they cost in a year:
// "-1" nobody knows.
func (o *organization) finds() (keys []string, annual map[string]int64, currency map[string]string) {
	annual, currency = map[string]int64{}, map[string]string{}
	put := func(kind string, a *application, external string) string {
		k := key(kind, a.instance.ID, external)
		keys = append(keys, k)
		return k
	}
	y, m, d := o.now.UTC().Date()
	lately := time.Date(y, m, d-30, 0, 0, 0, 0, time.UTC)
	for _, a := range o.apps {
		for _, x := range a.accounts {
			if x.status == "deactivated" || x.status == "suspended" {
				continue
			}
			used := x.lastUse()
			recent := used != nil && !used.IsZero() && !used.Before(lately)
			switch {
			case x.person < 0:
				if x.expectsPerson() {
					put("unknown_account", a, x.id)
					if recent {
						put("used_not_in_hr", a, x.id)
					}
				}
			case o.people[x.person].left != "":
				put("leaver_access", a, x.id)
				if recent && !used.Before(o.over(x.person)) {
					put("used_after_leaving", a, x.id)
				}
			case o.people[x.person].away && recent:
				put("used_while_away", a, x.id)
			}
		}
		o.seats(a, put, annual, currency)
	}
	for _, c := range o.contracts {
		if canceled := c.decision == purser.DecisionCancel && c.inDays < 0; !canceled && c.owner != hereUser && c.owner != o.people[1].email {
			keys = append(keys, key("owner_left", "", c.id)) // nobody, who left, or who is gone
		}
		days := c.noticeDays
		if due := o.now.AddDate(0, 0, c.inDays-days); c.decision == "" && !due.After(o.now.AddDate(0, 0, 90)) {
			keys = append(keys, key("renewal_due", "", c.id))
		}
	}
	return keys, annual, currency
}

type held struct {
	x    *account
	s    seat
	kind string
	no   int // in the order in which seats were written
}

func (o *organization) seats(a *application, put func(string, *application, string) string, annual map[string]int64, currency map[string]string) {
	y, m, d := o.now.UTC().Date()
	since := time.Date(y, m, d-a.days, 0, 0, 0, 0, time.UTC)
	var all []*held
	for _, x := range a.accounts {
		for _, s := range x.seats {
			all = append(all, &held{x: x, s: s, no: len(all)})
		}
	}
	family := func(h *held) string {
		if f := a.plans[h.s.plan].family; f != "" {
			return f
		}
		return h.s.plan
	}
	// Of several seats of a family that a person holds the best used one is right.
	best := map[[2]any][]*held{}
	for _, h := range all {
		if h.x.person >= 0 {
			k := [2]any{h.x.person, family(h)}
			best[k] = append(best[k], h)
		}
	}
	extra := map[*held]bool{}
	for _, group := range best {
		rank := func(h *held) (active bool, used int64) {
			used = -1
			if u := h.x.lastUse(); u != nil {
				if used = 0; !u.IsZero() {
					used = u.UnixMicro()
				}
			}
			return o.class(h.x) == "active", used
		}
		sort.SliceStable(group, func(i, j int) bool {
			ai, ui := rank(group[i])
			aj, uj := rank(group[j])
			if ai != aj {
				return ai
			}
			if ui != uj {
				return ui > uj
			}
			return group[i].no < group[j].no
		})
		for _, h := range group[1:] {
			extra[h] = true
		}
	}
	contained := func(h *held) bool {
		for _, s := range h.x.seats {
			if s.plan == a.plans[h.s.plan].part {
				return true
			}
		}
		return false
	}
	assigned := map[string]int64{}
	for _, h := range all {
		assigned[h.s.plan]++
		begun := o.now.AddDate(-2, 0, 0) // first seen
		if h.x.created != nil {
			begun = *h.x.created
		}
		if u := h.x.lastUse(); u != nil && !u.IsZero() {
			begun = time.Unix(0, 1)
		}
		if h.s.given != nil {
			begun = *h.s.given
		}
		class := o.class(h.x)
		switch {
		case h.x.person >= 0 && o.people[h.x.person].left != "":
			h.kind = "undeprovisioned_seat"
		case extra[h], contained(h) && class != "closed":
			h.kind = "duplicate_seat"
		case (class == "inactive" || class == "never") && begun.Before(since):
			h.kind = "unused_seat"
		case h.s.unused && class == "active" && a.cheaper(h.s.plan) > 0:
			h.kind = "downgrade_seat"
		case class == "active" && h.x.person >= 0 && o.better(h.x.person, h.x.at):
			h.kind = "overlap_seat"
		}
	}
	for name, p := range a.plans {
		times := map[string]int64{"month": 12, "year": 1}[p.period]
		left := assigned[name]
		if p.bought >= 0 {
			left = min(left, p.bought)
		}
		left -= p.anyway()
		// What can be given up goes first; what a cheaper plan would do for, after it.
		for _, down := range []bool{false, true} {
			for _, h := range all {
				if h.s.plan != name || h.kind == "" || down != (h.kind == "downgrade_seat") {
					continue
				}
				k, worth := put(h.kind, a, h.x.id+"/"+name), p.price
				if down {
					worth -= a.cheaper(name)
				}
				switch {
				case p.price < 0 || p.model != "":
					annual[k] = -1
				case left > 0:
					annual[k], currency[k] = worth*times, p.money
				default:
					currency[k] = p.money
				}
				left--
			}
		}
		if spare := p.bought - max(assigned[name], p.anyway()); p.bought >= 0 && spare > 0 {
			k := put("overbought_plan", a, name)
			annual[k] = -1
			if p.price >= 0 && p.model != "flat" {
				annual[k], currency[k] = spare*p.price*times, p.money
			}
		}
	}
}

// bill is how many seats are paid for where so many are bought.
func (p plan) bill(n int64) int64 { return max(0, max(n, p.included, p.minimum)-p.free) }

// anyway is how many seats make no difference to the bill.
func (p plan) anyway() (n int64) {
	for p.bill(n+1) == p.bill(0) {
		n++
	}
	return n
}

// cheaper is the price of the dearest plan of an application that costs less for a
// seat than one does, of the same currency and period; 0 if there is none.
func (a *application) cheaper(name string) (price int64) {
	p := a.plans[name]
	for other, q := range a.plans {
		if other != name && q.model == "" && q.price >= 0 && q.money == p.money && q.period == p.period && q.price < p.price && p.model == "" {
			price = max(price, q.price)
		}
	}
	return price
}

// access is who has an account where: the classes of use of the live accounts of a
// person in an application, "" of one that is closed.
func (o *organization) access(person, app int) (classes []string) {
	for _, x := range o.apps[app].accounts {
		if x.person != person {
			continue
		}
		class := o.class(x)
		if class == "closed" {
			class = ""
		}
		classes = append(classes, class)
	}
	return classes
}

// costs are what the seats of a person cost in a year, by currency, and how many of
// them nobody can value.
func (o *organization) costs(person int) (sums map[string]int64, unvalued int) {
	sums = map[string]int64{}
	for _, a := range o.apps {
		for _, x := range a.accounts {
			for _, s := range x.seats {
				if x.person != person {
					continue
				}
				p := a.plans[s.plan]
				if p.price < 0 || p.model != "" {
					unvalued++
					continue
				}
				sums[p.money] += p.price * map[string]int64{"month": 12, "year": 1}[p.period]
			}
		}
	}
	return sums, unvalued
}
