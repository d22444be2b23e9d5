package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// The states of a delivery.
const (
	DeliveryWaiting = "waiting"
	DeliverySending = "sending"
	DeliverySent    = "sent"
	DeliveryFailed  = "failed"
	DeliveryUnsure  = "unsure"  // Purser was stopped, or the line broke, while the other side took it
	DeliveryDropped = "dropped" // a person wants no more of it
)

// DeliveryRow is a row of notice_delivery with its notice.
type DeliveryRow struct {
	No        int64         `bun:"no"`
	ID        string        `bun:"id"`
	NoticeNo  int64         `bun:"notice_no"`
	Way       string        `bun:"way"`
	Target    string        `bun:"target"`
	Reason    string        `bun:"reason"`
	State     string        `bun:"state"`
	Tries     int64         `bun:"tries"`
	CreatedAt purser.Micros `bun:"created_at"`
	NextAt    purser.Micros `bun:"next_at"`
	DoneAt    purser.Micros `bun:"done_at"`
	Error     string        `bun:"error"`
	Hint      string        `bun:"hint"`
	Holder    string        `bun:"holder"` // the process that sends it

	Kind    string        `bun:"kind"`
	Event   string        `bun:"event"`
	At      purser.Micros `bun:"at"`
	Warning string        `bun:"warning"`
	Name    string        `bun:"name"`   // of the endpoint, "" for mail and for one that is gone
	Format  string        `bun:"format"` // of the chat
}

const deliverySelect = `SELECT d.no, d.id, d.notice_no, d.way, d.target, d.reason, d.state, d.tries, d.created_at, d.next_at, d.done_at,
	d.error, d.hint, d.holder, n.kind, n.event, n.at, n.warning, COALESCE(e.name, '') AS name, COALESCE(e.format, '') AS format
	FROM notice_delivery d JOIN notice n ON n.no = d.notice_no LEFT JOIN notice_endpoint e ON e.id = d.target `

// InsertDelivery adds a delivery that waits; one to the same target of the same
// notice is kept as it is.
func InsertDelivery(ctx context.Context, tx bun.IDB, d DeliveryRow) error {
	_, err := tx.NewRaw(`INSERT INTO notice_delivery (id, notice_no, way, target, reason, state, created_at, next_at)
		VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?) ON CONFLICT (notice_no, way, target) DO NOTHING`,
		d.ID, d.NoticeNo, d.Way, d.Target, d.Reason, int64(d.CreatedAt), int64(d.NextAt)).Exec(ctx)
	return err
}

// DueDeliveries returns what is to be sent now, the oldest first.
func DueDeliveries(ctx context.Context, db bun.IDB, now purser.Micros, limit int) (rows []DeliveryRow, err error) {
	err = db.NewRaw(deliverySelect+"WHERE d.state = 'waiting' AND d.next_at <= ? ORDER BY d.next_at, d.no LIMIT ?", int64(now), limit).Scan(ctx, &rows)
	return rows, err
}

// Delivery returns one; ok is false if there is none.
func Delivery(ctx context.Context, db bun.IDB, id string) (d DeliveryRow, ok bool, err error) {
	err = db.NewRaw(deliverySelect+"WHERE d.id = ?", id).Scan(ctx, &d)
	return found(d, err)
}

// DeliveriesOf returns the deliveries of a notice.
func DeliveriesOf(ctx context.Context, db bun.IDB, noticeNo int64) (rows []DeliveryRow, err error) {
	err = db.NewRaw(deliverySelect+"WHERE d.notice_no = ? ORDER BY d.no", noticeNo).Scan(ctx, &rows)
	return rows, err
}

// MoveDelivery moves a delivery from one state to that of d with its time, tries
// and error; ok is false if it stands elsewhere.
func MoveDelivery(ctx context.Context, tx bun.IDB, d DeliveryRow, from string) (ok bool, err error) {
	res, err := tx.NewRaw(`UPDATE notice_delivery SET state = ?, tries = ?, next_at = ?, done_at = ?, error = ?, hint = ?, holder = ?
		WHERE no = ? AND state = ?`, d.State, d.Tries, int64(d.NextAt), int64(d.DoneAt), d.Error, d.Hint, d.Holder, d.No, from).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// LeftDeliveries returns those that are being sent and that nobody can be sending:
// an earlier process of this node, which is dead, or whoever began before a moment.
func LeftDeliveries(ctx context.Context, db bun.IDB, node, self string, before purser.Micros) (rows []DeliveryRow, err error) {
	err = db.NewRaw(deliverySelect+`WHERE d.state = 'sending' AND (d.next_at < ? OR (? <> '' AND substr(d.holder, 1, ?) = ? AND d.holder <> ?))
		ORDER BY d.no`, int64(before), node, len(node)+1, node+".", self).Scan(ctx, &rows)
	return rows, err
}

// DeliveryFilter selects deliveries; zero fields select every one.
type DeliveryFilter struct {
	State      string
	Way        string
	InstanceID string
	BeforeNo   int64
	Limit      int
}

// Deliveries returns the selected deliveries, the newest first.
func Deliveries(ctx context.Context, db bun.IDB, f DeliveryFilter) (rows []DeliveryRow, err error) {
	where, args := f.where()
	if f.BeforeNo > 0 {
		where, args = where+" AND d.no < ?", append(args, f.BeforeNo)
	}
	err = db.NewRaw(deliverySelect+where+" ORDER BY d.no DESC LIMIT ?", append(args, max(f.Limit, 1))...).Scan(ctx, &rows)
	return rows, err
}

// CountDeliveries returns how many the filter selects, without its page.
func CountDeliveries(ctx context.Context, db bun.IDB, f DeliveryFilter) (n int64, err error) {
	where, args := f.where()
	err = db.NewRaw("SELECT count(*) FROM notice_delivery d JOIN notice n ON n.no = d.notice_no "+where, args...).Scan(ctx, &n)
	return n, err
}

func (f DeliveryFilter) where() (string, []any) {
	where, args := "WHERE 1 = 1", []any{}
	if f.State != "" {
		where, args = where+" AND d.state = ?", append(args, f.State)
	}
	if f.Way != "" {
		where, args = where+" AND d.way = ?", append(args, f.Way)
	}
	if f.InstanceID != "" {
		where, args = where+" AND n.instance_id = ?", append(args, f.InstanceID)
	}
	return where, args
}

// TryRow is one try of a delivery.
type TryRow struct {
	DeliveryNo int64         `bun:"delivery_no"`
	At         purser.Micros `bun:"at"`
	TookUS     int64         `bun:"took_us"` // microseconds
	Status     int64         `bun:"status"`
	Error      string        `bun:"error"`
}

// InsertTry notes a try.
func InsertTry(ctx context.Context, tx bun.IDB, t TryRow) error {
	_, err := tx.NewRaw(`INSERT INTO notice_try (delivery_no, at, took_us, status, error) VALUES (?, ?, ?, ?, ?)`,
		t.DeliveryNo, int64(t.At), t.TookUS, t.Status, t.Error).Exec(ctx)
	return err
}

// Tries returns the tries of a delivery, the first one first.
func Tries(ctx context.Context, db bun.IDB, deliveryNo int64) (rows []TryRow, err error) {
	err = db.NewRaw(`SELECT delivery_no, at, took_us, status, error FROM notice_try WHERE delivery_no = ? ORDER BY no`, deliveryNo).Scan(ctx, &rows)
	return rows, err
}
