package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/engine"
)

// StreamInfo is what the store must know of a stream that is read into it.
type StreamInfo struct {
	Name     string
	Kind     purser.Kind
	Snapshot bool          // absence may mean that a thing is gone
	Enrich   bool          // writes fields of rows that exist
	Removals bool          // the source itself reports what is gone: one reading is enough
	Fields   []string      // the fields that the stream names; others are left alone. nil: all
	Parent   string        // of a stream that is asked once for each of another's records
	Basis    string        // digest of mapping, scopes and settings
	Oldest   time.Duration // how far back the vendor tells of events; 0: nobody says
	Lag      time.Duration // how late the vendor's own data is
}

// Sync keeps the readings of one run: it is the engine's Sink. Rows and
// checkpoint commit together. New rows stand in their table at once; changes of
// rows that exist wait in the stage until Finish has looked at them as a whole.
type Sync struct {
	db         *DB
	runNo      int64 // also the generation of each reading
	runID      string
	instanceNo int64
	task       purser.TaskName
	guard      Guard
	since      purser.Micros // start of the run

	mu       sync.Mutex
	readings map[string]*reading
}

// Guard says how many missing or changed rows a run may bring before a person is asked.
type Guard struct {
	Rows    int64 // at least so many
	Percent int64 // of the live rows
}

func (g Guard) exceeded(n, live int64) bool { return n > max(g.Rows, live*g.Percent/100) }

// reading is one stream in one run.
type reading struct {
	StreamInfo
	no         int64 // key of the stream
	gen        int64
	phase      string
	checkpoint json.RawMessage
	cursor     string
	oldBasis   string
	allowed    string
	heldFields string
	mergedSeq  int64
	live       int64 // rows of this kind and instance before, gone ones too: 0 means that nothing need be looked up
	result     engine.Result
	ended      bool             // result is known
	parts      map[string]int64 // recently used partitions
	fields     []purser.Field   // the columns it writes
	at         []int            // their places in Row.Values
	prints     *prints          // of the live rows, while reading
	toTable    *insert
	toStage    *insert
	seen       *bitmap // built when first asked for, after the reading
	names      map[string]string
}

// The phases of a reading.
const (
	phaseReading = "reading"
	phaseMerging = "merging"
	phaseJudging = "judging"
	phaseDone    = "done"
)

// NewSync returns the sink of a run. A zero guard is max(10, 20 %).
func (db *DB) NewSync(run RunRow, guard Guard) *Sync {
	if guard == (Guard{}) {
		guard = Guard{Rows: 10, Percent: 20}
	}
	return &Sync{db: db, runNo: run.No, runID: run.ID, instanceNo: run.InstanceNo, task: purser.TaskName(run.Task), guard: guard,
		since: run.StartedAt, readings: map[string]*reading{}}
}

// Begun says where a reading stands.
type Begun struct {
	Checkpoint json.RawMessage // nil: from the start
	Cursor     string          // where the last complete reading ended; "" if everything must be read
	Read       bool            // the reading ended before the process did: only Finish is missing
	Done       bool            // and that, too
	NotOffered int64           // when the vendor last said so, microseconds
	FirstTime  bool            // never read completely
}

// Begin opens the reading of a stream, or resumes the one of this run.
func (s *Sync) Begin(ctx context.Context, info StreamInfo) (Begun, error) {
	r := &reading{StreamInfo: info, gen: s.runNo, parts: map[string]int64{}}
	var out Begun
	err := s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var err error
		out, err = s.begin(ctx, tx, r)
		return err
	})
	if err != nil {
		return Begun{}, fmt.Errorf("open the reading of %s: %w", info.Name, err)
	}
	r.choose()
	r.toTable, r.toStage = s.newInsert(r), r.stageInsert()
	s.mu.Lock()
	s.readings[info.Name] = r
	s.mu.Unlock()
	return out, nil
}

