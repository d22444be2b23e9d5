package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// DecideHold notes the last decision of a hold; ok is false if there already is one.
func DecideHold(ctx context.Context, tx bun.Tx, h HoldRow, decision, by string, at purser.Micros) (ok bool, err error) {
	res, err := tx.NewRaw("UPDATE hold SET decided_at = ?, decision = ?, decided_by = ? WHERE id = ? AND decided_at = 0",
		int64(at), decision, by, h.ID).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// DecideRows notes the decision about held changes: of the given rows, of all
// that wait if there are none. An approved change is merged by the next reading,
// which brings it again. It returns how many were decided.
func DecideRows(ctx context.Context, tx bun.Tx, h HoldRow, decision string, rows []int64) (n int64, err error) {
	for first := true; first || len(rows) > 0; first = false {
		query, args := "UPDATE hold_row SET decision = ? WHERE stream_no = ? AND field = ? AND decision = ''", []any{decision, h.StreamNo, h.Field}
		if len(rows) > 0 {
			slice := rows[:min(len(rows), sweepSlice)]
			rows = rows[len(slice):]
			query, args = query+" AND row_id IN (?)", append(args, bun.List(slice))
		}
		res, err := tx.NewRaw(query, args...).Exec(ctx)
		if err != nil {
			return n, err
		}
		some, err := res.RowsAffected()
		if err != nil {
			return n, err
		}
		n += some
	}
	return n, nil
}

// ShrinkHold notes how much of a hold still waits after a part of it was decided,
// and returns it.
func ShrinkHold(ctx context.Context, tx bun.Tx, h HoldRow) (left int64, err error) {
	names := []string{}
	if h.What == holdRemoval {
		of, args, err := heldOf(ctx, tx, h.StreamNo)
		if err != nil {
			return 0, err
		}
		missing := " FROM " + KindTable(h.Kind) + " k WHERE " + of + " AND k.missed > 0 AND k.gone_gen = 0"
		if err := tx.NewRaw("SELECT count(*)"+missing, args...).Scan(ctx, &left); err != nil {
			return 0, err
		}
		if err := tx.NewRaw("SELECT "+label(h.Kind)+missing+" ORDER BY k.id LIMIT 20", args...).Scan(ctx, &names); err != nil {
			return 0, err
		}
	} else {
		err = tx.NewRaw("SELECT count(*) FROM hold_row WHERE stream_no = ? AND field = ? AND decision = ''", h.StreamNo, h.Field).Scan(ctx, &left)
		if err == nil {
			names, err = firstHeld(ctx, tx, h.StreamNo, h.Field)
		}
	}
	if err != nil || left == 0 {
		return left, err
	}
	text, err := json.Marshal(names)
	if err != nil {
		return left, fmt.Errorf("write the names: %w", err)
	}
	_, err = tx.NewRaw("UPDATE hold SET count = ?, names = ? WHERE id = ? AND decided_at = 0", left, string(text), h.ID).Exec(ctx)
	return left, err
}

// missingOf returns which rows of a held removal are still missing: of the given
// ones, of all if there are none.
func (db *DB) missingOf(ctx context.Context, h HoldRow, rows []int64) (ids []int64, err error) {
	of, args, err := heldOf(ctx, db.reader, h.StreamNo)
	if err != nil {
		return nil, fmt.Errorf("read what is missing: %w", err)
	}
	query := "SELECT k.id FROM " + KindTable(h.Kind) + " k WHERE " + of + " AND k.missed > 0 AND k.gone_gen = 0"
	if len(rows) > 0 {
		query, args = query+" AND k.id IN (?)", append(args, bun.List(rows))
	}
	if err := db.reader.NewRaw(query, args...).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("read what is missing: %w", err)
	}
	return ids, nil
}

// RemoveHeld lets approved removals happen: of the given rows, or of whatever is
// still missing. It may be called again after a crash. It returns how many went.
func (db *DB) RemoveHeld(ctx context.Context, h HoldRow, runNo int64, rows []int64) (int64, error) {
	ids, err := db.missingOf(ctx, h, rows)
	if err != nil {
		return 0, err
	}
	return int64(len(ids)), db.removeRows(ctx, h.Kind, ids, h.Gen, runNo)
}

// KeepHeld makes rejected removals stay: what is missing is asked about no more
// until it was seen again. It returns how many stay.
func (db *DB) KeepHeld(ctx context.Context, h HoldRow, rows []int64) (int64, error) {
	ids, err := db.missingOf(ctx, h, rows)
	if err != nil {
		return 0, err
	}
	return int64(len(ids)), db.inSlices(ctx, ids, func(ctx context.Context, tx bun.Tx, ids []int64) error {
		_, err := tx.NewRaw("UPDATE "+KindTable(h.Kind)+" SET missed = ?, missed_at = 0 WHERE id IN (?)", keptByPerson, bun.List(ids)).Exec(ctx)
		return err
	})
}
