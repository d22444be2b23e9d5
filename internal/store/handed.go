package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// LoadRow is a row of load: records that were handed over.
type LoadRow struct {
	No           int64         `bun:"no"`
	ID           string        `bun:"id"`
	InstanceNo   int64         `bun:"instance_no"`
	InstanceID   string        `bun:"instance_id"`
	InstanceName string        `bun:"instance_name"`
	Kind         string        `bun:"kind"`
	Mode         string        `bun:"mode"`
	Form         string        `bun:"form"`
	Name         string        `bun:"name"`
	Origin       string        `bun:"origin"`
	Mapping      string        `bun:"mapping"` // JSON; "" while there is none
	Digest       string        `bun:"digest"`  // of a file's bytes
	State        string        `bun:"state"`
	Bytes        int64         `bun:"bytes"`
	Pages        int64         `bun:"pages"`
	RunNo        int64         `bun:"run_no"`
	RunID        string        `bun:"run_id"`
	Read         int64         `bun:"read_rows"`
	Rejected     int64         `bun:"rejected_rows"`
	Message      string        `bun:"message"`
	Kept         int64         `bun:"kept"`
	OpenedBy     string        `bun:"opened_by"`
	OpenedAt     purser.Micros `bun:"opened_at"`
	FinishedAt   purser.Micros `bun:"finished_at"`
	EndedAt      purser.Micros `bun:"ended_at"`
}

// Load returns the row as people see it.
func (r LoadRow) Load() purser.Load {
	return purser.Load{ID: r.ID, InstanceID: r.InstanceID, InstanceName: r.InstanceName, Kind: purser.Kind(r.Kind), Mode: purser.LoadMode(r.Mode),
		Form: r.Form, Name: r.Name, Origin: r.Origin, State: purser.LoadState(r.State), Bytes: r.Bytes, Pages: r.Pages, Read: r.Read,
		Rejected: r.Rejected, RunID: r.RunID, Message: r.Message, Kept: r.Kept == 1, OpenedBy: r.OpenedBy, OpenedAt: r.OpenedAt.Time(),
		FinishedAt: r.FinishedAt.Time(), EndedAt: r.EndedAt.Time()}
}

// While a run reads a load, its numbers are the run's.
const loadSelect = `SELECT l.no, l.id, l.instance_no, COALESCE(i.id, '') AS instance_id, COALESCE(i.name, '') AS instance_name, l.kind, l.mode, l.form, l.name,
	l.origin, l.mapping, l.digest, l.state, l.bytes, l.pages, l.run_no, COALESCE(r.id, '') AS run_id,
	CASE WHEN l.ended_at = 0 THEN COALESCE((SELECT sum(x.items) FROM run_stream x JOIN stream s ON s.no = x.stream_no WHERE x.run_no = l.run_no AND s.kind = l.kind), 0)
	ELSE l.read_rows END AS read_rows,
	CASE WHEN l.ended_at = 0 THEN COALESCE((SELECT sum(x.rejected) FROM run_stream x JOIN stream s ON s.no = x.stream_no WHERE x.run_no = l.run_no AND s.kind = l.kind), 0)
	ELSE l.rejected_rows END AS rejected_rows,
	l.message, l.kept, l.opened_by, l.opened_at, l.finished_at, l.ended_at
	FROM load l LEFT JOIN instance i ON i.no = l.instance_no LEFT JOIN run r ON r.no = l.run_no `

