// Package match says whose account it is: it links accounts to people by employee
// number, e-mail address, aliases and rules that can be explained, each link with
// its reason and how sure it is; and derives from what was read what the lists
// need: the last use of accounts, the applications that an identity provider knows,
// how each application is used, and whose devices are. What people decided always
// wins. A name alone links nothing, and what is not certain never links to a
// person who holds an administrator's account: both are proposed to people.
//
// Everything is written in slices, each a short transaction. What is to be
// derived stands in the database until all of it is written: a derivation that
// is killed is called again, and finds what is left.
package match

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"purser"
	"purser/internal/store"
)

// Deriver derives what follows from the rows that runs have written. It is safe
// for concurrent use.
type Deriver struct {
	db  *store.DB
	now func() time.Time
	// Then derives what rests on that: of the applications of some instances, nil for
	// every one, and of those of whose accounts' people alone something else is said. It
	// happens before what is due is forgotten. May be nil.
	Then func(ctx context.Context, instances []int64, said ...int64) error
	// Directory reports whether a connector is one of an identity provider; nil: none is.
	Directory func(connector string) bool
	// Known is what discovered applications are recognized by; nil: by their names alone.
	known func() Known
	mu    sync.Mutex // one derivation at a time: two would undo each other's links
}

// New returns a Deriver that recognizes applications by their names alone.
func New(db *store.DB, now func() time.Time) *Deriver {
	return &Deriver{db: db, now: now, known: func() Known { return Known{} }}
}

// Knowing returns the Deriver with what applications are recognized by, asked
// anew each time. It is called before the first derivation.
func (d *Deriver) Knowing(known func() Known) *Deriver {
	d.known = known
	return d
}

// Recount adds up anew how some applications are used, and what feeds them.
func (d *Deriver) Recount(ctx context.Context, applications []int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.db.Deriving(ctx, func(ctx context.Context) error { return d.db.DeriveUse(ctx, applications) })
}

