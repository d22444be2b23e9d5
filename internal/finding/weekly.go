package finding

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// Weekly tells whoever looks after an instance what is open about it, once a week
// and only if something is. It names neither people nor prices: those who read it
// open the inbox, where their role decides.
func (s *Service) weekly(ctx context.Context) error {
	if s.Tell == nil {
		return nil
	}
	instances, err := store.Instances(ctx, s.DB.Read(), store.InstanceFilter{})
	if err != nil {
		return fmt.Errorf("list the instances: %w", err)
	}
	now := s.Now().UTC()
	year, week := now.ISOWeek()
	for _, i := range instances {
		if i.Status == purser.StatusDraft {
			continue
		}
		rows, err := store.CountFindings(ctx, s.DB.Read(), store.FindingFilter{InstanceNo: i.No, States: []string{purser.FindingOpen}})
		if err != nil {
			return err
		}
		total, fields := int64(0), []string{}
		for _, kind := range purser.FindingKinds() {
			n := int64(0)
			for _, r := range rows {
				if r.Kind == string(kind) {
					n += r.N
				}
			}
			if total += n; n > 0 {
				fields = append(fields, fmt.Sprintf("%s: %d", Words(kind), n))
			}
		}
		if total == 0 {
			continue
		}
		e := purser.Event{Kind: purser.EventFindingsWeekly, At: now, InstanceID: i.ID, InstanceName: i.Name, Connector: i.Connector,
			Key:  fmt.Sprintf("%s/%s/%d-%d", purser.EventFindingsWeekly, i.ID, year, week),
			What: fmt.Sprintf("%d findings are open about %s", total, i.Name), Fields: fields,
			Hint: "Look at each, and accept it, put it off or say that it is done", Path: "/findings?instance=" + i.ID}
		if err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return s.Tell(ctx, tx, e) }); err != nil {
			return fmt.Errorf("tell who looks after %s: %w", i.Name, err)
		}
	}
	return nil
}

// Words is a kind of finding as people say it.
func Words(k purser.FindingKind) string {
	words := map[purser.FindingKind]string{
		purser.FindingLeaverAccess: "Leaver with access", purser.FindingUsedAfter: "Used after leaving", purser.FindingUsedAway: "Used while away",
		purser.FindingUsedNotInHR: "Used, not in HR", purser.FindingUnknownAccount: "Account of nobody", purser.FindingUndeprovision: "Seat of a leaver",
		purser.FindingUnusedSeat: "Unused seat", purser.FindingDuplicateSeat: "Second seat", purser.FindingDowngradeSeat: "Cheaper plan would do",
		purser.FindingOverbought: "More bought than assigned", purser.FindingNewApplication: "New application", purser.FindingOwnerLeft: "Owner has left",
		purser.FindingRenewalDue: "Renewal due",
	}[k]
	if words == "" {
		return string(k)
	}
	return words
}
