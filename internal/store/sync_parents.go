package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strconv"

	"purser"
	"purser/internal/engine"
)

// parentBatch is how many parents are read at once.
const parentBatch = 500

// Parents yields the records of an earlier stream of this run, present in its
// reading, in ascending order of external id, those after the given one only.
func (s *Sync) Parents(ctx context.Context, stream, after string) iter.Seq2[engine.Parent, error] {
	return func(yield func(engine.Parent, error) bool) {
		r, err := s.reading(stream)
		if err != nil {
			yield(engine.Parent{}, err)
			return
		}
		seen, err := s.seenOf(ctx, r)
		if err != nil {
			yield(engine.Parent{}, fmt.Errorf("read what was seen of %s: %w", stream, err))
			return
		}
		for {
			batch, last, err := s.parents(ctx, r, seen, after)
			if err != nil {
				yield(engine.Parent{}, fmt.Errorf("read the records of %s: %w", stream, err))
				return
			}
			for _, p := range batch {
				if !yield(p, nil) {
					return
				}
			}
			if last == "" {
				return
			}
			after = last
		}
	}
}

// parents returns those of the next rows that are present; last is where to go on, "" at the end.
func (s *Sync) parents(ctx context.Context, r *reading, seen *bitmap, after string) (batch []engine.Parent, last string, err error) {
	// Ordered by bytes on both databases, whatever the server's locale.
	collate := ""
	if s.db.dialect == Postgres {
		collate = ` COLLATE "C"`
	}
	fields := dataFields(r.Kind)
	rows, err := s.db.reader.QueryContext(ctx, "SELECT id, changed_gen, external_id, "+fieldList(fields, "")+" FROM "+KindTable(r.Kind)+
		" WHERE instance_no = ? AND external_id"+collate+" > ? AND stream_no = ? AND gone_gen = 0 ORDER BY external_id"+collate+" LIMIT ?", s.instanceNo, after, r.no, parentBatch)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for rows.Next() {
		n++
		var id, gen int64
		values := make([]sql.NullString, len(fields))
		dest := []any{&id, &gen, &last}
		for i := range values {
			dest = append(dest, &values[i])
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, "", err
		}
		if gen == r.gen || seen.has(id) {
			batch = append(batch, engine.Parent{ExternalID: last, Field: parentField(last, fields, values)})
		}
	}
	if err := rows.Err(); err != nil {
		return nil, "", err
	}
	if n < parentBatch {
		last = ""
	}
	return batch, last, nil
}

func parentField(id string, fields []purser.Field, values []sql.NullString) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if name == "external_id" {
			return id, true
		}
		for i, f := range fields {
			if f.Name != name || !values[i].Valid {
				continue
			}
			if f.Type == purser.Bool {
				return strconv.FormatBool(values[i].String == "1"), true
			}
			return values[i].String, true
		}
		return "", false
	}
}

// Lookup returns the name of an id from a lookup stream of this run.
func (s *Sync) Lookup(stream, id string) (name string, ok bool) {
	r, err := s.reading(stream)
	if err != nil {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.names == nil {
		if r.names, err = s.lookupNames(r); err != nil {
			return "", false
		}
	}
	name, ok = r.names[id]
	return name, ok
}

func (s *Sync) lookupNames(r *reading) (map[string]string, error) {
	var rows []struct {
		ID   string `bun:"external_id"`
		Name string `bun:"name"`
	}
	// The engine asks without a context: a look-up is a matter of the process.
	err := s.db.reader.NewRaw("SELECT external_id, name FROM "+KindTable(r.Kind)+" WHERE instance_no = ? AND stream_no = ? AND gone_gen = 0",
		s.instanceNo, r.no).Scan(context.Background(), &rows)
	names := make(map[string]string, len(rows))
	for _, x := range rows {
		names[x.ID] = x.Name
	}
	return names, err
}
