package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
)

// mostCalls is how many kinds of requests of an instance are told apart. Paths
// are templates, so no connector comes near it.
const mostCalls = 500

// CountCalls adds requests that were sent to what is known of an instance.
func CountCalls(ctx context.Context, tx bun.Tx, instanceNo int64, calls []purser.Call) error {
	if len(calls) == 0 {
		return nil
	}
	var have int
	if err := tx.NewRaw("SELECT count(*) FROM vendor_call WHERE instance_no = ?", instanceNo).Scan(ctx, &have); err != nil {
		return fmt.Errorf("count the kinds of requests: %w", err)
	}
	for _, c := range calls {
		if have >= mostCalls {
			c.Path = "(other)"
		}
		_, err := tx.NewRaw(`INSERT INTO vendor_call (instance_no, host, method, path, calls, errors, bytes, first_at, last_at, failed_at, failed_why)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (instance_no, host, method, path) DO UPDATE SET
			calls = vendor_call.calls + excluded.calls, errors = vendor_call.errors + excluded.errors, bytes = vendor_call.bytes + excluded.bytes,
			last_at = CASE WHEN excluded.last_at > vendor_call.last_at THEN excluded.last_at ELSE vendor_call.last_at END,
			failed_why = CASE WHEN excluded.failed_at >= vendor_call.failed_at AND excluded.failed_at > 0 THEN excluded.failed_why ELSE vendor_call.failed_why END,
			failed_at = CASE WHEN excluded.failed_at > vendor_call.failed_at THEN excluded.failed_at ELSE vendor_call.failed_at END`,
			instanceNo, cleanText(c.Host), c.Method, cleanText(c.Path), c.Calls, c.Errors, c.Bytes, int64(purser.MicrosOf(c.FirstAt)),
			int64(purser.MicrosOf(c.LastAt)), int64(purser.MicrosOf(c.FailedAt)), cleanText(c.FailedBy)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("count a request: %w", err)
		}
	}
	return nil
}

// Calls returns what was asked of an instance's vendor, by host and path.
func Calls(ctx context.Context, db bun.IDB, instanceNo int64) ([]purser.Call, error) {
	var rows []struct {
		Host     string        `bun:"host"`
		Method   string        `bun:"method"`
		Path     string        `bun:"path"`
		Calls    int64         `bun:"calls"`
		Errors   int64         `bun:"errors"`
		Bytes    int64         `bun:"bytes"`
		FirstAt  purser.Micros `bun:"first_at"`
		LastAt   purser.Micros `bun:"last_at"`
		FailedAt purser.Micros `bun:"failed_at"`
		Why      string        `bun:"failed_why"`
	}
	err := db.NewRaw(`SELECT host, method, path, calls, errors, bytes, first_at, last_at, failed_at, failed_why FROM vendor_call
		WHERE instance_no = ? ORDER BY host, path, method`, instanceNo).Scan(ctx, &rows)
	out := make([]purser.Call, 0, len(rows))
	for _, r := range rows {
		out = append(out, purser.Call{Method: r.Method, Host: r.Host, Path: r.Path, Calls: r.Calls, Errors: r.Errors, Bytes: r.Bytes,
			FirstAt: r.FirstAt.Time(), LastAt: r.LastAt.Time(), FailedAt: r.FailedAt.Time(), FailedBy: r.Why})
	}
	return out, err
}
