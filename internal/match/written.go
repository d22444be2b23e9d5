package match

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// mostWritten is of how many people that were read it is found out whom they concern:
// of more, everybody is looked at.
const mostWritten = 1000

// writtenPeople notes whom it concerns that some people were written, and keeps what they
// are found by from now on. What they were found by until now is lost with that, so
// it is noted first who shares it. It reports false if that is nearly everybody.
func (d *Deriver) writtenPeople(ctx context.Context, r rules, due []store.DueDerivation) (few bool, err error) {
	var people []int64
	for _, x := range due {
		if x.Kind != purser.KindPerson {
			continue
		}
		if x.Since == 0 { // rows may be gone altogether, and leave no trace
			return false, nil
		}
		some, err := store.WrittenPeople(ctx, d.db.Read(), x)
		if err != nil {
			return false, fmt.Errorf("look for people who were written: %w", err)
		}
		if people = append(people, some...); len(people) > mostWritten {
			return false, nil
		}
	}
	people = without(people, 0)
	if len(people) == 0 {
		return true, nil
	}
	if due, err := d.everybodyIsDue(ctx); err != nil || due {
		return false, err
	}
	rows, err := store.RosterOf(ctx, d.db.Read(), people)
	if err != nil {
		return false, fmt.Errorf("read people who were written: %w", err)
	}
	var keys []store.PersonKey
	for _, p := range rows {
		keys = append(keys, keysOf(r.addresses, p)...)
	}
	kin, err := store.Kin(ctx, d.db.Read(), people, mostKin)
	if err != nil || kin == nil {
		return false, err
	}
	accounts, err := d.showing(ctx, r, people, keys)
	if err != nil {
		return false, err
	}
	if err := d.db.NoteMatches(ctx, kin, accounts); err != nil {
		return false, fmt.Errorf("note whom people who were written concern: %w", err)
	}
	if _, err := d.db.PutPersonKeys(ctx, people, keys); err != nil {
		return false, fmt.Errorf("keep what people are found by: %w", err)
	}
	return true, nil
}

const (
	// settingEverybody names the setting of the moment at which everybody was matched last.
	settingEverybody = "everybody_matched_at"
	// everybodyEvery is how old that may be before what was read of people is a reason to
	// match everybody again: should anything be missed by difference, it is mended then.
	everybodyEvery = 7 * 24 * time.Hour
)

func (d *Deriver) everybodyIsDue(ctx context.Context) (bool, error) {
	at, ok, err := store.Setting(ctx, d.db.Read(), settingEverybody)
	if err != nil || !ok {
		return true, err
	}
	was, err := strconv.ParseInt(at, 10, 64)
	return err != nil || d.now().Sub(purser.Micros(was).Time()) > everybodyEvery, nil
}

// everybodyIsDone notes that everybody was matched.
func (d *Deriver) everybodyIsDone(ctx context.Context, at purser.Micros) error {
	return d.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.PutSetting(ctx, tx, settingEverybody, strconv.FormatInt(int64(at), 10), at)
	})
}

// showing returns the open accounts that show what people are found by no longer.
func (d *Deriver) showing(ctx context.Context, r rules, people []int64, keys []store.PersonKey) (accounts []int64, err error) {
	had, err := store.KeysOf(ctx, d.db.Read(), people)
	if err != nil {
		return nil, err
	}
	lost := setOf(had)
	for _, k := range keys {
		delete(lost, k.Key)
	}
	if len(lost) == 0 {
		return nil, nil
	}
	err = d.db.EachOpen(ctx, func(a store.MatchAccount) {
		if slices.ContainsFunc(r.likelyKeys(a), func(k string) bool { return lost[k] }) {
			accounts = append(accounts, a.ID)
		}
	})
	return accounts, err
}

// firstRead reports whether people were written of whom nothing may be said by
// difference: a source of theirs was read to its end for the first time, or not even that,
// or everything of it is due. What nobody was until then rests on it everywhere.
func (d *Deriver) firstRead(ctx context.Context, due []store.DueDerivation) (bool, error) {
	for _, x := range due {
		if x.Kind != purser.KindPerson {
			continue
		}
		if x.Since == 0 {
			return true, nil
		}
		read, err := store.PeopleReadBefore(ctx, d.db.Read(), x)
		if err != nil || !read {
			return !read, err
		}
	}
	return false, nil
}

// peopleDone forgets that people were written: whose accounts are others' since, and of
// whose people something else is said, is noted by instance. It returns what is left.
func (d *Deriver) peopleDone(ctx context.Context, due []store.DueDerivation) (left []store.DueDerivation, err error) {
	var done []store.DueDerivation
	for _, x := range due {
		if x.Kind == purser.KindPerson {
			done = append(done, x)
		} else {
			left = append(left, x)
		}
	}
	if len(done) == 0 {
		return left, nil
	}
	return left, d.db.Forget(ctx, done)
}
