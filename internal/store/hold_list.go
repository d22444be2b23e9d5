package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// HoldRow is a hold with what is needed to carry it out.
type HoldRow struct {
	purser.Hold
	InstanceNo int64
	Task       purser.TaskName
	StreamNo   int64
	Gen        int64
}

type holdScan struct {
	ID         string        `bun:"id"`
	InstanceNo int64         `bun:"instance_no"`
	InstanceID string        `bun:"instance_id"`
	RunID      string        `bun:"run_id"`
	StreamNo   int64         `bun:"stream_no"`
	Stream     string        `bun:"stream"`
	Task       string        `bun:"task"`
	Gen        int64         `bun:"gen"`
	Kind       string        `bun:"kind"`
	What       string        `bun:"what"`
	Field      string        `bun:"field"`
	Count      int64         `bun:"count"`
	Live       int64         `bun:"live"`
	Why        string        `bun:"why"`
	Names      string        `bun:"names"`
	CreatedAt  purser.Micros `bun:"created_at"`
	DecidedAt  purser.Micros `bun:"decided_at"`
	Decision   string        `bun:"decision"`
	DecidedBy  string        `bun:"decided_by"`
}

const holdSelect = `SELECT h.id, h.instance_no, i.id AS instance_id, h.run_id, h.stream_no, s.name AS stream, s.task, h.gen, h.kind, h.what,
	h.field, h.count, h.live, h.why, h.names, h.created_at, h.decided_at, h.decision, h.decided_by
	FROM hold h JOIN stream s ON s.no = h.stream_no JOIN instance i ON i.no = h.instance_no `

func (x holdScan) row() (HoldRow, error) {
	h := HoldRow{InstanceNo: x.InstanceNo, Task: purser.TaskName(x.Task), StreamNo: x.StreamNo, Gen: x.Gen, Hold: purser.Hold{ID: x.ID,
		InstanceID: x.InstanceID, RunID: x.RunID, Stream: x.Stream, Kind: purser.Kind(x.Kind), What: x.What, Field: x.Field,
		Count: x.Count, Live: x.Live, Why: x.Why, CreatedAt: x.CreatedAt.Time(), DecidedAt: x.DecidedAt.Time(),
		Decision: x.Decision, DecidedBy: x.DecidedBy}}
	if err := json.Unmarshal([]byte(x.Names), &h.Names); err != nil {
		return h, fmt.Errorf("read the names of hold %s: %w", x.ID, err)
	}
	return h, nil
}

// Holds returns the holds of an instance, all of them if instanceID is "": those
// that wait for a decision first, then the latest hundred.
func Holds(ctx context.Context, db bun.IDB, instanceID string) ([]purser.Hold, error) {
	var rows []holdScan
	err := db.NewRaw(holdSelect+"WHERE (? = '' OR i.id = ?) ORDER BY CASE WHEN h.decided_at = 0 THEN 0 ELSE 1 END, h.no DESC LIMIT 100",
		instanceID, instanceID).Scan(ctx, &rows)
	out := make([]purser.Hold, 0, len(rows))
	for _, x := range rows {
		h, err := x.row()
		if err != nil {
			return nil, err
		}
		out = append(out, h.Hold)
	}
	return out, err
}

// Hold returns one hold.
func Hold(ctx context.Context, db bun.IDB, id string) (HoldRow, error) {
	var x holdScan
	err := db.NewRaw(holdSelect+"WHERE h.id = ?", id).Scan(ctx, &x)
	if errors.Is(err, sql.ErrNoRows) {
		return HoldRow{}, purser.NotFound("hold", id)
	}
	if err != nil {
		return HoldRow{}, err
	}
	return x.row()
}
