package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// addedField stands in change for a row that a later reading brought for the first
// time. The row itself knows that, too; here it is found by its moment.
const addedField = "added"

// notedKinds are the kinds of rows whose coming is told over all instances.
func notedKinds() []purser.Kind {
	return []purser.Kind{purser.KindAccount, purser.KindPerson, purser.KindSeat}
}

// added returns the rows that this reading brought for the first time; none where
// their list was not known before, so that nobody can say since when they are there.
func (s *Sync) added(ctx context.Context, r *reading, n int64) (ids []int64, err error) {
	if n == 0 || r.Enrich || !slices.Contains(notedKinds(), r.Kind) {
		return nil, nil
	}
	err = s.db.reader.NewRaw("SELECT k.id FROM "+KindTable(r.Kind)+" AS k JOIN stream st ON st.no = k.stream_no WHERE k.stream_no = ? AND k.first_gen = ? "+
		"AND st.first_complete_gen > 0 AND st.first_complete_gen < k.first_gen ORDER BY k.id", r.no, r.gen).Scan(ctx, &ids)
	return ids, err
}

// noteAdded keeps that rows came.
func (s *Sync) noteAdded(ctx context.Context, tx bun.Tx, kind purser.Kind, ids []int64, now int64) error {
	for part := range slices.Chunk(ids, 500) {
		_, err := tx.NewRaw("INSERT INTO change (kind, row_id, run_no, at, field) SELECT ?, id, CAST(? AS BIGINT), CAST(? AS BIGINT), ? FROM "+KindTable(kind)+" WHERE id IN (?) ORDER BY id",
			string(kind), s.runNo, now, addedField, bun.List(part)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note what came: %w", err)
		}
	}
	return nil
}
