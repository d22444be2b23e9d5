package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"
)

// keepHistory notes changed values of fields with history, and returns from the gone.
func (s *Sync) keepHistory(ctx context.Context, tx bun.Tx, r *reading, upTo, now int64, held []string) error {
	// Of a row that came twice, the last version alone counts.
	slice := " FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY row_id ORDER BY seq DESC) AS nth_of_row FROM " + stageTable(r.Kind) +
		" WHERE stream_no = ? AND seq > ? AND seq <= ?) s JOIN " + KindTable(r.Kind) + " k ON k.id = s.row_id WHERE s.nth_of_row = 1"
	insert := "INSERT INTO change (kind, row_id, run_no, at, field, before, after) SELECT ?, k.id, CAST(? AS BIGINT), CAST(? AS BIGINT), "
	for _, f := range r.fields {
		if !f.History {
			continue
		}
		c, kept := column(f.Name), ""
		if slices.Contains(held, f.Name) {
			kept = " AND NOT " + keptByHold("s.stream_no", "k.id", f.Name)
		}
		query := insert + "?, CAST(k." + c + " AS TEXT), CAST(s." + c + " AS TEXT)" + slice + " AND k." + c + " IS DISTINCT FROM s." + c + kept
		_, err := tx.Tx.ExecContext(ctx, rebind(tx, query), string(r.Kind), s.runNo, now, f.Name, r.no, r.mergedSeq, upTo)
		if err != nil {
			return fmt.Errorf("keep the history of %s: %w", f.Name, err)
		}
	}
	if r.Enrich {
		return nil
	}
	query := insert + "'" + removedField + "', CAST(k.removed_at AS TEXT), NULL" + slice + " AND k.gone_gen <> 0"
	if _, err := tx.Tx.ExecContext(ctx, rebind(tx, query), string(r.Kind), s.runNo, now, r.no, r.mergedSeq, upTo); err != nil {
		return fmt.Errorf("keep the history of what came back: %w", err)
	}
	return nil
}

// enrich writes the named fields on rows that exist. It does not touch
// changed_gen: being enriched is not being seen.
func (s *Sync) enrich(ctx context.Context, tx bun.Tx, r *reading, upTo, now int64, held []string) error {
	var set, differs []string
	for _, f := range r.fields {
		c := column(f.Name)
		if slices.Contains(held, f.Name) {
			kept := keptByHold("s.stream_no", "k.id", f.Name)
			set = append(set, c+" = CASE WHEN "+kept+" THEN k."+c+" ELSE s."+c+" END")
			differs = append(differs, "(k."+c+" IS DISTINCT FROM s."+c+" AND NOT "+kept+")")
			continue
		}
		set = append(set, c+" = s."+c)
		differs = append(differs, "k."+c+" IS DISTINCT FROM s."+c)
	}
	if len(set) == 0 {
		return nil
	}
	query := "UPDATE " + KindTable(r.Kind) + " AS k SET " + strings.Join(set, ", ") + ", changed_at = ? FROM " + stageTable(r.Kind) +
		" AS s WHERE k.id = s.row_id AND s.stream_no = ? AND s.seq > ? AND s.seq <= ? AND (" + strings.Join(differs, " OR ") + ")"
	res, err := tx.Tx.ExecContext(ctx, rebind(tx, query), now, r.no, r.mergedSeq, upTo)
	if err != nil {
		return fmt.Errorf("enrich a slice: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	_, err = tx.NewRaw("UPDATE run_stream SET changed = changed + ? WHERE run_no = ? AND stream_no = ?", n, s.runNo, r.no).Exec(ctx)
	return err
}
