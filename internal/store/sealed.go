package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"purser/internal/credential"
)

// SealedForm says how ciphertexts stand in a column.
type SealedForm int

// The forms.
const (
	SealedFields SealedForm = iota // JSON object of field to base64
	SealedText                     // JSON string in base64, or null
	SealedBytes                    // the bytes themselves
)

// SealedColumn is a column whose values are sealed under the operator's key. A new
// one needs an entry in SealedColumns, or a rotation of the key would leave its
// values behind; a test walks the tables for columns that have none.
type SealedColumn struct {
	Table  string
	Column string
	Key    string   // the primary key: a text
	With   []string // other columns that the binding is made of
	Form   SealedForm
	// Binding is what a value of a row belongs to; field is "" but for SealedFields.
	Binding func(key string, with []string, field string) credential.Binding
}

// SealedColumns lists every column that holds sealed values.
func SealedColumns() []SealedColumn {
	return []SealedColumn{
		{Table: "credential", Column: "sealed", Key: "id", With: []string{"connector", "instance_id"}, Form: SealedFields,
			Binding: func(_ string, with []string, field string) credential.Binding {
				return credential.Binding{Connector: with[0], Instance: with[1], Field: field}
			}},
		{Table: "authorize_flow", Column: "sealed", Key: "state", With: []string{"connector", "instance_id"}, Form: SealedText,
			Binding: func(key string, with []string, _ string) credential.Binding {
				return credential.Flow{State: key, Connector: with[0], InstanceID: with[1]}.Binding()
			}},
		{Table: "notice_endpoint", Column: "sealed", Key: "id", Form: SealedFields,
			Binding: func(key string, _ []string, field string) credential.Binding {
				return credential.Binding{Connector: "notice", Instance: key, Field: field}
			}},
		{Table: "totp", Column: "sealed", Key: "user_id", Form: SealedBytes, Binding: ofSignIn("totp")},
		{Table: "kept_form", Column: "sealed", Key: "hash", Form: SealedBytes, Binding: ofSignIn("form")},
		{Table: "contract_document", Column: "sealed", Key: "id", Form: SealedBytes,
			Binding: func(key string, _ []string, _ string) credential.Binding { return DocumentBinding(key) }},
		{Table: "oidc_flow", Column: "sealed", Key: "state", Form: SealedBytes, Binding: ofSignIn("oidc flow")},
	}
}

// ofSignIn binds what sign-in keeps, under one field of a row each.
func ofSignIn(field string) func(string, []string, string) credential.Binding {
	return func(key string, _ []string, _ string) credential.Binding {
		return credential.Binding{Connector: "sign-in", Instance: key, Field: field}
	}
}

// SealedRow is a row with its sealed values.
type SealedRow struct {
	Key    string
	Values map[string][]byte // by field, "" where the column holds one value
	column SealedColumn
	with   []string
	raw    []byte
}

// Binding is what the row's value of that field belongs to.
func (r SealedRow) Binding(field string) credential.Binding {
	return r.column.Binding(r.Key, r.with, field)
}

// SealedRows returns up to limit rows after a key, in the order of their keys.
func SealedRows(ctx context.Context, db bun.IDB, c SealedColumn, after string, limit int) ([]SealedRow, error) {
	columns := append([]string{column(c.Key), column(c.Column)}, c.With...)
	rows, err := db.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+column(c.Table)+" WHERE "+column(c.Key)+" > ? ORDER BY "+column(c.Key)+" LIMIT ?", after, limit)
	if err != nil {
		return nil, fmt.Errorf("read what is sealed in %s: %w", c.Table, err)
	}
	defer func() { _ = rows.Close() }()
	var all []SealedRow
	for rows.Next() {
		r := SealedRow{column: c, with: make([]string, len(c.With))}
		into := []any{&r.Key, &r.raw}
		for i := range r.with {
			into = append(into, &r.with[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("read what is sealed in %s: %w", c.Table, err)
		}
		if r.Values, err = c.values(r.raw); err != nil {
			return nil, fmt.Errorf("read what is sealed in %s, row %s: %w", c.Table, r.Key, err)
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

func (c SealedColumn) values(raw []byte) (map[string][]byte, error) {
	values := map[string][]byte{}
	var one []byte
	switch c.Form {
	case SealedFields:
		return values, json.Unmarshal(raw, &values)
	case SealedText:
		if err := json.Unmarshal(raw, &one); err != nil {
			return nil, err
		}
	default:
		one = raw
	}
	if len(one) > 0 {
		values[""] = one
	}
	return values, nil
}

// PutSealed replaces the sealed values of a row; ok is false if somebody else has
// changed it since it was read.
func PutSealed(ctx context.Context, db bun.IDB, r SealedRow, values map[string][]byte) (ok bool, err error) {
	var next any = values[""]
	if r.column.Form != SealedBytes {
		var raw []byte
		if r.column.Form == SealedFields {
			raw, err = json.Marshal(values)
		} else {
			raw, err = json.Marshal(values[""])
		}
		if err != nil {
			return false, err
		}
		next = string(raw)
	}
	was := any(r.raw)
	if r.column.Form != SealedBytes {
		was = string(r.raw)
	}
	res, err := db.NewRaw("UPDATE "+column(r.column.Table)+" SET "+column(r.column.Column)+" = ? WHERE "+column(r.column.Key)+" = ? AND "+column(r.column.Column)+" = ?",
		next, r.Key, was).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("seal %s anew: %w", r.column.Table, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// LockSealed keeps others from changing what is sealed until the transaction ends.
func LockSealed(ctx context.Context, tx bun.Tx) error {
	if !isPostgres(tx) {
		return nil // the one writer
	}
	for _, c := range SealedColumns() {
		if _, err := tx.ExecContext(ctx, "LOCK TABLE "+column(c.Table)+" IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return fmt.Errorf("lock %s: %w", c.Table, err)
		}
	}
	return nil
}

// LeasedCredentials counts the credentials whose tokens are being refreshed now:
// what a refresh has read before a rotation, it could write after it.
func LeasedCredentials(ctx context.Context, db bun.IDB, now int64) (n int, err error) {
	err = db.NewRaw(`SELECT count(*) FROM credential WHERE lease_holder <> '' AND lease_until > ?`, now).Scan(ctx, &n)
	return n, err
}

// Name tells which row it is: table/key.
func (r SealedRow) Name() string { return r.column.Table + "/" + r.Key }
