package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// expiryDays are the days before the end of a credential at which people are told.
func expiryDays() []int { return []int{1, 7, 30} }

const day = 24 * time.Hour

// watch is Watch for a worker that goes on.
func (s *Service) watch(ctx context.Context) {
	if err := s.Watch(ctx); err != nil && ctx.Err() == nil {
		s.Log.ErrorContext(ctx, "what should be told cannot be found out; tried again in an hour", "error", err)
	}
}

// Watch looks for what people should be told although nothing happened: credentials
// that end soon, owners who left, other addresses. Each is told once, however often it looks.
func (s *Service) Watch(ctx context.Context) error {
	return errors.Join(s.watchExpiry(ctx), s.watchOwners(ctx), s.watchAddresses(ctx), s.forget(ctx))
}

func (s *Service) watchExpiry(ctx context.Context) error {
	now := s.Now()
	rows, err := store.ExpiringCredentials(ctx, s.DB.Read(), purser.MicrosOf(now), purser.MicrosOf(now.Add(30*day)))
	if err != nil {
		return fmt.Errorf("look for credentials that end soon: %w", err)
	}
	for _, c := range rows {
		end := c.ExpiresAt.Time()
		for _, days := range expiryDays() {
			if end.Sub(now) > time.Duration(days)*day {
				continue
			}
			// The nearest threshold alone: who was stopped meanwhile is not told three times.
			e := purser.Event{Kind: purser.EventCredentialExpiring, At: now, InstanceID: c.InstanceID, InstanceName: c.InstanceName, Connector: c.Connector,
				Key:  fmt.Sprintf("%s/%s/%d/%d", purser.EventCredentialExpiring, c.ID, c.ExpiresAt, days),
				What: fmt.Sprintf("The credential of %s ends on %s", c.InstanceName, end.Format("2 January 2006, 15:04 UTC")),
				Why:  "After that its vendor refuses it, and nothing of it is synced any more",
				Hint: "Make a new one at the vendor and enter it in its place; history and settings stay", Path: "/instances/" + c.InstanceID + "/credential"}
			if err := s.once(ctx, e); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

func (s *Service) watchOwners(ctx context.Context) error {
	rows, err := store.LostOwners(ctx, s.DB.Read())
	if err != nil {
		return fmt.Errorf("look for owners who left: %w", err)
	}
	for _, o := range rows {
		e := purser.Event{Kind: purser.EventOwnerLeft, At: s.Now(), InstanceID: o.InstanceID, InstanceName: o.Instance,
			Key:  fmt.Sprintf("%s/%s/%s", purser.EventOwnerLeft, o.InstanceID, o.OwnerID),
			What: fmt.Sprintf("The owner of %s is no longer a user of Purser", o.Instance),
			Hint: "Choose another owner in its settings: mail about it, and its credential, may hang on the one who left", Path: "/instances/" + o.InstanceID + "/settings"}
		if o.Email != "" {
			e.What = fmt.Sprintf("The owner of %s has left the organization, by its roster of people", o.Instance)
		}
		if err := s.once(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// once posts an event that is not known yet.
func (s *Service) once(ctx context.Context, e purser.Event) error {
	known, err := store.NoticeKnown(ctx, s.DB.Read(), e.Key)
	if err != nil || known {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return s.Post(ctx, tx, e) })
}

// forget removes what was delivered long ago.
func (s *Service) forget(ctx context.Context) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := store.ForgetNotices(ctx, tx, purser.MicrosOf(s.Now().Add(-KeepNotices)))
		return err
	})
}
