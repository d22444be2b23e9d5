package match

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"purser"
	"purser/internal/store"
)

// mostKin is of how many people it is decided by name who is the same: of more,
// everybody is looked at.
const mostKin = 2000

// matchFew matches what a decision about some people and accounts can change, and
// nothing else: who is the same as one of them, the accounts that are linked to them
// or to somebody with whom they share an address, and those that show something by
// which they are found. It reports false if that is nearly everybody.
func (d *Deriver) matchFew(ctx context.Context, r rules, decided store.DueMatches, at purser.Micros) (bool, error) {
	kin, err := store.Kin(ctx, d.db.Read(), decided.People, mostKin)
	if err != nil || kin == nil && len(decided.People) > 0 {
		return false, err
	}
	var aliased []int64
	if len(kin) > 0 {
		if err := d.samePeople(ctx, kin...); err != nil {
			return false, err
		}
		if aliased, err = d.db.IndexPeopleOf(ctx, kin); err != nil {
			return false, fmt.Errorf("note the addresses of people: %w", err)
		}
	}
	f, err := d.found(ctx, r, kin, decided.Accounts)
	if err != nil || len(f.accounts) > mostSettled {
		return false, err
	}
	m, err := d.certain(ctx, r, store.MatchScope{Accounts: f.accounts}, at)
	if err != nil {
		return false, err
	}
	people := without(slices.Concat(f.people, m.people, aliased), 0)
	addresses, err := d.db.IndexAliasesOf(ctx, people)
	if err != nil {
		return false, fmt.Errorf("note the aliases of people: %w", err)
	}
	if err := f.also(ctx, d, without(m.admins, 0), addresses); err != nil {
		return false, err
	}
	if err := d.likely(ctx, r, store.MatchScope{Accounts: f.accounts}, at); err != nil {
		return false, err
	}
	if err := d.db.SomebodysAre(ctx, f.accounts); err != nil {
		return false, err
	}
	if known, err := store.AnyDevice(ctx, d.db.Read()); err != nil {
		return false, err
	} else if known {
		if err := d.db.MatchDevicesOf(ctx, people, addresses, at); err != nil {
			return false, fmt.Errorf("match devices to people: %w", err)
		}
	}
	return true, nil
}

// found are the accounts that a decision concerns.
type found struct {
	accounts []int64
	people   []int64 // whose they are, or may be
	open     []openAccount
}

// openAccount is one that may be found to be somebody's.
type openAccount struct {
	id    int64
	plain string
	keys  []string
}

func (d *Deriver) found(ctx context.Context, r rules, kin, accounts []int64) (f found, err error) {
	f.accounts = append([]int64{}, accounts...) // nil would be everybody's
	err = d.db.EachOpen(ctx, func(a store.MatchAccount) {
		f.open = append(f.open, openAccount{id: a.ID, plain: strings.ToLower(strings.TrimSpace(a.Email)), keys: r.likelyKeys(a)})
	})
	if err != nil || len(kin) == 0 {
		return f, err
	}
	keys, err := store.KeysOf(ctx, d.db.Read(), kin)
	if err != nil {
		return f, err
	}
	var named []string // who shares a name alone is linked in all likelihood at most: that is open
	for _, k := range keys {
		if !strings.HasPrefix(k, keyName) {
			named = append(named, k)
		}
	}
	sharing, err := store.LeadsOfKeys(ctx, d.db.Read(), named)
	if err != nil {
		return f, err
	}
	f.people = without(append(sharing, kin...), 0)
	theirs, err := store.AccountsOf(ctx, d.db.Read(), f.people)
	if err != nil {
		return f, err
	}
	f.add(theirs...)
	wanted := setOf(keys)
	err = d.db.EachNumbered(ctx, func(id int64, number, email string) {
		if wanted[keyNumber+strings.ToLower(strings.TrimSpace(number))] || wanted[keyAddress+r.form(email).key] {
			f.add(id)
		}
	})
	f.pick(wanted, nil)
	return f, err
}

func (f *found) add(accounts ...int64) { f.accounts = without(append(f.accounts, accounts...), 0) }

// pick adds the open accounts that show a key or have an address.
func (f *found) pick(keys, addresses map[string]bool) {
	var more []int64
	for _, a := range f.open {
		if addresses[a.plain] || slices.ContainsFunc(a.keys, func(k string) bool { return keys[k] }) {
			more = append(more, a.id)
		}
	}
	f.add(more...)
}

// also adds the open accounts that may be those of people of whom it changed whether
// they are administrators, and those with an address that is, or was, somebody's alias.
func (f *found) also(ctx context.Context, d *Deriver, admins []int64, addresses []string) error {
	if len(admins)+len(addresses) == 0 {
		return nil
	}
	rows, err := store.RowsOfLeads(ctx, d.db.Read(), admins)
	if err != nil {
		return err
	}
	keys, err := store.KeysOf(ctx, d.db.Read(), rows)
	f.pick(setOf(keys), setOf(addresses))
	return err
}

func setOf(words []string) map[string]bool {
	out := make(map[string]bool, len(words))
	for _, w := range words {
		out[w] = true
	}
	return out
}

// without returns numbers in their order, each once, one left out.
func without(numbers []int64, one int64) []int64 {
	slices.Sort(numbers)
	return slices.DeleteFunc(slices.Compact(numbers), func(n int64) bool { return n == one })
}
