package store

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
)

// countAssigned counts the live accounts of an instance to which the applications
// are assigned, each once, however often an application is assigned to it. Each
// application has the identifiers under which the instance knows it.
//
// It notes in reach how many accounts each identifier reaches that are not known to be
// gone, since it has them at hand.
//
// The assignments of one application stand together, so that they are read in
// their order and their accounts found in memory: the other way round each account
// fetched its assignments from all over the table, a twelfth of a first sync's CPU time.
func (db *DB) countAssigned(ctx context.Context, instanceNo int64, all useCounts, applications map[int64][]string, reach Reach) error {
	source, err := db.sourceOf(ctx, instanceNo)
	if err != nil {
		return err
	}
	activity, err := db.lastActivity(ctx, instanceNo)
	if err != nil {
		return err
	}
	accounts, err := db.knownAccounts(ctx, instanceNo)
	if err != nil {
		return err
	}
	var has []assignedTo
	var strangers []uint64 // hashes of accounts that no list names
	for application, names := range applications {
		has = has[:0]
		for _, name := range names {
			from := len(has)
			strangers = strangers[:0]
			err := db.eachRow(ctx, func(row []driver.Value) error {
				id, named := row[0].(string)
				if !named {
					return nil
				}
				account, known := accounts.find(id)
				if !known {
					strangers = append(strangers, maphash.String(accounts.seed, id))
					return nil
				}
				if accounts.all[account].gone {
					return nil
				}
				used := toldUse(row[1], row[2])
				for _, v := range row[3:] {
					if at, known := v.(int64); known {
						used = used.and(lastUsed{at: at, known: true})
					}
				}
				has = append(has, assignedTo{account, used})
				return nil
			}, `SELECT g.account, g.last_used_at, g.assigned_at`+activity+` FROM "assignment" AS g
				WHERE g.instance_no = ? AND g.application = ? AND g.gone_gen = 0`, instanceNo, name)
			if err != nil {
				return err
			}
			sortAssigned(has[from:])
			slices.Sort(strangers)
			n := len(slices.Compact(strangers))
			for i := from; i < len(has); i++ {
				if i == from || has[i].account != has[i-1].account {
					n++
				}
			}
			reach.note(instanceNo, name, int64(n))
		}
		if len(names) > 1 {
			sortAssigned(has)
		}
		for rest := has; len(rest) > 0; {
			x := rest[0]
			for rest = rest[1:]; len(rest) > 0 && rest[0].account == x.account; rest = rest[1:] {
				x.used = x.used.and(rest[0].used)
			}
			a := accounts.all[x.account]
			status := ""
			if a.closed {
				status = "deactivated"
			}
			all.of(application, 0).add(source.on(status, x.used), a.person)
		}
	}
	return nil
}

// assignedTo is the last use of an application by an account to which it is assigned.
type assignedTo struct {
	account int // its place among the live accounts
	used    lastUsed
}

func sortAssigned(all []assignedTo) {
	slices.SortFunc(all, func(a, b assignedTo) int { return cmp.Compare(a.account, b.account) })
}

// Reach is how many accounts an identity provider gives what it serves, by instance
// and identifier, as far as that was counted. Accounts that are known to be gone do not
// count, those that no list names do.
type Reach map[int64]map[string]int64

func (r Reach) note(instanceNo int64, name string, n int64) {
	if r[instanceNo] == nil {
		r[instanceNo] = map[string]int64{}
	}
	r[instanceNo][name] = n
}

// lastActivity is the SQL of the columns with the last use of an assignment g by
// dated activity. It comes from the end of its index, a look-up for each stream
// that reads activity: there may be a hundred times more days than assignments.
func (db *DB) lastActivity(ctx context.Context, instanceNo int64) (string, error) {
	var streams []int64
	if err := db.reader.NewRaw(`SELECT no FROM stream WHERE instance_no = ? AND kind = 'activity' ORDER BY no`, instanceNo).Scan(ctx, &streams); err != nil {
		return "", err
	}
	var activity strings.Builder
	for _, no := range streams {
		fmt.Fprintf(&activity, `, (SELECT v.last_at FROM activity v WHERE v.stream_no = %d AND v.account = g.account
			AND v.application = g.application ORDER BY v.day DESC LIMIT 1)`, no)
	}
	return activity.String(), nil
}

// knownAccounts are those of one instance, found by the vendor's identifier. Its
// hash stands for it: with the seed of this walk two are equal by chance once in
// 2^64, and 1,000,000 accounts take 24 MB.
type knownAccounts struct {
	seed maphash.Seed
	all  []knownAccount // by hash
}

type knownAccount struct {
	hash         uint64
	person       int64 // 0: nobody is known
	closed, gone bool
}

func (db *DB) knownAccounts(ctx context.Context, instanceNo int64) (knownAccounts, error) {
	l := knownAccounts{seed: maphash.MakeSeed()}
	err := db.eachRow(ctx, func(row []driver.Value) error {
		id, _ := row[0].(string)
		status, _ := row[1].(string)
		person, _ := row[2].(int64)
		gone, _ := row[3].(int64)
		l.all = append(l.all, knownAccount{maphash.String(l.seed, id), person, status == "deactivated", gone != 0})
		return nil
	}, `SELECT a.external_id, a.status, ap.person_id, a.gone_gen FROM "account" AS a LEFT JOIN account_person ap ON ap.account_id = a.id
		WHERE a.instance_no = ?`, instanceNo)
	slices.SortFunc(l.all, func(a, b knownAccount) int { return cmp.Compare(a.hash, b.hash) })
	return l, err
}

// find returns the place of an account.
func (l knownAccounts) find(id string) (at int, ok bool) {
	return slices.BinarySearchFunc(l.all, maphash.String(l.seed, id), func(a knownAccount, hash uint64) int { return cmp.Compare(a.hash, hash) })
}
