package inventory

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// setAsOf turns a date into the moment at its end, or now on the present day.
func (s *Service) setAsOf(ctx context.Context, f AccountFilter, out *store.AccountFilter) error {
	if f.AsOf == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, f.AsOf)
	switch {
	case err != nil:
		return purser.Invalid("as_of", "%q is not a date like 2026-11-22", f.AsOf)
	case day.After(s.now()):
		return purser.Invalid("as_of", "%s lies in the future", f.AsOf)
	case len(f.Use) > 0 || len(f.GiveUp) > 0:
		return purser.Invalid("as_of", "the use of accounts on a past day is not kept: leave out the filters of use")
	case f.Removed:
		return purser.Invalid("as_of", "an account was there on that day or it was not: leave out the filter of removed accounts")
	}
	end := day.AddDate(0, 0, 1).Add(-time.Microsecond)
	if now := s.now(); now.Before(end) {
		end = now
	}
	out.AsOf = purser.MicrosOf(end)
	known, err := store.AccountsKnown(ctx, s.db.Read())
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Since != 0 && k.Since <= out.AsOf {
			out.Known = append(out.Known, k.InstanceNo)
		}
	}
	return nil
}

// unknownAt says of which instances nothing is known for that moment.
func (s *Service) unknownAt(ctx context.Context, f store.AccountFilter) (notes []string, err error) {
	known, err := store.AccountsKnown(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	for _, k := range known {
		asked := (f.InstanceNo == 0 || f.InstanceNo == k.InstanceNo) && (len(f.InstanceNos) == 0 || slices.Contains(f.InstanceNos, k.InstanceNo))
		switch {
		case !asked || slices.Contains(f.Known, k.InstanceNo):
		case k.Since == 0:
			notes = append(notes, fmt.Sprintf("The accounts of %s were never read completely; nothing is known of them for any past day.", k.Name))
		default:
			notes = append(notes, firstRead(k))
		}
	}
	return notes, nil
}

// Timeline is a part of a timeline, the newest entry first.
type Timeline = purser.List[purser.TimelineEntry]

// AccountTimeline returns one page of what happened to an account: its coming and
// going, its status and other fields, its groups, seats and applications.
func (s *Service) AccountTimeline(ctx context.Context, id string, topics []purser.Topic, p purser.Page) (Timeline, error) {
	if err := known(topics); err != nil {
		return Timeline{}, err
	}
	if _, err := s.Account(ctx, id); err != nil {
		return Timeline{}, err
	}
	return s.timeline(ctx, store.TimelineFilter{Accounts: []int64{store.KeyOf("acc_", id)}, Topics: topics}, p)
}

// PersonTimeline returns one page of what happened to a person: employment,
// manager and department, and all that happened to the accounts that are linked
// to the person now, if the actor may see accounts.
func (s *Service) PersonTimeline(ctx context.Context, id string, topics []purser.Topic, p purser.Page) (Timeline, error) {
	if err := known(topics); err != nil {
		return Timeline{}, err
	}
	if _, err := s.Person(ctx, id); err != nil {
		return Timeline{}, err
	}
	f := store.TimelineFilter{PersonID: store.KeyOf("per_", id), Topics: topics}
	if s.gate.Allow(ctx, purser.OpAccountRead) == nil {
		var err error
		if f.Accounts, err = store.AccountsOfPerson(ctx, s.db.Read(), f.PersonID); err != nil {
			return Timeline{}, err
		}
	}
	return s.timeline(ctx, f, p)
}

func (s *Service) timeline(ctx context.Context, f store.TimelineFilter, p purser.Page) (Timeline, error) {
	all, err := store.Timeline(ctx, s.db.Read(), f)
	if err != nil {
		return Timeline{}, err
	}
	out, err := timelinePage(nameless(all, s.names(ctx)), p)
	if err != nil {
		return Timeline{}, err
	}
	since, err := store.KnownSince(ctx, s.db.Read(), f)
	for _, k := range since {
		if k.Since != 0 {
			out.Notes = append(out.Notes, firstRead(k))
		}
	}
	return out, err
}

func firstRead(k store.KnownRow) string {
	return fmt.Sprintf("Purser first read %s on %s; before that nothing is known.", k.Name, k.Since.Time().Format(time.DateOnly))
}

// latest is how many entries the timeline of an application has.
const latest = 100

// ApplicationTimeline returns the latest that happened to the accounts of an
// application, the newest first.
func (s *Service) ApplicationTimeline(ctx context.Context, id string) ([]purser.TimelineEntry, error) {
	if _, err := s.Application(ctx, id); err != nil {
		return nil, err
	}
	app := store.KeyOf("app_", id)
	feed, err := s.feedOf(ctx, app)
	direct := feed.Feed(purser.MicrosOf(s.now())) == purser.FeedDirect
	if err != nil {
		return nil, err
	}
	entries, err := store.ApplicationTimeline(ctx, s.db.Read(), app, direct, latest)
	return nameless(entries, s.names(ctx)), err
}

func known(topics []purser.Topic) error {
	for _, t := range topics {
		if !slices.Contains(purser.Topics(), t) {
			return purser.Invalid("topic", "%q is not one of %v", t, purser.Topics())
		}
	}
	return nil
}

// timelinePage cuts a page. Its cursor names the entry before it, so that what is
// added above moves nothing.
func timelinePage(all []purser.TimelineEntry, p purser.Page) (Timeline, error) {
	if p.Sort != "" || p.Desc {
		return Timeline{}, purser.Invalid("sort", "a timeline has one order: the newest first")
	}
	out := Timeline{Items: []purser.TimelineEntry{}, Total: int64(len(all))}
	from := 0
	if p.After != "" {
		from = after(all, p.After)
		if from == 0 {
			return Timeline{}, purser.Invalid("after", "this is not a cursor of this timeline")
		}
	}
	limit := p.Limit
	if limit <= 0 {
		limit = 50
	}
	to := min(len(all), from+min(limit, 1000))
	out.Items = append(out.Items, all[from:to]...)
	if to < len(all) {
		same := 0 // entries that look alike, such as of two groups of one name
		for _, e := range all[:to] {
			if entryKey(e) == entryKey(all[to-1]) {
				same++
			}
		}
		out.Next = fmt.Sprintf("%s.%d", entryKey(all[to-1]), same)
	}
	return out, nil
}

// after returns the place after the entry that a cursor names, 0 if there is none.
func after(all []purser.TimelineEntry, cursor string) int {
	key, number, _ := strings.Cut(cursor, ".")
	left, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	for i, e := range all {
		if entryKey(e) == key {
			if left--; left == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// entryKey names an entry among all of its timeline.
func entryKey(e purser.TimelineEntry) string {
	sum := sha256.Sum256(fmt.Append(nil, e.At.UnixMicro(), e.Topic, e.What, e.Field, "\x00", e.Name, "\x00", e.AccountID, e.Before, "\x00", e.After))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
