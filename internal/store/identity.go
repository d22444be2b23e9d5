package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// Identity is a row of identity: who a user is at a provider.
type Identity struct {
	Issuer     string        `bun:"issuer"`
	Subject    string        `bun:"subject"`
	UserID     string        `bun:"user_id"`
	Email      string        `bun:"email"`
	CreatedAt  purser.Micros `bun:"created_at"`
	LastUsedAt purser.Micros `bun:"last_used_at"`
}

const identityColumns = `issuer, subject, user_id, email, created_at, last_used_at`

// InsertIdentity binds a user.
func InsertIdentity(ctx context.Context, db bun.IDB, i Identity) error {
	_, err := db.NewRaw(`INSERT INTO identity (`+identityColumns+`) VALUES (?, ?, ?, ?, ?, ?)`, i.Issuer, i.Subject, i.UserID, i.Email,
		int64(i.CreatedAt), int64(i.LastUsedAt)).Exec(ctx)
	return err
}

// IdentityBySubject returns one; ok is false if there is none.
func IdentityBySubject(ctx context.Context, db bun.IDB, issuer, subject string) (i Identity, ok bool, err error) {
	err = db.NewRaw(`SELECT `+identityColumns+` FROM identity WHERE issuer = ? AND subject = ?`, issuer, subject).Scan(ctx, &i)
	return rowFound(i, err)
}

// Identities returns those of a user; of everybody if userID is "".
func Identities(ctx context.Context, db bun.IDB, userID string) (all []Identity, err error) {
	err = db.NewRaw(`SELECT `+identityColumns+` FROM identity WHERE user_id = ? OR ? = '' ORDER BY created_at, issuer, subject`, userID, userID).Scan(ctx, &all)
	return all, err
}

// TouchIdentity notes that an identity signed in, under which address.
func TouchIdentity(ctx context.Context, db bun.IDB, i Identity) error {
	_, err := db.NewRaw(`UPDATE identity SET email = ?, last_used_at = ? WHERE issuer = ? AND subject = ?`, i.Email, int64(i.LastUsedAt),
		i.Issuer, i.Subject).Exec(ctx)
	return err
}

// DeleteIdentities unbinds a user from an issuer and says how many there were.
func DeleteIdentities(ctx context.Context, db bun.IDB, userID, issuer string) (int64, error) {
	res, err := db.NewRaw(`DELETE FROM identity WHERE user_id = ? AND issuer = ?`, userID, issuer).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// OIDCFlow is a row of oidc_flow: one way of a browser to the provider and back.
type OIDCFlow struct {
	State     string        `bun:"state"`
	Browser   string        `bun:"browser"`
	SessionID string        `bun:"session_id"`
	Purpose   string        `bun:"purpose"`
	Sealed    []byte        `bun:"sealed"`
	CreatedAt purser.Micros `bun:"created_at"`
	ExpiresAt purser.Micros `bun:"expires_at"`
}

const oidcFlowColumns = `state, browser, session_id, purpose, sealed, created_at, expires_at`

// PutOIDCFlow adds a flow and forgets those that ended.
func PutOIDCFlow(ctx context.Context, db bun.IDB, f OIDCFlow, now purser.Micros) error {
	if _, err := db.NewRaw(`DELETE FROM oidc_flow WHERE expires_at < ?`, int64(now)).Exec(ctx); err != nil {
		return err
	}
	_, err := db.NewRaw(`INSERT INTO oidc_flow (`+oidcFlowColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)`, f.State, f.Browser, f.SessionID, f.Purpose,
		f.Sealed, int64(f.CreatedAt), int64(f.ExpiresAt)).Exec(ctx)
	return err
}

// TakeOIDCFlow uses a flow up: of several at once only one gets it.
func TakeOIDCFlow(ctx context.Context, db bun.IDB, state string) (f OIDCFlow, ok bool, err error) {
	err = db.NewRaw(`DELETE FROM oidc_flow WHERE state = ? RETURNING `+oidcFlowColumns, state).Scan(ctx, &f)
	return rowFound(f, err)
}
