package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// OwnConnector is a row of own_connector: a connector as an admin has trusted it.
type OwnConnector struct {
	Name      string        `bun:"name"`
	Digest    string        `bun:"digest"`
	Manifest  string        `bun:"manifest"`
	TrustedBy string        `bun:"trusted_by"`
	TrustedAt purser.Micros `bun:"trusted_at"`
}

// OwnConnectors returns every connector that was trusted, by name.
func OwnConnectors(ctx context.Context, db bun.IDB) (all []OwnConnector, err error) {
	err = db.NewRaw(`SELECT name, digest, manifest, trusted_by, trusted_at FROM own_connector ORDER BY name`).Scan(ctx, &all)
	return all, err
}

// TrustOwnConnector notes that a connector is trusted as it is.
func TrustOwnConnector(ctx context.Context, db bun.IDB, c OwnConnector) error {
	_, err := db.NewRaw(`INSERT INTO own_connector (name, digest, manifest, trusted_by, trusted_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, manifest = excluded.manifest, trusted_by = excluded.trusted_by, trusted_at = excluded.trusted_at`,
		c.Name, c.Digest, c.Manifest, c.TrustedBy, int64(c.TrustedAt)).Exec(ctx)
	return err
}

// PauseInstances makes the live instances of a connector inactive, with the reason.
func PauseInstances(ctx context.Context, db bun.IDB, connector, reason string, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE instance SET status = 'inactive', status_since = ?, reason = ?, updated_at = ?, version = version + 1 WHERE connector = ? AND status = 'live'`,
		int64(at), reason, int64(at), connector).Exec(ctx)
	return err
}

// ResumeInstances makes the instances live again that were paused for that reason, and due.
func ResumeInstances(ctx context.Context, db bun.IDB, connector, reason string, at purser.Micros) error {
	_, err := db.NewRaw(`UPDATE instance_task SET next_run_at = ? WHERE enabled = TRUE AND instance_id IN
		(SELECT id FROM instance WHERE connector = ? AND status = 'inactive' AND reason = ?)`, int64(at), connector, reason).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = db.NewRaw(`UPDATE instance SET status = 'live', status_since = ?, reason = '', updated_at = ?, version = version + 1
		WHERE connector = ? AND status = 'inactive' AND reason = ?`, int64(at), int64(at), connector, reason).Exec(ctx)
	return err
}
