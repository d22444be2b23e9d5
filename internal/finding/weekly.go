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
// open about it: one mail a week to each, and only if something is. It names neither
// people nor prices: those who read it open the inbox, where their role decides.
func (s *Service) Weekly(ctx context.Context) error {
	if s.Tell == nil {
		return nil
	}
	owners, err := store.FindingOwners(ctx, s.DB.Read())
	if err != nil {
		return fmt.Errorf("list who looks after what: %w", err)
	}
	for _, u := range owners {
		rows, err := store.OpenFindingsOf(ctx, s.DB.Read(), u.ID)
		if err != nil {
			return fmt.Errorf("count what is open for %s: %w", u.ID, err)
		}
		e := s.weekOf(rows, "about what you look after")
		e.To, e.Path, e.Key = []string{u.Email}, "/findings?owner="+u.ID, e.Key+"/"+u.ID
		if err := s.tell(ctx, e, rows); err != nil {
			return err
		}
	}
	return s.weeklyOfNobody(ctx)
}

// weeklyOfNobody tells whoever hears of an instance that nobody owns.
func (s *Service) weeklyOfNobody(ctx context.Context) error {
	instances, err := store.Instances(ctx, s.DB.Read(), store.InstanceFilter{})
	if err != nil {
		return fmt.Errorf("list the instances: %w", err)
	}
	for _, i := range instances {
		if i.Status == purser.StatusDraft || i.OwnerID != "" {
			continue
		}
		counts, err := store.CountFindings(ctx, s.DB.Read(), store.FindingFilter{InstanceNo: i.No, States: []string{purser.FindingOpen}})
		if err != nil {
			return err
		}
		var rows []store.OwnedFindingCount
		for _, r := range counts {
			rows = append(rows, store.OwnedFindingCount{Kind: r.Kind, About: i.Name, N: r.N})
		}
		e := s.weekOf(rows, "about "+i.Name)
		e.InstanceID, e.InstanceName, e.Connector, e.Path, e.Key = i.ID, i.Name, i.Connector, "/findings?instance="+i.ID, e.Key+"/"+i.ID
		if err := s.tell(ctx, e, rows); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tell(ctx context.Context, e purser.Event, rows []store.OwnedFindingCount) error {
	if len(rows) == 0 {
		return nil
	}
	if err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return s.Tell(ctx, tx, e) }); err != nil {
		return fmt.Errorf("tell what is open: %w", err)
	}
	return nil
}

// weekOf is the sum of a week: a line a kind, with the numbers of each application.
func (s *Service) weekOf(rows []store.OwnedFindingCount, about string) purser.Event {
	now := s.Now().UTC()
	year, week := now.ISOWeek()
	e := purser.Event{Kind: purser.EventFindingsWeekly, At: now, Key: fmt.Sprintf("%s/%d-%d", purser.EventFindingsWeekly, year, week),
		Hint: "Look at each, and accept it, put it off or say that it is done"}
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
	e.What = fmt.Sprintf("%d findings are open %s", total, about)
	if total == 1 {
		e.What = "1 finding is open " + about
	}
	return e
}
