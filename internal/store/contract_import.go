package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// ContractImportRow is a row of contract_import.
type ContractImportRow struct {
	ID      string        `bun:"id"`
	Name    string        `bun:"name"` // of the file
	Content []byte        `bun:"content"`
	MadeBy  string        `bun:"made_by"`
	MadeAt  purser.Micros `bun:"made_at"`
}

// InsertContractImport keeps a file, and forgets those from before a moment.
func InsertContractImport(ctx context.Context, tx bun.IDB, r ContractImportRow, before purser.Micros) error {
	if _, err := tx.NewRaw(`DELETE FROM contract_import WHERE made_at < ?`, int64(before)).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewRaw(`INSERT INTO contract_import (id, name, content, made_by, made_at) VALUES (?, ?, ?, ?, ?)`, r.ID, r.Name, r.Content, r.MadeBy, int64(r.MadeAt)).Exec(ctx)
	return err
}

// ContractImport returns a file; ok is false if there is none.
func ContractImport(ctx context.Context, db bun.IDB, id string) (r ContractImportRow, ok bool, err error) {
	err = db.NewRaw(`SELECT id, name, content, made_by, made_at FROM contract_import WHERE id = ?`, id).Scan(ctx, &r)
	return rowFound(r, err)
}

// DeleteContractImport forgets a file; ok is false if it was forgotten before.
func DeleteContractImport(ctx context.Context, tx bun.IDB, id string) (ok bool, err error) {
	res, err := tx.NewRaw(`DELETE FROM contract_import WHERE id = ?`, id).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
