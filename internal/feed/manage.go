package feed

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// most is how many applications one request changes.
const most = 500

// Managed is what a change of several applications did.
type Managed struct {
	Changed []string `json:"changed"` // app_<number>; the others were so already
}

// Manage takes applications into management: identity providers that serve them
// feed them from now on. What was there of an earlier time revives.
func (s *Service) Manage(ctx context.Context, applications []string, why string) (Managed, error) {
	return s.set(ctx, applications, why, func(context.Context, bun.Tx, store.ApplicationRow) (string, error) { return "managed", nil }, false)
}

// Unmanage ends it: the status is again the one before, or in review. What
// identity providers fed stays as history and is in no count.
func (s *Service) Unmanage(ctx context.Context, applications []string, why string) (Managed, error) {
	return s.set(ctx, applications, why, func(ctx context.Context, tx bun.Tx, r store.ApplicationRow) (string, error) {
		before, err := store.LastStatusBefore(ctx, tx, r.ID, r.Status)
		if before == "" || before == "managed" || before == "closing" {
			before = "in_review"
		}
		return before, err
	}, true)
}

// set gives applications that are managed, or are not, another status.
func (s *Service) set(ctx context.Context, applications []string, why string, to func(context.Context, bun.Tx, store.ApplicationRow) (string, error), managed bool) (Managed, error) {
	out := Managed{Changed: []string{}}
	if err := s.gate.Allow(ctx, purser.OpApplicationSet); err != nil {
		return out, err
	}
	if len(applications) == 0 {
		return out, &purser.Problem{Kind: purser.ProblemInvalid, Field: "applications", What: "no application was chosen", Hint: "Choose one or more, then save"}
	}
	if len(applications) > most {
		return out, purser.Invalid("applications", "more than %d applications were chosen", most)
	}
	var changed []int64
	err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		changed = nil
		for _, id := range slices.Compact(slices.Sorted(slices.Values(applications))) {
			r, ok, err := store.ApplicationByID(ctx, tx, store.KeyOf("app_", id))
			if err != nil {
				return err
			}
			if !ok {
				return purser.NotFound("application", id)
			}
			if is := r.Status == "managed" || r.Status == "closing"; is != managed {
				continue
			}
			status, err := to(ctx, tx, r)
			if err != nil {
				return err
			}
			if err := s.putStatus(ctx, tx, r, status, why); err != nil {
				return err
			}
			changed = append(changed, r.ID)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	for _, id := range changed {
		out.Changed = append(out.Changed, store.ApplicationID(id))
	}
	if len(changed) > 0 {
		s.again(ctx, changed...)
	}
	return out, nil
}

func (s *Service) putStatus(ctx context.Context, tx bun.Tx, r store.ApplicationRow, status, why string) error {
	before := r.Status
	r.Status = status
	ok, err := store.UpdateApplication(ctx, tx, r, s.at())
	if err != nil {
		return err
	}
	if !ok {
		return &purser.Problem{Kind: purser.ProblemConflict, What: "somebody else changed " + r.Name + " meanwhile", Hint: "Look at it again and repeat the change"}
	}
	if err := store.AppendStep(ctx, tx, r.ID, s.at(), purser.FeedStep{What: "status", Before: before, After: status, Note: why}); err != nil {
		return err
	}
	if err := store.MarkFeeds(ctx, tx, r.ID); err != nil {
		return err
	}
	if err := store.MarkFindings(ctx, tx, r.ID); err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpApplicationSet, Object: store.ApplicationID(r.ID), ObjectName: r.Name, At: s.now(),
		Before: map[string]any{"status": before}, After: map[string]any{"status": status}})
}
