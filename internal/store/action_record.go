package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// Record is a row of a kind with its known fields as texts, numbers and lists.
type Record struct {
	No         int64
	ExternalID string
	Live       bool
	Missed     bool // the last complete reading did not show it; the second one decides
	Fields     map[string]any
}

// RecordFilter selects rows of a kind of one instance.
type RecordFilter struct {
	External string            // the vendor's identifier, "" for every one
	Equal    map[string]string // fields that are texts and what they must be
	Gone     bool              // also what is gone
	Limit    int
}

// Records returns rows of a kind with all their fields, in their order.
func Records(ctx context.Context, db bun.IDB, kind purser.Kind, instanceNo int64, f RecordFilter) (out []Record, err error) {
	fields := dataFields(kind)
	names := make([]string, len(fields))
	for n, field := range fields {
		names[n] = column(field.Name)
	}
	where, args := "instance_no = ?", []any{instanceNo}
	if f.External != "" {
		where, args = where+" AND external_id = ?", append(args, f.External)
	}
	if !f.Gone {
		where += " AND gone_gen = 0"
	}
	for _, field := range fields {
		if want, ok := f.Equal[field.Name]; ok {
			if !isText(field.Type) {
				return nil, fmt.Errorf("the field %s of %s is no text", field.Name, kind)
			}
			where, args = where+" AND "+column(field.Name)+" = ?", append(args, want)
		}
	}
	rows, err := db.QueryContext(ctx, "SELECT id, external_id, gone_gen, missed, "+strings.Join(names, ", ")+" FROM "+KindTable(kind)+
		" WHERE "+where+" ORDER BY id LIMIT ?", append(args, max(f.Limit, 1))...)
	if err != nil {
		return nil, fmt.Errorf("read records of kind %s: %w", kind, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		r := Record{Fields: map[string]any{}}
		var gone, missed int64
		texts, numbers := make([]*string, len(fields)), make([]*int64, len(fields))
		into := []any{&r.No, &r.ExternalID, &gone, &missed}
		for n, field := range fields {
			if isText(field.Type) {
				into = append(into, &texts[n])
			} else {
				into = append(into, &numbers[n])
			}
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("read records of kind %s: %w", kind, err)
		}
		r.Live, r.Missed = gone == 0, missed > 0
		r.Fields["external_id"] = r.ExternalID
		for n, field := range fields {
			if v := recordValue(field.Type, texts[n], numbers[n]); v != nil {
				r.Fields[field.Name] = v
			}
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// recordValue is a value as expressions see it; nil for unknown.
func recordValue(t purser.FieldType, text *string, number *int64) any {
	switch {
	case text != nil && t == purser.Texts:
		var list []string
		if json.Unmarshal([]byte(*text), &list) != nil {
			return nil
		}
		return list
	case text != nil:
		return *text
	case number == nil:
		return nil
	case t == purser.Bool:
		return *number != 0
	}
	return *number
}

// StreamReading is when a stream was last read completely by a run.
type StreamReading struct {
	BegunAt purser.Micros `bun:"started_at"` // of the run
	Kind    string        `bun:"kind"`
	Task    string        `bun:"task"`
	Held    string        `bun:"held_fields"` // changes of these fields wait for a person
}

// LastReading returns the latest complete reading of a stream of an instance; ok
// is false if there was none.
func LastReading(ctx context.Context, db bun.IDB, instanceNo int64, stream string) (r StreamReading, ok bool, err error) {
	err = db.NewRaw(`SELECT r.started_at, s.kind, s.task, x.held_fields FROM run_stream x JOIN run r ON r.no = x.run_no JOIN stream s ON s.no = x.stream_no
		WHERE s.instance_no = ? AND s.name = ? AND x.phase = 'done' AND x.state = 'complete' ORDER BY r.started_at DESC LIMIT 1`, instanceNo, stream).Scan(ctx, &r)
	return found(r, err)
}

// LinkedPerson is the person to whom an account is linked, by the source's own identifier.
type LinkedPerson struct {
	ExternalID string `bun:"external_id"`
	Connector  string `bun:"connector"`
	TenantID   string `bun:"tenant_id"`
	InstanceID string `bun:"instance_id"`
}

// PersonOfAccount returns the person to whom an account is linked, empty if to none.
func PersonOfAccount(ctx context.Context, db bun.IDB, accountID int64) (LinkedPerson, error) {
	var p LinkedPerson
	err := db.NewRaw(`SELECT p.external_id, i.connector, COALESCE(i.tenant_id, '') AS tenant_id, i.id AS instance_id FROM account_person ap
		JOIN "person" p ON p.id = ap.person_id JOIN instance i ON i.no = p.instance_no WHERE ap.account_id = ?`, accountID).Scan(ctx, &p)
	p, _, err = found(p, err)
	return p, err
}
