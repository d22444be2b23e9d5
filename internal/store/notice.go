package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// NoticeRow is a row of notice: something that people are told.
type NoticeRow struct {
	No         int64         `bun:"no"`
	Key        string        `bun:"key"`
	Kind       string        `bun:"kind"`
	InstanceID string        `bun:"instance_id"`
	At         purser.Micros `bun:"at"`
	Event      string        `bun:"event"` // JSON of purser.Event
	Warning    string        `bun:"warning"`
}

const noticeColumns = `n.no, n.key, n.kind, n.instance_id, n.at, n.event, n.warning`

// InsertNotice adds a notice and returns its number; ok is false if there is one
// of this key already.
func InsertNotice(ctx context.Context, tx bun.IDB, n NoticeRow) (no int64, ok bool, err error) {
	err = tx.NewRaw(`INSERT INTO notice (key, kind, instance_id, at, event, warning) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO NOTHING RETURNING no`, n.Key, n.Kind, n.InstanceID, int64(n.At), n.Event, n.Warning).Scan(ctx, &no)
	return found(no, err)
}

// NoticeByNo returns a notice; ok is false if there is none.
func NoticeByNo(ctx context.Context, db bun.IDB, no int64) (n NoticeRow, ok bool, err error) {
	err = db.NewRaw("SELECT "+noticeColumns+" FROM notice n WHERE n.no = ?", no).Scan(ctx, &n)
	return found(n, err)
}

// WarnNotice notes why a notice went to others than was said.
func WarnNotice(ctx context.Context, tx bun.IDB, no int64, warning string) error {
	_, err := tx.NewRaw("UPDATE notice SET warning = ? WHERE no = ?", warning, no).Exec(ctx)
	return err
}

// ForgetNotices removes notices from before a moment of which nothing is under
// way or waits for a person, and returns how many.
func ForgetNotices(ctx context.Context, tx bun.IDB, before purser.Micros) (int64, error) {
	res, err := tx.NewRaw(`DELETE FROM notice WHERE at < ? AND kind <> 'owner_left' AND NOT EXISTS (SELECT 1 FROM notice_delivery d
		WHERE d.notice_no = notice.no AND d.state NOT IN ('sent', 'dropped'))`, int64(before)).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
