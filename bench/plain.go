// Package bench holds the yardstick of the figures: a plain loop that reads the
// same pages as Purser into bare tables, and the harness that runs both.
package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	_ "modernc.org/sqlite" // the same driver as the store's
)

// plainUser has the five fields that a short script would keep.
type plainUser struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Created string `json:"created"`
	Profile struct {
		Email     string `json:"email"`
		FirstName string `json:"firstName"`
	} `json:"profile"`
}

type plainNamed struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

type plainMember struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Scope   string `json:"scope"`
	Created string `json:"created"`
	Updated string `json:"lastUpdated"`
}

// PlainLoop reads users, applications with their users and groups with their
// members as a short program would: one goroutine, encoding/json into structs of
// five fields, prepared inserts in one transaction into tables without keys. It
// survives nothing: no retry, no checkpoint, no second run. usersOnly leaves out
// applications and groups. It returns the number of rows written.
func PlainLoop(ctx context.Context, client *http.Client, base, token, file string, usersOnly bool) (rows int64, err error) {
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, table := range []string{
		`CREATE TABLE users (id TEXT, status TEXT, created TEXT, email TEXT, first_name TEXT)`,
		`CREATE TABLE named (id TEXT, label TEXT)`,
		`CREATE TABLE members (parent TEXT, id TEXT, status TEXT, scope TEXT, created TEXT, updated TEXT)`,
	} {
		if _, err := db.ExecContext(ctx, table); err != nil {
			return 0, err
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	l := loop{ctx: ctx, client: client, base: base, token: token}
	insert := func(query string) *sql.Stmt {
		stmt, prepareErr := tx.PrepareContext(ctx, query)
		err = errors.Join(err, prepareErr)
		return stmt
	}
	user := insert(`INSERT INTO users VALUES (?,?,?,?,?)`)
	named := insert(`INSERT INTO named VALUES (?,?)`)
	member := insert(`INSERT INTO members VALUES (?,?,?,?,?,?)`)
	if err != nil {
		return 0, err
	}
	err = pages(&l, "/api/v1/users?limit=200&filter=lastUpdated+gt+%221970-01-01T00%3A00%3A00.000Z%22", func(u plainUser) error {
		rows++
		_, err := user.ExecContext(ctx, u.ID, u.Status, u.Created, u.Profile.Email, u.Profile.FirstName)
		return err
	})
	if err != nil || usersOnly {
		return rows, errors.Join(err, tx.Commit())
	}
	for _, list := range []struct{ all, of string }{
		{"/api/v1/apps?limit=200", "/api/v1/apps/%s/users?limit=500"},
		{"/api/v1/groups?limit=200", "/api/v1/groups/%s/users?limit=200"},
	} {
		var parents []plainNamed
		err = pages(&l, list.all, func(n plainNamed) error {
			parents = append(parents, n)
			rows++
			_, err := named.ExecContext(ctx, n.ID, n.Label)
			return err
		})
		if err != nil {
			return rows, err
		}
		for _, p := range parents {
			err = pages(&l, fmt.Sprintf(list.of, p.ID), func(m plainMember) error {
				rows++
				_, err := member.ExecContext(ctx, p.ID, m.ID, m.Status, m.Scope, m.Created, m.Updated)
				return err
			})
			if err != nil {
				return rows, err
			}
		}
	}
	return rows, tx.Commit()
}

type loop struct {
	ctx    context.Context
	client *http.Client
	base   string
	token  string
}

// pages follows rel="next" links; they name the vendor's host, so only path and query are taken.
func pages[T any](l *loop, path string, each func(T) error) error {
	for path != "" {
		req, err := http.NewRequestWithContext(l.ctx, http.MethodGet, l.base+path, nil)
		if err != nil {
			return err
		}
		req.Host = "acme.okta.com"
		req.Header.Set("Authorization", "SSWS "+l.token)
		res, err := l.client.Do(req)
		if err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			return errors.Join(fmt.Errorf("%s: %s", path, res.Status), res.Body.Close())
		}
		var items []T
		err = json.NewDecoder(res.Body).Decode(&items)
		if err = errors.Join(err, res.Body.Close()); err != nil {
			return err
		}
		for _, item := range items {
			if err := each(item); err != nil {
				return err
			}
		}
		path = next(res.Header)
	}
	return nil
}

func next(h http.Header) string {
	for _, link := range h.Values("Link") {
		target, rest, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
		if ok && strings.Contains(rest, `rel="next"`) {
			if _, after, ok := strings.Cut(target, "://"); ok {
				if i := strings.IndexByte(after, '/'); i >= 0 {
					return after[i:]
				}
			}
		}
	}
	return ""
}
