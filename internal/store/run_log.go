package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"purser"
)

type logRow struct {
	Seq     int64         `bun:"seq"`
	At      purser.Micros `bun:"at"`
	Kind    string        `bun:"kind"`
	Stream  string        `bun:"stream"`
	Method  string        `bun:"method"`
	Host    string        `bun:"host"`
	Path    string        `bun:"path"`
	Status  int           `bun:"status"`
	TookUS  int64         `bun:"took_us"`
	Bytes   int64         `bun:"bytes"`
	Page    int           `bun:"page"`
	Attempt int           `bun:"attempt"`
	Class   string        `bun:"class"`
	Message string        `bun:"message"`
	Hint    string        `bun:"hint"`
}

const logColumns = "seq, at, kind, stream, method, host, path, status, took_us, bytes, page, attempt, class, message, hint"

// AppendLog adds lines to a run's log.
func AppendLog(ctx context.Context, tx bun.Tx, runNo int64, lines []purser.LogLine) error {
	if len(lines) == 0 {
		return nil
	}
	stmt, err := tx.Tx.PrepareContext(ctx, rebind(tx, "INSERT INTO run_log (run_no, "+logColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	for _, l := range lines {
		_, err := stmt.ExecContext(ctx, runNo, l.Seq, int64(purser.MicrosOf(l.At)), l.Kind, cleanText(l.Stream), l.Method, cleanText(l.Host), cleanText(l.Path),
			l.Status, l.Duration.Microseconds(), l.Bytes, l.Page, l.Attempt, string(l.Class), cleanText(l.Message), cleanText(l.Hint))
		if err != nil {
			return err
		}
	}
	return nil
}

// LastLogSeq returns the number of the last line of a run's log, 0 if there is none.
func LastLogSeq(ctx context.Context, db bun.IDB, runNo int64) (seq int64, err error) {
	err = db.NewRaw("SELECT COALESCE(max(seq), 0) FROM run_log WHERE run_no = ?", runNo).Scan(ctx, &seq)
	return seq, err
}

// RunLog returns the lines of a run's log after a number.
func RunLog(ctx context.Context, db bun.IDB, runNo int64, f LogFilter, after int64, limit int) ([]purser.LogLine, error) {
	var rows []logRow
	where, args := f.where()
	args = append(append([]any{runNo, after}, args...), limit)
	err := db.NewRaw("SELECT "+logColumns+" FROM run_log WHERE run_no = ? AND seq > ?"+where+" ORDER BY seq LIMIT ?", args...).Scan(ctx, &rows)
	out := make([]purser.LogLine, 0, len(rows))
	for _, r := range rows {
		out = append(out, purser.LogLine{Seq: r.Seq, At: r.At.Time(), Kind: r.Kind, Stream: r.Stream, Method: r.Method, Host: r.Host,
			Path: r.Path, Status: r.Status, Duration: time.Duration(r.TookUS) * time.Microsecond, Bytes: r.Bytes, Page: r.Page,
			Attempt: r.Attempt, Class: purser.Class(r.Class), Message: r.Message, Hint: r.Hint})
	}
	return out, err
}

// LogStreams returns the streams that a run's log names.
func LogStreams(ctx context.Context, db bun.IDB, runNo int64) (names []string, err error) {
	err = db.NewRaw("SELECT DISTINCT stream FROM run_log WHERE run_no = ? AND stream <> '' ORDER BY stream", runNo).Scan(ctx, &names)
	return names, err
}

// Rejects returns the records of a run that could not be read, with the reasons:
// the first hundred of each stream are kept.
func Rejects(ctx context.Context, db bun.IDB, runNo int64) ([]purser.Reject, error) {
	var rows []struct {
		Stream     string `bun:"name"`
		ExternalID string `bun:"external_id"`
		Reason     string `bun:"reason"`
	}
	err := db.NewRaw("SELECT s.name, x.external_id, x.reason FROM reject x JOIN stream s ON s.no = x.stream_no WHERE x.run_no = ? ORDER BY s.no", runNo).Scan(ctx, &rows)
	out := make([]purser.Reject, 0, len(rows))
	for _, r := range rows {
		out = append(out, purser.Reject(r))
	}
	return out, err
}

// ForgetLogs removes the logs of runs that ended before a time, with the records
// that could not be read in them, some at once; more is false when none are left.
func ForgetLogs(ctx context.Context, tx bun.Tx, before purser.Micros) (more bool, err error) {
	for _, table := range []string{"run_log", "reject"} {
		res, err := tx.NewRaw(`DELETE FROM `+table+` WHERE run_no IN (SELECT r.no FROM run r WHERE r.ended_at > 0 AND r.ended_at < ?
			AND EXISTS (SELECT 1 FROM `+table+` l WHERE l.run_no = r.no) ORDER BY r.no LIMIT 5)`, int64(before)).Exec(ctx)
		if err != nil {
			return false, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return false, err
		}
		more = more || n > 0
	}
	return more, nil
}
