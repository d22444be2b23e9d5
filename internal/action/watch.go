package action

import (
	"context"
	"time"

	"purser"
)

// A watched action is looked at this often, and for a while after its end: the
// reading that proves it follows at once.
const (
	watchEvery = 500 * time.Millisecond
	watchAfter = 2 * time.Minute
)

// Moving reports whether more is to be seen of an action in the next moments.
func (s *Service) Moving(a purser.Action) bool {
	switch a.State {
	case purser.ActionRunning:
		return true
	case purser.ActionDone:
		return a.Counts.Sent+a.Counts.Unsure > 0 && s.Now().Sub(a.EndedAt) < watchAfter
	}
	return false
}

// Watch gives the action now and whenever it has moved on, at most twice a second,
// as long as it is moving.
func (s *Service) Watch(ctx context.Context, id string) (<-chan purser.Action, error) {
	now, err := s.Action(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make(chan purser.Action, 1)
	go func() {
		defer close(out)
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for first, last := true, now; ; {
			if first || now.State != last.State || now.Counts != last.Counts || now.WaitReason != last.WaitReason {
				first, last = false, now
				select {
				case out <- now:
				case <-ctx.Done():
					return
				}
			}
			if !s.Moving(now) {
				return
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			if now, err = s.show(ctx, id); err != nil {
				s.Log.WarnContext(ctx, "an action that is watched cannot be read", "action", id, "error", err)
				return
			}
		}
	}()
	return out, nil
}
