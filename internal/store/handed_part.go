package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// PutLoadPart writes one part of a load: it replaces the part of that number.
func PutLoadPart(ctx context.Context, tx bun.Tx, loadNo, no int64, body []byte) error {
	_, err := tx.Tx.ExecContext(ctx, rebind(tx, `INSERT INTO load_part (load_no, no, body) VALUES (?, ?, ?)
		ON CONFLICT (load_no, no) DO UPDATE SET body = excluded.body`), loadNo, no, body)
	return err
}

// LoadPart returns one part of a load; ok is false if there is none of that number.
func (db *DB) LoadPart(ctx context.Context, loadNo, no int64) (body []byte, ok bool, err error) {
	var row struct {
		Body []byte `bun:"body"`
	}
	err = db.reader.NewRaw(`SELECT body FROM load_part WHERE load_no = ? AND no = ?`, loadNo, no).Scan(ctx, &row)
	row, ok, err = rowFound(row, err)
	return row.Body, ok, err
}

// CountLoadParts returns how many parts a load has, the greatest of their
// numbers and their bytes.
func CountLoadParts(ctx context.Context, db bun.IDB, loadNo int64) (n, last, bytes int64, err error) {
	var row struct {
		N     int64 `bun:"n"`
		Last  int64 `bun:"last"`
		Bytes int64 `bun:"bytes"`
	}
	err = db.NewRaw(`SELECT count(*) AS n, COALESCE(max(no), 0) AS last, COALESCE(sum(length(body)), 0) AS bytes FROM load_part WHERE load_no = ?`, loadNo).Scan(ctx, &row)
	return row.N, row.Last, row.Bytes, err
}

// DropLoadParts removes some of a load's content; more is false when none is left.
func DropLoadParts(ctx context.Context, tx bun.Tx, loadNo int64) (more bool, err error) {
	res, err := tx.NewRaw(`DELETE FROM load_part WHERE load_no = ? AND no IN (SELECT no FROM load_part WHERE load_no = ? ORDER BY no LIMIT 20)`, loadNo, loadNo).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// SpentLoads returns loads whose content is no longer needed: those that were
// given up, those that stayed open since before a time, and all but the newest
// few of a kind that were read.
func SpentLoads(ctx context.Context, db bun.IDB, before purser.Micros, keep int) (nos []int64, err error) {
	err = db.NewRaw(`SELECT l.no FROM load l WHERE EXISTS (SELECT 1 FROM load_part p WHERE p.load_no = l.no) AND (l.kept = 0 OR l.state = 'open' AND l.opened_at < ?
		OR l.ended_at > 0 AND (SELECT count(*) FROM load o WHERE o.instance_no = l.instance_no AND o.kind = l.kind AND o.no > l.no AND o.ended_at > 0) >= ?)
		ORDER BY l.no LIMIT 100`, int64(before), keep).Scan(ctx, &nos)
	return nos, err
}

// ForgetLoadContent notes that a load's content is not kept; one that was still open is given up.
func ForgetLoadContent(ctx context.Context, db bun.IDB, loadNo int64, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE load SET kept = 0, state = CASE WHEN state = 'open' THEN 'canceled' ELSE state END,
		ended_at = CASE WHEN ended_at = 0 THEN ? ELSE ended_at END WHERE no = ?`, int64(at), loadNo).Exec(ctx)
	return err
}
