package finding

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Weekly tells whoever looks after a contract, an application or an instance what is
// open about it: one mail a week to each, and only if something is. What nobody looks
// after is told to whoever hears of everything, and of each instance its own list is
// told. It names neither people nor prices: those who read it open the inbox, where
// their role decides.
func (s *Service) Weekly(ctx context.Context) error {
	if s.Tell == nil {
		return nil
	}
	owners, err := store.FindingOwners(ctx, s.DB.Read())
	if err != nil {
		return fmt.Errorf("list who looks after what: %w", err)
	}
	for _, u := range owners {
		e := purser.Event{To: []string{u.Email}, Path: "/findings?owner=" + u.ID, Key: u.ID}
		if err := s.tellWeek(ctx, e, store.FindingFilter{LookedAfterBy: []string{u.ID}}, "what you look after"); err != nil {
			return err
		}
	}
	nobody := purser.Event{Path: "/findings?owner=" + Nobody, Key: Nobody}
	if err := s.tellWeek(ctx, nobody, store.FindingFilter{NotLookedAfterBy: identifiers(owners)}, "what nobody looks after"); err != nil {
		return err
	}
	return s.weeklyOfInstances(ctx)
}

// weeklyOfInstances tells the lists that instances have of their own.
func (s *Service) weeklyOfInstances(ctx context.Context) error {
	instances, err := store.Instances(ctx, s.DB.Read(), store.InstanceFilter{})
	if err != nil {
		return fmt.Errorf("list the instances: %w", err)
	}
	for _, i := range instances {
		list, err := store.Recipients(ctx, s.DB.Read(), i.ID)
		if err != nil {
			return fmt.Errorf("read who is told of %s: %w", i.Name, err)
		}
		if len(list) == 0 || i.Status == purser.StatusDraft {
			continue
		}
		e := purser.Event{InstanceID: i.ID, InstanceName: i.Name, Connector: i.Connector, Path: "/findings?instance=" + i.ID, Key: i.ID}
		if err := s.tellWeek(ctx, e, store.FindingFilter{InstanceNos: []int64{i.No}}, i.Name); err != nil {
			return err
		}
	}
	return nil
}

// tellWeek tells what is open of a filter, if anything is; the key of e is whose week it is.
func (s *Service) tellWeek(ctx context.Context, e purser.Event, f store.FindingFilter, about string) error {
	f.States = []string{purser.FindingOpen}
	rows, err := store.CountFindingsByThing(ctx, s.DB.Read(), f)
	if err != nil {
		return fmt.Errorf("count what is open about %s: %w", about, err)
	}
	if len(rows) == 0 {
		return nil
	}
	s.weekOf(&e, rows, about)
	if err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return s.Tell(ctx, tx, e) }); err != nil {
		return fmt.Errorf("tell what is open: %w", err)
	}
	return nil
}

// weekOf says the sum of a week in an event: a line a kind, with the numbers of each application.
func (s *Service) weekOf(e *purser.Event, rows []store.FindingThing, about string) {
	now := s.Now().UTC()
	year, week := now.ISOWeek()
	e.Kind, e.At, e.Key = purser.EventFindingsWeekly, now, fmt.Sprintf("%s/%d-%d/%s", purser.EventFindingsWeekly, year, week, e.Key)
	e.Hint = "Look at each, and accept it, put it off or say that it is done"
	total := int64(0)
	for _, kind := range purser.FindingKinds() {
		n, names, of := int64(0), []string{}, map[string]int64{}
		for _, r := range rows {
			if r.Kind != string(kind) {
				continue
			}
			if n += r.N; of[r.About] == 0 {
				names = append(names, r.About)
			}
			of[r.About] += r.N
		}
		if total += n; n == 0 {
			continue
		}
		var parts []string
		for _, name := range names[:min(len(names), 5)] {
			if name != "" {
				parts = append(parts, fmt.Sprintf("%s %d", name, of[name]))
			}
		}
		line := fmt.Sprintf("%s: %d", Words(kind), n)
		if len(names) > 5 {
			parts = append(parts, "and others")
		}
		if len(parts) > 0 {
			line += " (" + strings.Join(parts, ", ") + ")"
		}
		e.Fields = append(e.Fields, line)
	}
	e.What = fmt.Sprintf("%d findings are open about %s", total, about)
	if total == 1 {
		e.What = "1 finding is open about " + about
	}
}
