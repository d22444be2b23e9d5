package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// TOTP is a row of totp: the second factor of a local account.
type TOTP struct {
	UserID      string        `bun:"user_id"`
	Sealed      []byte        `bun:"sealed"`
	CreatedAt   purser.Micros `bun:"created_at"`
	ConfirmedAt purser.Micros `bun:"confirmed_at"` // 0 while it is being set up
	LastStep    int64         `bun:"last_step"`    // the newest step whose code was used
}

// PutTOTP adds or replaces a user's second factor.
func PutTOTP(ctx context.Context, db bun.IDB, t TOTP) error {
	_, err := db.NewRaw(`INSERT INTO totp (user_id, sealed, created_at, confirmed_at, last_step) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at,
		confirmed_at = excluded.confirmed_at, last_step = excluded.last_step`,
		t.UserID, t.Sealed, int64(t.CreatedAt), int64(t.ConfirmedAt), t.LastStep).Exec(ctx)
	return err
}

// TOTPOf returns a user's second factor; ok is false if there is none. Within a
// transaction of PostgreSQL it stays as it is until the end: a code counts once.
func TOTPOf(ctx context.Context, db bun.IDB, userID string) (t TOTP, ok bool, err error) {
	lock := ""
	if _, writes := db.(bun.Tx); writes {
		lock = forUpdate(db)
	}
	err = db.NewRaw(`SELECT user_id, sealed, created_at, confirmed_at, last_step FROM totp WHERE user_id = ?`+lock, userID).Scan(ctx, &t)
	return rowFound(t, err)
}

// TOTPUsers returns who has a second factor in use.
func TOTPUsers(ctx context.Context, db bun.IDB) (ids []string, err error) {
	err = db.NewRaw(`SELECT user_id FROM totp WHERE confirmed_at > 0`).Scan(ctx, &ids)
	return ids, err
}

// DeleteTOTP removes a user's second factor with its recovery codes; ok is false
// if there was none.
func DeleteTOTP(ctx context.Context, db bun.IDB, userID string) (ok bool, err error) {
	if _, err := db.NewRaw(`DELETE FROM recovery_code WHERE user_id = ?`, userID).Exec(ctx); err != nil {
		return false, err
	}
	res, err := db.NewRaw(`DELETE FROM totp WHERE user_id = ?`, userID).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// PutRecoveryCodes replaces a user's recovery codes.
func PutRecoveryCodes(ctx context.Context, db bun.IDB, userID string, hashes []string) error {
	if _, err := db.NewRaw(`DELETE FROM recovery_code WHERE user_id = ?`, userID).Exec(ctx); err != nil {
		return err
	}
	for _, hash := range hashes {
		if _, err := db.NewRaw(`INSERT INTO recovery_code (hash, user_id) VALUES (?, ?)`, hash, userID).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// TakeRecoveryCode uses a code up: of several at once only one gets true.
func TakeRecoveryCode(ctx context.Context, db bun.IDB, userID, hash string) (bool, error) {
	res, err := db.NewRaw(`DELETE FROM recovery_code WHERE user_id = ? AND hash = ?`, userID, hash).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// CountRecoveryCodes returns how many a user has left.
func CountRecoveryCodes(ctx context.Context, db bun.IDB, userID string) (n int, err error) {
	err = db.NewRaw(`SELECT count(*) FROM recovery_code WHERE user_id = ?`, userID).Scan(ctx, &n)
	return n, err
}

// PutSignInStep keeps a sign-in whose code is due, and forgets those that are over.
func PutSignInStep(ctx context.Context, db bun.IDB, hash, userID string, expires, now purser.Micros) error {
	if _, err := db.NewRaw(`DELETE FROM sign_in_step WHERE expires_at < ?`, int64(now)).Exec(ctx); err != nil {
		return err
	}
	_, err := db.NewRaw(`INSERT INTO sign_in_step (hash, user_id, expires_at) VALUES (?, ?, ?)`, hash, userID, int64(expires)).Exec(ctx)
	return err
}

// SignInStep returns whose code is due; ok is false if there is no such sign-in.
func SignInStep(ctx context.Context, db bun.IDB, hash string, now purser.Micros) (userID string, ok bool, err error) {
	err = db.NewRaw(`SELECT user_id FROM sign_in_step WHERE hash = ? AND expires_at > ?`, hash, int64(now)).Scan(ctx, &userID)
	return rowFound(userID, err)
}

// TakeSignInStep ends it: of several at once only one gets true.
func TakeSignInStep(ctx context.Context, db bun.IDB, hash string) (bool, error) {
	res, err := db.NewRaw(`DELETE FROM sign_in_step WHERE hash = ?`, hash).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
