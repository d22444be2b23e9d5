package deletion

import (
	"context"
	"time"

	"purser"
	"purser/internal/store"
)

// watchEvery is how often a watched deletion is looked at.
const watchEvery = 500 * time.Millisecond

// Watch gives the deletion now and whenever it has moved on, at most twice a
// second, until it is over.
func (s *Service) Watch(ctx context.Context, id string) (<-chan purser.Deletion, error) {
	now, err := s.Deletion(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make(chan purser.Deletion, 1)
	go func() {
		defer close(out)
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		last := purser.Deletion{Removed: -1}
		for {
			if now.Removed != last.Removed || now.Phase != last.Phase || now.Ended() {
				last = now
				select {
				case out <- now:
				case <-ctx.Done():
					return
				}
			}
			if now.Ended() {
				return
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			row, ok, err := store.DeletionByID(ctx, s.DB.Read(), id)
			if err == nil && ok {
				now, err = row.Deletion()
			}
			if err != nil || !ok {
				s.Log.WarnContext(ctx, "a deletion that is watched cannot be read", "deletion", id, "error", err)
				return
			}
		}
	}()
	return out, nil
}