func (s *Sync) begin(ctx context.Context, tx bun.Tx, r *reading) (out Begun, err error) {
	var st struct {
		No         int64  `bun:"no"`
		Cursor     string `bun:"next_cursor"`
		Basis      string `bun:"basis"`
		CompleteAt int64  `bun:"complete_at"`
		AskedAt    int64  `bun:"asked_at"`
		Allowed    string `bun:"allowed"`
	}
	err = tx.NewRaw(`INSERT INTO stream (instance_no, task, name, kind, gen) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (instance_no, task, name) DO UPDATE SET kind = excluded.kind, gen = excluded.gen
		RETURNING no, next_cursor, basis, complete_at, asked_at, allowed`,
		s.instanceNo, string(s.task), r.Name, string(r.Kind), s.runNo).Scan(ctx, &st)
	if err != nil {
		return out, err
	}
	r.no, r.cursor, r.oldBasis, r.allowed = st.No, st.Cursor, st.Basis, st.Allowed
	var rs struct {
		Phase      string `bun:"phase"`
		Checkpoint string `bun:"checkpoint"`
		MergedSeq  int64  `bun:"merged_seq"`
		Result     string `bun:"result"`
		Live       int64  `bun:"live_before"`
		Held       string `bun:"held_fields"`
	}
	err = tx.NewRaw(`SELECT phase, checkpoint, merged_seq, result, live_before, held_fields FROM run_stream
		WHERE run_no = ? AND stream_no = ?`, s.runNo, r.no).Scan(ctx, &rs)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if err := s.beginAfresh(ctx, tx, r); err != nil {
			return out, err
		}
	case err != nil:
		return out, err
	default:
		r.phase, r.mergedSeq, r.live, r.heldFields = rs.Phase, rs.MergedSeq, rs.Live, rs.Held
		if rs.Checkpoint != "" {
			r.checkpoint = json.RawMessage(rs.Checkpoint)
		}
		if rs.Result != "" {
			if err := json.Unmarshal([]byte(rs.Result), &r.result); err != nil {
				return out, fmt.Errorf("read how the reading ended: %w", err)
			}
			r.ended = true
		}
	}
	out = Begun{Checkpoint: r.checkpoint, Cursor: r.cursor, Read: r.phase != phaseReading, Done: r.phase == phaseDone,
		NotOffered: st.AskedAt, FirstTime: st.CompleteAt == 0}
	if r.oldBasis != "" && r.oldBasis != r.Basis {
		out.Cursor = "" // what was not mapped was never kept
	}
	return out, nil
}

func (s *Sync) beginAfresh(ctx context.Context, tx bun.Tx, r *reading) error {
	r.phase = phaseReading
	if slices.Contains(rowKinds(), r.Kind) {
		// What a reading that was given up has left.
		if err := clearReading(ctx, tx, r.Kind, r.no); err != nil {
			return err
		}
		// The answer 1 is enough: it only matters whether there is anything to look up.
		err := tx.NewRaw("SELECT count(*) FROM (SELECT 1 FROM "+KindTable(r.Kind)+" WHERE instance_no = ? LIMIT 1) AS x",
			s.instanceNo).Scan(ctx, &r.live)
		if err != nil {
			return err
		}
	}
	_, err := tx.NewRaw(`INSERT INTO run_stream (run_no, stream_no, gen, phase, live_before) VALUES (?, ?, ?, ?, ?)`,
		s.runNo, r.no, r.gen, r.phase, r.live).Exec(ctx)
	return err
}

// clearReading removes staged rows and seen sets of a stream.
func clearReading(ctx context.Context, tx bun.Tx, k purser.Kind, streamNo int64) error {
	if err := clearStage(ctx, tx, k, streamNo); err != nil {
		return err
	}
	for _, table := range []string{"seen", "leaving"} {
		if _, err := tx.NewRaw("DELETE FROM "+table+" WHERE stream_no = ?", streamNo).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// choose finds the columns that the stream writes.
func (r *reading) choose() {
	for i, f := range purser.Fields(r.Kind) {
		if i > 0 && (r.Fields == nil || slices.Contains(r.Fields, f.Name)) {
			r.fields = append(r.fields, f)
			r.at = append(r.at, i)
		}
	}
}

func (s *Sync) reading(stream string) (*reading, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.readings[stream]
	if r == nil {
		return nil, fmt.Errorf("stream %s was not begun", stream)
	}
	return r, nil
}

// names returns the quoted columns of fields, each after prefix, with commas.
func fieldList(fields []purser.Field, prefix string) string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = prefix + column(f.Name)
	}
	return strings.Join(out, ", ")
}
