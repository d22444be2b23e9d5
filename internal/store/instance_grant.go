package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
)

// Grant is what a vendor said it granted to an instance's credential.
type Grant struct {
	Known  bool // false: the vendor does not tell
	Scopes []string
	ReadAt purser.Micros
}

// GrantOf returns what was last read; ok is false if nothing ever was.
func GrantOf(ctx context.Context, db bun.IDB, instanceNo int64) (g Grant, ok bool, err error) {
	var row struct {
		Known  int64         `bun:"known"`
		Scopes string        `bun:"scopes"`
		ReadAt purser.Micros `bun:"read_at"`
	}
	err = db.NewRaw("SELECT known, scopes, read_at FROM instance_grant WHERE instance_no = ?", instanceNo).Scan(ctx, &row)
	if _, ok, err = found(row, err); err != nil || !ok {
		return g, false, err
	}
	g.Known, g.ReadAt = row.Known != 0, row.ReadAt
	if err := json.Unmarshal([]byte(row.Scopes), &g.Scopes); err != nil {
		return g, false, fmt.Errorf("read the granted permissions: %w", err)
	}
	return g, true, nil
}

// SameGrant reports whether two grants give the same.
func SameGrant(a, b Grant) bool { return a.Known == b.Known && slices.Equal(a.Scopes, b.Scopes) }

// PutGrant keeps what a vendor said it granted.
func PutGrant(ctx context.Context, tx bun.Tx, instanceNo int64, g Grant) error {
	if g.Scopes == nil {
		g.Scopes = []string{}
	}
	scopes, err := json.Marshal(g.Scopes)
	if err != nil {
		return fmt.Errorf("write the granted permissions: %w", err)
	}
	known := int64(0)
	if g.Known {
		known = 1
	}
	_, err = tx.NewRaw(`INSERT INTO instance_grant (instance_no, known, scopes, read_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (instance_no) DO UPDATE SET known = excluded.known, scopes = excluded.scopes, read_at = excluded.read_at`,
		instanceNo, known, cleanText(string(scopes)), int64(g.ReadAt)).Exec(ctx)
	return err
}

// StreamUse is when a stream of an instance last brought a page.
type StreamUse struct {
	Task   string        `bun:"task"`
	Stream string        `bun:"name"`
	At     purser.Micros `bun:"at"`
}

// StreamsUsed returns the streams that brought a page in a run begun since a time.
func StreamsUsed(ctx context.Context, db bun.IDB, instanceNo int64, since purser.Micros) (rows []StreamUse, err error) {
	err = db.NewRaw(`SELECT s.task, s.name, max(r.started_at) AS at FROM run r JOIN run_stream x ON x.run_no = r.no JOIN stream s ON s.no = x.stream_no
		WHERE r.instance_no = ? AND r.started_at >= ? AND x.pages > 0 GROUP BY s.task, s.name ORDER BY s.task, s.name`,
		instanceNo, int64(since)).Scan(ctx, &rows)
	return rows, err
}