// InsertLoad adds a load.
func InsertLoad(ctx context.Context, db bun.IDB, r LoadRow) error {
	_, err := db.NewRaw(`INSERT INTO load (id, instance_no, kind, mode, form, name, origin, state, opened_by, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.InstanceNo, r.Kind, r.Mode, r.Form, cleanText(r.Name), r.Origin, r.State, r.OpenedBy, int64(r.OpenedAt)).Exec(ctx)
	return err
}

// LoadByID returns one load; ok is false if there is none.
func LoadByID(ctx context.Context, db bun.IDB, id string) (r LoadRow, ok bool, err error) {
	err = db.NewRaw(loadSelect+`WHERE l.id = ?`, id).Scan(ctx, &r)
	return rowFound(r, err)
}

// Loads returns loads, the newest first: of an instance, of all for 0.
func Loads(ctx context.Context, db bun.IDB, instanceNo int64, limit int) (rows []LoadRow, err error) {
	err = db.NewRaw(loadSelect+`WHERE (l.instance_no = ? OR ? = 0) ORDER BY l.no DESC LIMIT ?`, instanceNo, instanceNo, limit).Scan(ctx, &rows)
	return rows, err
}

// LoadOfRun returns the load of that kind that a run reads; ok is false if it has none.
func LoadOfRun(ctx context.Context, db bun.IDB, runNo int64, kind purser.Kind) (r LoadRow, ok bool, err error) {
	err = db.NewRaw(loadSelect+`WHERE l.run_no = ? AND l.kind = ? AND l.state = 'queued'`, runNo, string(kind)).Scan(ctx, &r)
	return rowFound(r, err)
}

// TakeLoad gives the oldest load of that kind that waits to a run; ok is false if none waits.
func TakeLoad(ctx context.Context, tx bun.Tx, instanceNo, runNo int64, kind purser.Kind) (ok bool, err error) {
	return changed(tx.NewRaw(`UPDATE load SET run_no = ? WHERE no = (SELECT min(no) FROM load WHERE instance_no = ? AND kind = ? AND state = 'queued' AND run_no = 0)`,
		runNo, instanceNo, string(kind)).Exec(ctx))
}

// LastLoad returns the load of that kind that was read last and whose content is
// kept; ok is false if there is none.
func LastLoad(ctx context.Context, db bun.IDB, instanceNo int64, kind purser.Kind) (r LoadRow, ok bool, err error) {
	err = db.NewRaw(loadSelect+`WHERE l.no = (SELECT max(no) FROM load WHERE instance_no = ? AND kind = ? AND state = 'loaded') AND l.kept = 1`,
		instanceNo, string(kind)).Scan(ctx, &r)
	return rowFound(r, err)
}

// WaitingLoads returns how many loads of those kinds wait for a run of their own.
func WaitingLoads(ctx context.Context, db bun.IDB, instanceNo int64, kinds []purser.Kind) (n int64, err error) {
	err = db.NewRaw(`SELECT count(*) FROM load WHERE instance_no = ? AND state = 'queued' AND run_no = 0 AND kind IN (?)`, instanceNo, bun.List(kinds)).Scan(ctx, &n)
	return n, err
}

// FinishLoad closes a load that is open and lets it be read; ok is false if it is not open.
func FinishLoad(ctx context.Context, db bun.IDB, id string, mode purser.LoadMode, form, mapping string, at purser.Micros) (ok bool, err error) {
	return changed(db.NewRaw(`UPDATE load SET state = 'queued', mode = ?, form = ?, mapping = ?, finished_at = ? WHERE id = ? AND state = 'open'`,
		string(mode), form, mapping, int64(at), id).Exec(ctx))
}

// CancelLoad gives up a load that is open or waits; ok is false if it does not.
func CancelLoad(ctx context.Context, db bun.IDB, id string, at purser.Micros) (ok bool, err error) {
	return changed(db.NewRaw(`UPDATE load SET state = 'canceled', ended_at = ?, kept = 0 WHERE id = ? AND (state = 'open' OR state = 'queued' AND run_no = 0)`,
		int64(at), id).Exec(ctx))
}

// EndLoads notes how the loads that a run has read ended.
func EndLoads(ctx context.Context, db bun.IDB, runNo int64, state purser.LoadState, message string, at purser.Micros) error {
	const of = `FROM run_stream x JOIN stream s ON s.no = x.stream_no WHERE x.run_no = load.run_no AND s.kind = load.kind), 0)`
	_, err := db.NewRaw(`UPDATE load SET state = ?, message = ?, ended_at = ?, read_rows = COALESCE((SELECT sum(x.items) `+of+`,
		rejected_rows = COALESCE((SELECT sum(x.rejected) `+of+` WHERE run_no = ? AND state = 'queued'`, string(state), cleanText(message), int64(at), runNo).Exec(ctx)
	return err
}

// FreeLoads lets the loads of a run that was given up wait for another one.
func FreeLoads(ctx context.Context, db bun.IDB, runNo int64) error {
	_, err := db.NewRaw(`UPDATE load SET run_no = 0 WHERE run_no = ? AND state = 'queued'`, runNo).Exec(ctx)
	return err
}

// SetLoadContent notes what a file that was sent whole is.
func SetLoadContent(ctx context.Context, db bun.IDB, id, digest string, bytes, pages int64) (ok bool, err error) {
	return changed(db.NewRaw(`UPDATE load SET digest = ?, bytes = ?, pages = ? WHERE id = ? AND state = 'open'`, digest, bytes, pages, id).Exec(ctx))
}

// KnownFile returns the load of an instance that holds a file with those bytes and
// was not given up; ok is false if there is none.
func KnownFile(ctx context.Context, db bun.IDB, instanceNo int64, name, digest string) (r LoadRow, ok bool, err error) {
	err = db.NewRaw(loadSelect+`WHERE l.no = (SELECT max(no) FROM load WHERE instance_no = ? AND name = ? AND digest = ? AND state <> 'canceled')`,
		instanceNo, name, digest).Scan(ctx, &r)
	return rowFound(r, err)
}
