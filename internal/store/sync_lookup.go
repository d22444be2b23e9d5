package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/uptrace/bun"
)

// sort says what each row is: new, changed, seen again as it was, or leaving.
func (s *Sync) sort(ctx context.Context, tx bun.Tx, r *reading, rows []staged) (fresh, changed []staged, seen []int64, leaving []leavingRow, err error) {
	unknown := rows[:0]
	for _, x := range rows {
		if id := r.prints.find(x.print); id != 0 && !x.row.Removed && !r.Enrich {
			seen = append(seen, id)
			continue
		}
		unknown = append(unknown, x)
	}
	if len(unknown) == 0 {
		return nil, nil, seen, nil, nil
	}
	known, err := s.lookup(ctx, tx, r, unknown)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	for i, x := range unknown {
		k := known[i]
		x.rowID = k.id
		switch {
		case x.row.Removed:
			if k.id != 0 && !k.gone {
				leaving = append(leaving, leavingRow{k.id, r.date(x.row)})
			}
		case k.id == 0 && r.Enrich: // nothing to enrich
		case k.id == 0:
			fresh = append(fresh, x)
		case k.digest == x.print && !k.gone && !r.Enrich:
			seen = append(seen, k.id)
		default:
			changed = append(changed, x)
		}
	}
	return fresh, changed, seen, leaving, nil
}

// knownRow is what stands in the kind's table under an external id; id 0: nothing.
type knownRow struct {
	id     int64
	digest int64
	gone   bool
}

// lookupBatch is how many rows one look-up asks for.
const lookupBatch = 100

// lookup returns what is known of each row, in their order.
func (s *Sync) lookup(ctx context.Context, tx bun.Tx, r *reading, rows []staged) ([]knownRow, error) {
	out := make([]knownRow, len(rows))
	if conn := rawConn(ctx); conn != nil {
		ids := make([]string, len(rows))
		for i := range rows {
			ids[i] = cleanText(rows[i].row.ExternalID)
		}
		found, err := conn.Query(ctx, `SELECT x.n, k.id, k.digest, k.gone_gen FROM unnest($1::text[]) WITH ORDINALITY AS x (external_id, n)
			JOIN `+KindTable(r.Kind)+` k ON k.instance_no = $2 AND k.external_id = x.external_id`, ids, s.instanceNo)
		if err != nil {
			return nil, err
		}
		defer found.Close()
		for found.Next() {
			var n, id, digest, gone int64
			if err := found.Scan(&n, &id, &digest, &gone); err != nil {
				return nil, err
			}
			out[n-1] = knownRow{id, digest, gone != 0}
		}
		return out, found.Err()
	}
	var stmt *sql.Stmt
	for from := 0; from < len(rows); from += lookupBatch {
		batch := rows[from:min(from+lookupBatch, len(rows))]
		if stmt == nil || len(batch) < lookupBatch {
			var err error
			if stmt, err = tx.Tx.PrepareContext(ctx, lookupSQL(r, len(batch))); err != nil {
				return nil, err
			}
			defer func() { _ = stmt.Close() }()
		}
		if err := s.lookupBatch(ctx, stmt, batch, out[from:]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lookupSQL numbers the ids that it asks for, so that answers need no text.
func lookupSQL(r *reading, n int) string {
	var b strings.Builder
	b.WriteString("WITH x (n, external_id) AS (VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("(" + strconv.Itoa(i) + ",?)")
	}
	b.WriteString(") SELECT x.n, k.id, k.digest, k.gone_gen FROM x CROSS JOIN " + KindTable(r.Kind) +
		" k ON k.instance_no = ? AND k.external_id = x.external_id")
	return b.String()
}

func (s *Sync) lookupBatch(ctx context.Context, stmt *sql.Stmt, rows []staged, out []knownRow) error {
	args := make([]any, 0, len(rows)+1)
	for i := range rows {
		args = append(args, cleanText(rows[i].row.ExternalID))
	}
	found, err := stmt.QueryContext(context.WithoutCancel(ctx), append(args, s.instanceNo)...)
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		var n, id, digest, gone int64
		if err := found.Scan(&n, &id, &digest, &gone); err != nil {
			return err
		}
		out[n] = knownRow{id, digest, gone != 0}
	}
	return found.Err()
}

// rebind writes ? as $1, $2 … for PostgreSQL: for statements that must not pass
// through bun, which would write the values into the text.
func rebind(tx bun.Tx, query string) string {
	if !isPostgres(tx) {
		return query
	}
	return numbered(query)
}

// numbered writes ? as $1, $2 …
func numbered(query string) string {
	var b strings.Builder
	n := 0
	for i := range len(query) {
		if query[i] != '?' {
			b.WriteByte(query[i])
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}
