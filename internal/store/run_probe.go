package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// ProbeRow says how often a refused credential was tried again, and when next.
type ProbeRow struct {
	InstanceNo int64         `bun:"instance_no"`
	Tries      int64         `bun:"tries"`
	NextAt     purser.Micros `bun:"next_at"`
}

// PutProbe notes when a refused credential is tried next.
func PutProbe(ctx context.Context, tx bun.Tx, p ProbeRow) error {
	_, err := tx.NewRaw(`INSERT INTO credential_probe (instance_no, tries, next_at) VALUES (?, ?, ?)
		ON CONFLICT (instance_no) DO UPDATE SET tries = excluded.tries, next_at = excluded.next_at`,
		p.InstanceNo, p.Tries, int64(p.NextAt)).Exec(ctx)
	return err
}

// ProbeOf returns the tries of an instance; ok is false if its credential is not in doubt.
func ProbeOf(ctx context.Context, db bun.IDB, instanceNo int64) (p ProbeRow, ok bool, err error) {
	err = db.NewRaw("SELECT instance_no, tries, next_at FROM credential_probe WHERE instance_no = ?", instanceNo).Scan(ctx, &p)
	return found(p, err)
}

// DueProbes returns the credentials whose next try has come.
func DueProbes(ctx context.Context, db bun.IDB, now purser.Micros) (rows []ProbeRow, err error) {
	err = db.NewRaw(`SELECT p.instance_no, p.tries, p.next_at FROM credential_probe p JOIN instance i ON i.no = p.instance_no
		WHERE p.next_at <= ? AND i.status = 'live' ORDER BY p.next_at`, int64(now)).Scan(ctx, &rows)
	return rows, err
}

// DropProbe ends the tries.
func DropProbe(ctx context.Context, tx bun.Tx, instanceNo int64) error {
	_, err := tx.NewRaw("DELETE FROM credential_probe WHERE instance_no = ?", instanceNo).Exec(ctx)
	return err
}
