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

type flowRow struct {
	State      string        `bun:"state"`
	Session    string        `bun:"session"`
	UserID     string        `bun:"user_id"`
	InstanceID string        `bun:"instance_id"`
	Connector  string        `bun:"connector"`
	Auth       string        `bun:"auth"`
	Hosts      string        `bun:"hosts"`
	Scopes     string        `bun:"scopes"`
	Redirect   string        `bun:"redirect"`
	Sealed     string        `bun:"sealed"`
	CreatedAt  purser.Micros `bun:"created_at"`
	ExpiresAt  purser.Micros `bun:"expires_at"`
}

const flowColumns = `state, session, user_id, instance_id, connector, auth, hosts, scopes, redirect, sealed, created_at, expires_at`

// PutFlow stores a new flow and forgets those that ended before now.
func (c Credentials) PutFlow(ctx context.Context, f credential.Flow, now time.Time) error {
	scopes, err := json.Marshal(f.Scopes)
	if err != nil {
		return fmt.Errorf("write an authorization: %w", err)
	}
	sealed, err := json.Marshal(f.Sealed)
	if err != nil {
		return fmt.Errorf("write an authorization: %w", err)
	}
	return c.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw(`DELETE FROM authorize_flow WHERE expires_at < ?`, now.UnixMicro()).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw(`INSERT INTO authorize_flow (`+flowColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, f.State, f.Session,
			f.UserID, f.InstanceID, f.Connector, f.Auth, f.Hosts, string(scopes), f.Redirect, string(sealed), f.CreatedAt.UnixMicro(),
			f.ExpiresAt.UnixMicro()).Exec(ctx)
		return err
	})
}

// TakeFlow returns and deletes a flow in one step: of two calls one gets it.
func (c Credentials) TakeFlow(ctx context.Context, state string) (credential.Flow, error) {
	var r flowRow
	err := c.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return tx.NewRaw(`DELETE FROM authorize_flow WHERE state = ? RETURNING `+flowColumns, state).Scan(ctx, &r)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return credential.Flow{}, credential.ErrNoFlow
	}
	if err != nil {
		return credential.Flow{}, err
	}
	f := credential.Flow{State: r.State, Session: r.Session, UserID: r.UserID, InstanceID: r.InstanceID, Connector: r.Connector,
		Auth: r.Auth, Hosts: r.Hosts, Redirect: r.Redirect, CreatedAt: r.CreatedAt.Time(), ExpiresAt: r.ExpiresAt.Time()}
	if err := errors.Join(json.Unmarshal([]byte(r.Scopes), &f.Scopes), json.Unmarshal([]byte(r.Sealed), &f.Sealed)); err != nil {
		return credential.Flow{}, fmt.Errorf("read an authorization: %w", err)
	}
	return f, nil
}
