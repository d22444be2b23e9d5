package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"purser"
	"purser/internal/store"
)

// Gate says whether the actor of a context may do something.
type Gate interface {
	Allow(ctx context.Context, op purser.Operation) error
}

// Log reads the audit log.
type Log struct {
	db   *store.DB
	gate Gate
}

// New returns the log kept in db, for those whom gate lets read it.
func New(db *store.DB, gate Gate) *Log { return &Log{db: db, gate: gate} }

// Line is one entry as it is shown.
type Line struct {
	ID         int64            `json:"id"`
	At         time.Time        `json:"at"`
	ActorKind  purser.ActorKind `json:"actor_kind"`
	ActorID    string           `json:"actor_id"`
	ActorName  string           `json:"actor_name"`
	Origin     string           `json:"origin"`
	Operation  purser.Operation `json:"operation"`
	What       string           `json:"what"` // in words
	Object     string           `json:"object,omitempty"`
	ObjectName string           `json:"object_name,omitempty"`
	Before     json.RawMessage  `json:"before,omitempty"`
	After      json.RawMessage  `json:"after,omitempty"`
	Hash       string           `json:"hash"`
}

// Filter selects entries; zero fields select everything.
type Filter struct {
	Operation    purser.Operation
	ActorID      string
	Object       string
	Since, Until time.Time
}

// countedUpTo is how far a total is exact.
const countedUpTo = 10_000

// List returns entries, the newest first.
func (l *Log) List(ctx context.Context, f Filter, page purser.Page) (purser.List[Line], error) {
	var list purser.List[Line]
	if err := l.gate.Allow(ctx, purser.OpAuditRead); err != nil {
		return list, err
	}
	limit := int64(page.Limit)
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 1000)
	var before int64
	if page.After != "" {
		var err error
		if before, err = strconv.ParseInt(page.After, 10, 64); err != nil || before < 1 {
			return list, purser.Invalid("after", "%q is not a cursor of this list", page.After)
		}
	}
	where := store.AuditFilter{Operation: string(f.Operation), ActorID: f.ActorID, Object: f.Object,
		Since: purser.MicrosOf(f.Since), Until: purser.MicrosOf(f.Until)}
	rows, err := store.AuditPage(ctx, l.db.Read(), where, before, limit+1)
	if err != nil {
		return list, fmt.Errorf("reading the audit log: %w", err)
	}
	if int64(len(rows)) > limit {
		rows = rows[:limit]
		list.Next = strconv.FormatInt(rows[limit-1].Seq, 10)
	}
	if list.Total, err = store.CountAudit(ctx, l.db.Read(), where, countedUpTo+1); err != nil {
		return list, fmt.Errorf("counting the audit log: %w", err)
	}
	if list.Total > countedUpTo {
		list.Total, list.More = countedUpTo, true
	}
	list.Items = make([]Line, len(rows))
	for i, r := range rows {
		list.Items[i] = line(r)
	}
	return list, nil
}

func line(r store.AuditRow) Line {
	out := Line{ID: r.Seq, At: r.At.Time(), ActorKind: purser.ActorKind(r.ActorKind), ActorID: r.ActorID, ActorName: r.ActorName,
		Origin: r.Origin, Operation: purser.Operation(r.Operation), Object: r.Object, ObjectName: r.ObjectName, Hash: r.Hash}
	if r.Before != "" {
		out.Before = json.RawMessage(r.Before)
	}
	if r.After != "" {
		out.After = json.RawMessage(r.After)
	}
	out.What = happened(out.Operation, out.Before, out.After)
	return out
}
