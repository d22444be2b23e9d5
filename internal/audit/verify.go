package audit

import (
	"context"
	"fmt"

	"purser"
	"purser/internal/store"
)

// Broken says where the chain does not hold.
type Broken struct {
	Seq int64  // the first entry that is not as it was written
	Why string // in words
}

// Error returns it in words.
func (b *Broken) Error() string {
	return fmt.Sprintf("the audit log was changed behind Purser's back at entry %d: %s. "+
		"Compare the database with a backup from before, and find out who can write to it", b.Seq, b.Why)
}

// verifyBatch is how many entries are held in memory at a time.
const verifyBatch = 1000

// Verify walks the whole chain and returns how many entries it read. A log that
// is not as it was written gives a *Broken.
func (l *Log) Verify(ctx context.Context) (int64, error) {
	if err := l.gate.Allow(ctx, purser.OpAuditRead); err != nil {
		return 0, err
	}
	// The end is read first: entries that are added meanwhile lie behind it.
	last, lastHash, err := store.AuditHead(ctx, l.db.Read())
	if err != nil {
		return 0, fmt.Errorf("reading the end of the audit log: %w", err)
	}
	var at int64
	var previous string
	for at < last {
		rows, err := store.AuditAfter(ctx, l.db.Read(), at, verifyBatch)
		if err != nil {
			return at, fmt.Errorf("reading the audit log after entry %d: %w", at, err)
		}
		if len(rows) == 0 {
			return at, &Broken{Seq: at + 1, Why: fmt.Sprintf("entries %d to %d are gone", at+1, last)}
		}
		for _, r := range rows {
			if r.Seq > last {
				break
			}
			if r.Seq != at+1 {
				return at, &Broken{Seq: at + 1, Why: "it is gone"}
			}
			hash, err := chain(previous, r)
			if err != nil {
				return at, fmt.Errorf("audit entry %d: %w", r.Seq, err)
			}
			if hash != r.Hash {
				return at, &Broken{Seq: r.Seq, Why: "its content does not give its hash"}
			}
			at, previous = r.Seq, r.Hash
		}
	}
	if previous != lastHash {
		return at, &Broken{Seq: at, Why: "it is not the end that was written last"}
	}
	return at, nil
}
