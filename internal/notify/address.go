package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// settingAddresses keeps the addresses that vendors saw, as configured last.
const settingAddresses = "vendors_see"

// namesAtMost is how many instances a notice names.
const namesAtMost = 50

// watchAddresses tells that vendors see other addresses than before: where a
// vendor allows known ones alone, its instance fails until somebody enters the new
// ones there. The first time that addresses are configured is no change.
func (s *Service) watchAddresses(ctx context.Context) error {
	now := addressText(s.Safelist)
	if now == "" {
		return nil
	}
	was, _, err := store.Setting(ctx, s.DB.Read(), settingAddresses)
	if err != nil {
		return fmt.Errorf("look for the addresses that vendors saw: %w", err)
	}
	if was == now {
		return nil
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		was, _, err := store.Setting(ctx, tx, settingAddresses) // another node may have been quicker
		if err != nil || was == now {
			return err
		}
		if err := store.PutSetting(ctx, tx, settingAddresses, now, s.now()); err != nil || was == "" {
			return err
		}
		e, err := s.addressEvent(ctx, tx, was, now)
		if err != nil || len(e.Fields) == 0 {
			return err
		}
		return s.Post(ctx, tx, e)
	})
}

// addressEvent lists the instances whose vendors may know the old addresses.
func (s *Service) addressEvent(ctx context.Context, tx bun.Tx, was, now string) (purser.Event, error) {
	e := purser.Event{Kind: purser.EventAddressChanged, At: s.Now(), Key: fmt.Sprintf("%s/%s/%d", purser.EventAddressChanged, now, s.now()),
		What: fmt.Sprintf("Vendors see Purser at %s from now on; before it was %s", now, was),
		Why:  "A vendor that lets known addresses in alone refuses calls from another one",
		Hint: "Enter the new addresses at those vendors that have such a list, then check the instances again", Path: "/settings/network"}
	all, err := store.Instances(ctx, tx, store.InstanceFilter{Status: []purser.Status{purser.StatusLive, purser.StatusInactive, purser.StatusRevoked}})
	if err != nil {
		return e, err
	}
	for n, i := range all {
		if n == namesAtMost {
			e.Fields = append(e.Fields, fmt.Sprintf("and %d more", len(all)-n))
			break
		}
		e.Fields = append(e.Fields, i.Name)
	}
	return e, nil
}

// addressText writes addresses the same however they were ordered.
func addressText(all []string) string {
	var out []string
	for _, a := range all {
		out = append(out, strings.TrimSpace(a))
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ")
}
