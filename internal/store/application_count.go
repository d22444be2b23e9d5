package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
)

// useCount adds up how one application is used, an account at a time.
type useCount struct {
	accounts map[usedOn]int64
	people   []int64 // to whom the accounts belong; somebody may stand in it twice
}

// usedOn is what the class of an account follows from: its source, whether that
// tells the last use, whether the account came to be within the source's window,
// and the day of the last use, 0 unless it was used.
type usedOn struct {
	source, told, born int64
	class              string
	day                int64
}

// lastUsed is the last use by an account: a moment in microseconds, never (0) or unknown.
type lastUsed struct {
	at    int64
	known bool
	told  bool  // by the list of users, or of assignments
	since int64 // when the account, or the assignment, was made; 0 if that is unknown
}

// toldUse is a last use as a list tells it.
func toldUse(at, since driver.Value) lastUsed {
	u := lastUsed{}
	u.at, u.known = at.(int64)
	u.told = u.known
	u.since, _ = since.(int64)
	return u
}

// and adds what another list, or dated activity, tells: a moment is later than
// never, and that than unknown.
func (u lastUsed) and(v lastUsed) lastUsed {
	u.told, u.since = u.told || v.told, max(u.since, v.since)
	if v.known && (!u.known || v.at > u.at) {
		u.at, u.known = v.at, true
	}
	return u
}

// useSourceOf is an instance, and since when its dated use has no gap; -1 if it has none.
type useSourceOf struct{ no, from int64 }

func (s useSourceOf) on(status string, u lastUsed) usedOn {
	on := usedOn{source: s.no, class: "used", day: u.at / dayMicros}
	switch {
	case status == "deactivated":
		on.class, on.day = "closed", 0
	case !u.known:
		on.class = "unknown"
	case u.at == 0:
		on.class = "never"
	}
	if u.told {
		on.told = 1
	}
	if s.from >= 0 && u.since != 0 && u.since >= s.from {
		on.born = 1
	}
	return on
}

func (c *useCount) add(on usedOn, person int64) {
	c.accounts[on]++
	if person == 0 || on.class == "closed" { // as peopleIn has it
		return
	}
	if len(c.people) == cap(c.people) { // before it grows, as people have several accounts
		c.distinct()
	}
	c.people = append(c.people, person)
}

// distinct returns how many people there are.
func (c *useCount) distinct() int64 {
	slices.Sort(c.people)
	c.people = slices.Compact(c.people)
	return int64(len(c.people))
}

// useCounts are those of some applications.
type useCounts map[useOfKey]*useCount

func (all useCounts) of(application int64, direct int) *useCount {
	k := useOfKey{application, direct}
	c := all[k]
	if c == nil {
		c = &useCount{accounts: map[usedOn]int64{}}
		all[k] = c
	}
	return c
}

func (all useCounts) rows() map[useOfKey][]usedRow {
	out := make(map[useOfKey][]usedRow, len(all))
	for k, c := range all {
		rows := []usedRow{{Application: k.application, Class: "people", N: c.distinct()}}
		for on, n := range c.accounts {
			rows = append(rows, usedRow{Application: k.application, Source: on.source, Told: on.told, Born: on.born, Class: on.class, Day: on.day, N: n})
		}
		out[k] = rows
	}
	return out
}

// countUse walks the accounts of each instance in which the applications are
// known, and what is assigned to them where that is wanted. Grouping all of it in
// SQL sorts it three times: for 300,000 assignments that took a quarter of the
// processor time of the whole sync, and 18 MiB.
func (db *DB) countUse(ctx context.Context, ids, assigned []int64, reach Reach) (map[useOfKey][]usedRow, error) {
	var own []struct {
		No          int64 `bun:"no"`
		Application int64 `bun:"application_id"`
	}
	err := db.reader.NewRaw(`SELECT no, application_id FROM instance WHERE application_id IN (?) ORDER BY no`, bun.List(ids)).Scan(ctx, &own)
	if err != nil {
		return nil, err
	}
	all := useCounts{}
	for _, i := range own {
		if err := db.countDirect(ctx, i.No, all, i.Application); err != nil {
			return nil, fmt.Errorf("count the accounts of instance %d: %w", i.No, err)
		}
	}
	var sources []struct {
		InstanceNo  int64  `bun:"instance_no"`
		ExternalID  string `bun:"external_id"`
		Application int64  `bun:"application_id"`
	}
	err = db.reader.NewRaw(`SELECT instance_no, external_id, application_id FROM application_source WHERE application_id IN (?)`, bun.List(append([]int64{0}, assigned...))).Scan(ctx, &sources)
	if err != nil {
		return nil, err
	}
	known := map[int64]map[int64][]string{}
	for _, s := range sources {
		if known[s.InstanceNo] == nil {
			known[s.InstanceNo] = map[int64][]string{}
		}
		known[s.InstanceNo][s.Application] = append(known[s.InstanceNo][s.Application], s.ExternalID)
	}
	for no, applications := range known {
		if err := db.countAssigned(ctx, no, all, applications, reach); err != nil {
			return nil, fmt.Errorf("count what is assigned in instance %d: %w", no, err)
		}
	}
	return all.rows(), nil
}

// sourceOf reads since when an instance's dated use has no gap.
func (db *DB) sourceOf(ctx context.Context, instanceNo int64) (useSourceOf, error) {
	var from []int64
	err := db.reader.NewRaw(`SELECT COALESCE(w.from_at, -1) FROM `+useSource+` AS w WHERE w.instance_no = ?`, instanceNo).Scan(ctx, &from)
	if err != nil || len(from) == 0 {
		return useSourceOf{instanceNo, -1}, err
	}
	return useSourceOf{instanceNo, from[0]}, nil
}

// countDirect counts the live accounts of an instance of an application.
func (db *DB) countDirect(ctx context.Context, instanceNo int64, all useCounts, application int64) error {
	source, err := db.sourceOf(ctx, instanceNo)
	if err != nil {
		return err
	}
	return db.eachRow(ctx, func(row []driver.Value) error {
		status, _ := row[0].(string)
		person, _ := row[1].(int64)
		used := toldUse(row[2], row[3])
		if at, known := row[4].(int64); known {
			used = used.and(lastUsed{at: at, known: true})
		}
		all.of(application, 1).add(source.on(status, used), person)
		return nil
	}, `SELECT a.status, ap.person_id, a.last_active_at, a.created_at, u.used_at FROM "account" AS a LEFT JOIN account_use u ON u.account_id = a.id
		LEFT JOIN account_person ap ON ap.account_id = a.id WHERE a.instance_no = ? AND a.gone_gen = 0`, instanceNo)
}
