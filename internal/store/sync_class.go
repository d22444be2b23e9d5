package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// decideAdded decides how accounts that came with a page are used.
func (s *Sync) decideAdded(ctx context.Context, tx bun.Tx, r *reading, rows []staged) error {
	if r.Kind != purser.KindAccount || r.live == 0 || len(rows) == 0 {
		return nil
	}
	ids := make([]string, len(rows))
	for i, x := range rows {
		ids[i] = x.row.ExternalID
	}
	return keepClassesOf(ctx, tx, UseAtMoment(s.db.options.Now(), 0), s.instanceNo, "a.external_id IN (?)", bun.List(ids))
}

// decideMerged decides anew how the accounts of a slice of the stage are used.
func (s *Sync) decideMerged(ctx context.Context, tx bun.Tx, r *reading, upTo int64) error {
	if r.Kind != purser.KindAccount {
		return nil
	}
	key := "external_id"
	which := "a.external_id"
	if r.Enrich {
		key, which = "row_id", "a.id"
	}
	return keepClassesOf(ctx, tx, UseAtMoment(s.db.options.Now(), 0), s.instanceNo,
		which+" IN (SELECT "+key+" FROM "+stageTable(r.Kind)+" WHERE stream_no = ? AND seq > ? AND seq <= ?)", r.no, r.mergedSeq, upTo)
}
