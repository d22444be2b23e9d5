package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// reportedField marks the rows of hold_row that a source itself reported as gone:
// another stream may have read them, so that the hold's own does not find them.
const reportedField = ""

// keepReported notes which records a held report of removals is about.
func keepReported(ctx context.Context, tx bun.Tx, k purser.Kind, streamNo int64, ids []int64) error {
	for len(ids) > 0 {
		slice := ids[:min(len(ids), sweepSlice)]
		ids = ids[len(slice):]
		_, err := tx.NewRaw("INSERT INTO hold_row (stream_no, field, row_id, name) SELECT ?, ?, k.id, "+label(k)+" FROM "+KindTable(k)+
			" k WHERE k.id IN (?) ON CONFLICT (stream_no, field, row_id) DO NOTHING", streamNo, reportedField, bun.List(slice)).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// heldOf is the part of a condition on rows k that says: the hold of removals of
// this stream may be about it. Only a report reaches beyond the stream.
func heldOf(ctx context.Context, db bun.IDB, streamNo int64) (where string, args []any, err error) {
	var reported int
	err = db.NewRaw("SELECT count(*) FROM (SELECT 1 AS one FROM hold_row WHERE stream_no = ? AND field = ? LIMIT 1) AS x", streamNo, reportedField).Scan(ctx, &reported)
	if err != nil || reported == 0 {
		return "k.stream_no = ?", []any{streamNo}, err
	}
	return "(k.stream_no = ? OR k.id IN (SELECT row_id FROM hold_row WHERE stream_no = ? AND field = ?))", []any{streamNo, streamNo, reportedField}, nil
}

// liveBeside counts the live rows of the streams that have read what is reported
// as gone: how much that is, is measured by them.
func (s *Sync) liveBeside(ctx context.Context, r *reading) (n int64, err error) {
	table := KindTable(r.Kind)
	err = s.db.reader.NewRaw("SELECT count(*) FROM "+table+" WHERE gone_gen = 0 AND stream_no IN (SELECT DISTINCT k.stream_no FROM leaving l JOIN "+
		table+" k ON k.id = l.row_id WHERE l.stream_no = ? AND l.gen = ?)", r.no, r.gen).Scan(ctx, &n)
	return n, err
}