// Derive writes what follows from the rows of an instance, 0 for every one, that
// were written and not yet derived from: the accounts that were written are matched,
// and where people were, the accounts that they concern; those of every instance
// after many of them, and once a week. With nobody known there is nobody to match and
// nothing is read.
func (d *Deriver) Derive(ctx context.Context, instanceNo int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.db.Deriving(ctx, func(ctx context.Context) error {
		due, err := store.DueDerivations(ctx, d.db.Read(), instanceNo)
		if err != nil {
			return fmt.Errorf("look for what is to be derived: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		if due, err = d.derive(ctx, due); err != nil {
			return err
		}
		if d.Then != nil {
			instances, said := touched(due)
			if err := d.Then(ctx, instances, said...); err != nil {
				return fmt.Errorf("find what somebody should look at: %w", err)
			}
		}
		return d.db.Forget(ctx, due)
	})
}

// touched lists the instances of which something is due, and those of whose accounts'
// people something else is said; nil is every one, after everybody was looked at or
// an instance was deleted.
func touched(due []store.DueDerivation) (instances, said []int64) {
	instances = []int64{}
	for _, x := range due {
		switch {
		case x.Kind == purser.KindPerson || x.InstanceNo == 0:
			return nil, nil
		case x.Kind == store.KindStanding:
			said = append(said, x.InstanceNo)
		default:
			instances = append(instances, x.InstanceNo)
		}
	}
	slices.Sort(instances)
	return slices.Compact(instances), said
}

// derive returns what was derived from: what was due, and what linking stirred up.
func (d *Deriver) derive(ctx context.Context, due []store.DueDerivation) ([]store.DueDerivation, error) {
	at := purser.MicrosOf(d.now())
	everybody, err := d.match(ctx, due, at)
	if err != nil {
		return nil, err
	}
	if err := d.db.ForgetTexts(ctx); err != nil {
		return nil, err
	}
	if err := d.settleDue(ctx, due); err != nil {
		return nil, err
	}
	if err := d.matchDevices(ctx, due, at); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(due, bearsOnPeople) {
		if err := d.db.KeepStandings(ctx, at); err != nil {
			return nil, fmt.Errorf("note who left or is away: %w", err)
		}
	}
	linked, err := store.LinkedInstances(ctx, d.db.Read())
	if err != nil {
		return nil, fmt.Errorf("look for whose accounts were linked: %w", err)
	}
	due = append(slices.DeleteFunc(due, func(x store.DueDerivation) bool { return slices.Contains(store.LinkKinds(), x.Kind) }), linked...)
	if err := d.use(ctx, due, at); err != nil {
		return nil, err
	}
	if first, err := d.firstRead(ctx, due); err != nil || first || everybody {
		return due, err
	}
	return d.peopleDone(ctx, due)
}

// bearsOnPeople reports whether it may follow from what was written that something else is
// said of somebody; accounts of a directory say when people leave, too.
func bearsOnPeople(x store.DueDerivation) bool {
	return x.Kind == purser.KindPerson || x.Kind == purser.KindAccount || x.Kind == store.KindTruth || slices.Contains(store.LinkKinds(), x.Kind)
}

// match links accounts to people. What is certain comes first, in all of the
// scope: the rest rests on it. Whose links changed is noted with them. It reports
// whether everybody was looked at.
func (d *Deriver) match(ctx context.Context, due []store.DueDerivation, at purser.Micros) (everybody bool, err error) {
	r, err := d.rules(ctx)
	if err != nil {
		return false, err
	}
	few, err := d.writtenPeople(ctx, r, due)
	if err != nil {
		return false, err
	}
	// What somebody decides from here on stays noted: who is looked at may have been read already.
	decided, err := store.Decided(ctx, d.db.Read())
	if err != nil {
		return false, fmt.Errorf("look for what somebody decided: %w", err)
	}
	if few && decided.Any() {
		if few, err = d.matchFew(ctx, r, decided, at); err != nil {
			return false, fmt.Errorf("match what somebody decided about, or was read: %w", err)
		}
	}
	everybody = !few
	var scopes []store.MatchScope
	if everybody {
		scopes, err = d.everybody(ctx, r)
	} else {
		scopes, err = d.scopes(ctx, due)
	}
	if err != nil {
		return false, err
	}
	if err := d.matchScopes(ctx, r, scopes, at); err != nil {
		return false, err
	}
	if everybody {
		if err := d.everybodyIsDone(ctx, at); err != nil {
			return false, fmt.Errorf("note that everybody was matched: %w", err)
		}
	}
	return everybody, d.db.MatchesDone(ctx, decided)
}

func (d *Deriver) matchScopes(ctx context.Context, r rules, scopes []store.MatchScope, at purser.Micros) error {
	if len(scopes) == 0 {
		return nil
	}
	all := false // what is likely must be looked at everywhere
	var hold []int64
	for _, s := range scopes {
		links, err := d.certain(ctx, r, s, at)
		if err != nil {
			return fmt.Errorf("match accounts to people: %w", err)
		}
		all, hold = all || len(links.admins) > 0, append(hold, links.hold...)
	}
	n, err := d.db.IndexAliases(ctx)
	if err != nil {
		return fmt.Errorf("note the aliases of people: %w", err)
	}
	if all || n > 0 {
		scopes = []store.MatchScope{{}}
	} else if guessed, err := store.GuessedOf(ctx, d.db.Read(), without(hold, 0)); err != nil {
		return fmt.Errorf("look for what administrators own in all likelihood: %w", err)
	} else if len(guessed) > 0 { // an account that was theirs for certain is an administrator's now
		scopes = append(scopes, store.MatchScope{Accounts: guessed})
	}
	for _, s := range scopes {
		if err := d.likely(ctx, r, s, at); err != nil {
			return fmt.Errorf("match what is left to people: %w", err)
		}
	}
	return nil
}

// rules reads what an admin said about the organization's addresses.
func (d *Deriver) rules(ctx context.Context) (rules, error) {
	us, said, err := store.MatchSettings(ctx, d.db.Read())
	if err != nil {
		return rules{}, fmt.Errorf("read the rules of matching: %w", err)
	}
	not, err := store.AnyAccountNot(ctx, d.db.Read())
	return rules{addresses: newAddresses(us, said), us: us, not: not}, err
}

// matchDevices links devices to people. Whose an account is decides too, so that
// it comes after the accounts.
func (d *Deriver) matchDevices(ctx context.Context, due []store.DueDerivation, at purser.Micros) error {
	if !slices.ContainsFunc(due, func(x store.DueDerivation) bool {
		return x.Kind == purser.KindDevice || x.Kind == purser.KindAccount || x.Kind == purser.KindPerson
	}) {
		return nil
	}
	known, err := store.AnyDevice(ctx, d.db.Read())
	if err != nil || !known {
		return err
	}
	if _, err := d.db.MatchDevices(ctx, at); err != nil {
		return fmt.Errorf("match devices to people: %w", err)
	}
	return nil
}

// scopes says which of the accounts that were written must be looked at.
func (d *Deriver) scopes(ctx context.Context, due []store.DueDerivation) (scopes []store.MatchScope, err error) {
	known, err := store.AnyPerson(ctx, d.db.Read())
	if err != nil {
		return nil, fmt.Errorf("look for people: %w", err)
	}
	if !known {
		return nil, nil
	}
	for _, x := range due {
		if x.Kind != purser.KindAccount {
			continue
		}
		written, err := store.WrittenSince(ctx, d.db.Read(), x)
		if err != nil {
			return nil, fmt.Errorf("look for accounts that were written: %w", err)
		}
		if written {
			scopes = append(scopes, store.MatchScope{InstanceNo: x.InstanceNo, Since: x.Since})
		}
	}
	return scopes, nil
}

// everybody is the scope after people have changed. It notes their addresses first.
func (d *Deriver) everybody(ctx context.Context, r rules) ([]store.MatchScope, error) {
	if err := d.findPeople(ctx, r.addresses); err != nil {
		return nil, err
	}
	if err := d.samePeople(ctx); err != nil {
		return nil, err
	}
	if err := d.db.IndexPeople(ctx); err != nil {
		return nil, fmt.Errorf("note the addresses of people: %w", err)
	}
	return []store.MatchScope{{}}, nil
}
