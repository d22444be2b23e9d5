package load

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// lookEvery is how often the folder is looked at, and spent content is removed.
const lookEvery = 20 * time.Second

// Serve watches the folder and removes what is no longer needed, until ctx ends.
func (s *Service) Serve(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	watch := s.watcher()
	for {
		if err := s.Tidy(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "the content of old loads cannot be removed", "error", err)
		}
		if watch != nil {
			if err := watch.look(ctx); err != nil && ctx.Err() == nil {
				s.Log.WarnContext(ctx, "the folder for files cannot be looked at", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Tidy removes the content of loads that is no longer needed: of those that were
// given up or left open for a day, and of all but the newest three of a kind.
func (s *Service) Tidy(ctx context.Context) error {
	nos, err := store.SpentLoads(ctx, s.DB.Read(), purser.MicrosOf(s.Now().Add(-openFor)), keepLoads)
	if err != nil {
		return err
	}
	for _, no := range nos {
		err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			return store.ForgetLoadContent(ctx, tx, no, purser.MicrosOf(s.Now()))
		})
		if err == nil {
			err = s.empty(ctx, no)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
