package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"purser/internal/engine"
)

// eventMemory is how long single events are kept, before the latest one, so that
// a cursor's overlap counts nothing twice.
const eventMemory = 72 * time.Hour

// The places of the fields of KindActivity.
const (
	activityAccount = iota + 1
	activityApplication
	activityApplicationName
	activityEvent
	activityAt
	activityCount
)

// dailyUse is the use of an application by an account on one day.
type dailyUse struct {
	account, application, name string
	day, count, first, last    int64
}

// commitEvents adds events to the days at once: there is nothing to merge later.
func (s *Sync) commitEvents(ctx context.Context, tx bun.Tx, r *reading, rows []engine.Row) error {
	const day = int64(24 * time.Hour / time.Microsecond)
	type key struct {
		account, application string
		day                  int64
	}
	days := map[key]*dailyUse{}
	for i := range rows {
		v := rows[i].Values
		at := v[activityAt].I
		if fresh, err := newEvent(ctx, tx, r.no, cleanText(rows[i].ExternalID), at); err != nil {
			return fmt.Errorf("note an event: %w", err)
		} else if !fresh {
			continue
		}
		k := key{cleanText(v[activityAccount].S), cleanText(v[activityApplication].S), at / day}
		n := int64(1)
		if v[activityCount].Known {
			n = v[activityCount].I
		}
		u := days[k]
		if u == nil {
			u = &dailyUse{account: k.account, application: k.application, day: k.day, first: at, last: at}
			days[k] = u
		}
		u.count += n
		u.first, u.last = min(u.first, at), max(u.last, at)
		u.name = cmp.Or(cleanText(v[activityApplicationName].S), u.name)
	}
	uses := make([]*dailyUse, 0, len(days))
	for _, u := range days {
		uses = append(uses, u)
	}
	slices.SortFunc(uses, func(a, b *dailyUse) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.application, b.application), cmp.Compare(a.day, b.day))
	})
	for _, u := range uses {
		if err := s.addUse(ctx, tx, r, u); err != nil {
			return fmt.Errorf("add up activity: %w", err)
		}
	}
	_, err := tx.NewRaw("UPDATE run_stream SET added = added + ? WHERE run_no = ? AND stream_no = ?", len(uses), s.runNo, r.no).Exec(ctx)
	return err
}

func (s *Sync) addUse(ctx context.Context, tx bun.Tx, r *reading, u *dailyUse) error {
	_, err := tx.Tx.ExecContext(ctx, rebind(tx, `INSERT INTO activity (instance_no, stream_no, account, application, application_name, day, count, first_at, last_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (stream_no, account, application, day) DO UPDATE SET
		count = activity.count + excluded.count,
		first_at = CASE WHEN excluded.first_at < activity.first_at THEN excluded.first_at ELSE activity.first_at END,
		last_at = CASE WHEN excluded.last_at > activity.last_at THEN excluded.last_at ELSE activity.last_at END,
		application_name = CASE WHEN excluded.application_name = '' THEN activity.application_name ELSE excluded.application_name END`),
		s.instanceNo, r.no, u.account, u.application, u.name, u.day, u.count, u.first, u.last)
	return err
}

// newEvent reports whether an event was not counted yet; one without an id always is.
func newEvent(ctx context.Context, tx bun.Tx, streamNo int64, id string, at int64) (bool, error) {
	if id == "" {
		return true, nil
	}
	res, err := tx.Tx.ExecContext(ctx, rebind(tx, "INSERT INTO event (stream_no, external_id, at) VALUES (?, ?, ?) ON CONFLICT (stream_no, external_id) DO NOTHING"),
		streamNo, id, at)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// forgetEvents drops the single events that no overlap will bring again.
func forgetEvents(ctx context.Context, tx bun.Tx, streamNo int64) error {
	_, err := tx.NewRaw("DELETE FROM event WHERE stream_no = ? AND at < (SELECT max(at) FROM event WHERE stream_no = ?) - ?",
		streamNo, streamNo, eventMemory.Microseconds()).Exec(ctx)
	return err
}
