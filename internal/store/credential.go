package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/credential"
)

// Credentials keeps sealed credentials: the credential.Store of this database.
type Credentials struct{ db *DB }

// Credentials returns the store of sealed credentials.
func (db *DB) Credentials() Credentials { return Credentials{db} }

type credentialRow struct {
	ID         string        `bun:"id"`
	InstanceID string        `bun:"instance_id"`
	Connector  string        `bun:"connector"`
	Auth       string        `bun:"auth"`
	Hosts      string        `bun:"hosts"`
	Generation int64         `bun:"generation"`
	Sealed     string        `bun:"sealed"`
	EnteredAt  purser.Micros `bun:"entered_at"`
	ExpiresAt  purser.Micros `bun:"expires_at"`
	ExpiresBy  string        `bun:"expires_by"`
	DeclaredAt purser.Micros `bun:"declared_at"`
	UsedAt     purser.Micros `bun:"used_at"`
}

const credentialSelect = `SELECT id, instance_id, connector, auth, hosts, generation, sealed, entered_at, expires_at, expires_by, declared_at, used_at FROM credential `

func (r credentialRow) record() (credential.Record, error) {
	sealed := map[string][]byte{}
	if err := json.Unmarshal([]byte(r.Sealed), &sealed); err != nil {
		return credential.Record{}, fmt.Errorf("read credential %s: %w", r.ID, err)
	}
	return credential.Record{ID: r.ID, InstanceID: r.InstanceID, Connector: r.Connector, Auth: r.Auth, Hosts: r.Hosts,
		Generation: r.Generation, Sealed: sealed, EnteredAt: r.EnteredAt.Time(), ExpiresAt: r.ExpiresAt.Time(),
		ExpiresBy: credential.ExpirySource(r.ExpiresBy), DeclaredAt: r.DeclaredAt.Time(), UsedAt: r.UsedAt.Time()}, nil
}

// Credential returns the record, credential.ErrNoCredential if there is none.
func (c Credentials) Credential(ctx context.Context, id string) (credential.Record, error) {
	return scanCredential(ctx, c.db.Read(), "WHERE id = ?", id)
}

// CredentialByID is Credential in a transaction.
func CredentialByID(ctx context.Context, db bun.IDB, id string) (credential.Record, error) {
	return scanCredential(ctx, db, "WHERE id = ?", id)
}

// DeleteCredential forgets a credential.
func DeleteCredential(ctx context.Context, db bun.IDB, id string) error {
	_, err := db.NewRaw(`DELETE FROM credential WHERE id = ?`, id).Exec(ctx)
	return err
}

func scanCredential(ctx context.Context, db bun.IDB, where string, arg string) (credential.Record, error) {
	var r credentialRow
	err := db.NewRaw(credentialSelect+where, arg).Scan(ctx, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return credential.Record{}, credential.ErrNoCredential
	}
	if err != nil {
		return credential.Record{}, err
	}
	return r.record()
}

// SwapCredential writes r if the stored generation is was.
func (c Credentials) SwapCredential(ctx context.Context, r credential.Record, was int64) error {
	return c.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return SwapCredential(ctx, tx, r, was) })
}

// SwapCredential writes r in a transaction if the stored generation is was (0:
// there is none yet), credential.ErrConflict otherwise.
func SwapCredential(ctx context.Context, db bun.IDB, r credential.Record, was int64) error {
	sealed, err := json.Marshal(r.Sealed)
	if err != nil {
		return fmt.Errorf("write credential %s: %w", r.ID, err)
	}
	var res sql.Result
	if was == 0 {
		res, err = db.NewRaw(`INSERT INTO credential (id, instance_id, connector, auth, hosts, generation, sealed, entered_at, expires_at, expires_by, declared_at, used_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, r.ID, r.InstanceID, r.Connector, r.Auth, r.Hosts, r.Generation,
			string(sealed), int64(purser.MicrosOf(r.EnteredAt)), int64(purser.MicrosOf(r.ExpiresAt)), string(r.ExpiresBy), int64(purser.MicrosOf(r.DeclaredAt)), int64(purser.MicrosOf(r.UsedAt))).Exec(ctx)
	} else {
		res, err = db.NewRaw(`UPDATE credential SET auth = ?, hosts = ?, generation = ?, sealed = ?, entered_at = ?, expires_at = ?, expires_by = ?, declared_at = ?, used_at = ?
			WHERE id = ? AND generation = ?`, r.Auth, r.Hosts, r.Generation, string(sealed), int64(purser.MicrosOf(r.EnteredAt)),
			int64(purser.MicrosOf(r.ExpiresAt)), string(r.ExpiresBy), int64(purser.MicrosOf(r.DeclaredAt)), int64(purser.MicrosOf(r.UsedAt)), r.ID, was).Exec(ctx)
	}
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, credential.ErrConflict)
	}
	return nil
}

// LeaseCredential lets holder alone refresh the credential until the given time.
func (c Credentials) LeaseCredential(ctx context.Context, id, holder string, now, until time.Time) (ok bool, err error) {
	err = c.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewRaw(`UPDATE credential SET lease_holder = ?, lease_until = ?
			WHERE id = ? AND (lease_holder = '' OR lease_holder = ? OR lease_until <= ?)`,
			holder, until.UnixMicro(), id, holder, now.UnixMicro()).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n == 1
		return err
	})
	return ok && err == nil, err
}

// ReleaseCredential ends the lease of holder, if it has one.
func (c Credentials) ReleaseCredential(ctx context.Context, id, holder string) error {
	return c.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`UPDATE credential SET lease_holder = '', lease_until = 0 WHERE id = ? AND lease_holder = ?`, id, holder).Exec(ctx)
		return err
	})
}

// FreeLeases ends the leases that an earlier process of a node holds: it is dead.
func (c Credentials) FreeLeases(ctx context.Context, node string) error {
	return c.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`UPDATE credential SET lease_holder = '', lease_until = 0 WHERE substr(lease_holder, 1, ?) = ?`, len(node)+1, node+".").Exec(ctx)
		return err
	})
}

// AnyCredential reports whether anything is sealed in this database.
func AnyCredential(ctx context.Context, db bun.IDB) (bool, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM (SELECT 1 FROM credential LIMIT 1) AS one`).Scan(ctx, &n)
	return n > 0, err
}
