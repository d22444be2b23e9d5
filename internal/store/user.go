package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"purser"
)

// User is a row of users: somebody who may sign in to Purser.
type User struct {
	ID           string        `bun:"id"`
	Email        string        `bun:"email"` // lower case
	Name         string        `bun:"name"`
	Role         purser.Role   `bun:"role"`
	Password     string        `bun:"password"` // argon2id in its own notation, "" for none yet
	CreatedAt    purser.Micros `bun:"created_at"`
	UpdatedAt    purser.Micros `bun:"updated_at"`
	LastSignInAt purser.Micros `bun:"last_sign_in_at"`
}

const userColumns = `id, email, name, role, password, created_at, updated_at, last_sign_in_at`

// InsertUser adds a user.
func InsertUser(ctx context.Context, db bun.IDB, u User) error {
	_, err := db.NewRaw(`INSERT INTO users (`+userColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, u.ID, u.Email, u.Name,
		string(u.Role), u.Password, int64(u.CreatedAt), int64(u.UpdatedAt), int64(u.LastSignInAt)).Exec(ctx)
	return err
}

// UpdateUser changes everything but the identifier and the time of creation.
func UpdateUser(ctx context.Context, db bun.IDB, u User) error {
	_, err := db.NewRaw(`UPDATE users SET email = ?, name = ?, role = ?, password = ?, updated_at = ?, last_sign_in_at = ?
		WHERE id = ?`, u.Email, u.Name, string(u.Role), u.Password, int64(u.UpdatedAt), int64(u.LastSignInAt), u.ID).Exec(ctx)
	return err
}

// DeleteUser removes a user with the sessions and tokens that are theirs.
func DeleteUser(ctx context.Context, db bun.IDB, id string) error {
	_, err := db.NewRaw(`DELETE FROM users WHERE id = ?`, id).Exec(ctx)
	return err
}

// UserByID returns one user; ok is false if there is none.
func UserByID(ctx context.Context, db bun.IDB, id string) (u User, ok bool, err error) {
	err = db.NewRaw(`SELECT `+userColumns+` FROM users WHERE id = ?`, id).Scan(ctx, &u)
	return rowFound(u, err)
}

// UserByEmail returns the user with that address in lower case.
func UserByEmail(ctx context.Context, db bun.IDB, email string) (u User, ok bool, err error) {
	err = db.NewRaw(`SELECT `+userColumns+` FROM users WHERE email = ?`, email).Scan(ctx, &u)
	return rowFound(u, err)
}

// Users returns everybody, by address.
func Users(ctx context.Context, db bun.IDB) (all []User, err error) {
	err = db.NewRaw(`SELECT `+userColumns+` FROM users ORDER BY email`).Scan(ctx, &all)
	return all, err
}

// CountUsers returns how many users have that role. On PostgreSQL their rows are
// kept as they are until the transaction ends, so that two admins cannot remove
// each other at once.
func CountUsers(ctx context.Context, db bun.IDB, role purser.Role) (int, error) {
	var ids []string
	err := db.NewRaw(`SELECT id FROM users WHERE role = ?`+forUpdate(db), string(role)).Scan(ctx, &ids)
	return len(ids), err
}

func rowFound[T any](row T, err error) (T, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		var none T
		return none, false, nil
	}
	return row, err == nil, err
}
