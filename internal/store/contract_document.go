package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/credential"
)

// DocumentRow is a row of contract_document.
type DocumentRow struct {
	ID      string        `bun:"id"`
	Name    string        `bun:"name"`
	Media   string        `bun:"media"`
	Bytes   int64         `bun:"bytes"`
	Sealed  []byte        `bun:"sealed"`  // the key of the content
	Content []byte        `bun:"content"` // under that key
	AddedAt purser.Micros `bun:"added_at"`
	AddedBy string        `bun:"added_by"`
}

// DocumentBinding is what the key of a document's content belongs to.
func DocumentBinding(id string) credential.Binding {
	return credential.Binding{Connector: "contract", Instance: id, Field: "document"}
}

// Told is the document as it is shown.
func (r DocumentRow) Told() purser.ContractDocument {
	return purser.ContractDocument{ID: r.ID, Name: r.Name, Media: r.Media, Bytes: r.Bytes, AddedAt: r.AddedAt.Time(), AddedBy: r.AddedBy}
}

// InsertDocument adds a file to a contract.
func InsertDocument(ctx context.Context, tx bun.IDB, contractNo int64, r DocumentRow) error {
	_, err := tx.NewRaw(`INSERT INTO contract_document (id, contract_no, name, media, bytes, sealed, content, added_at, added_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, contractNo, r.Name, r.Media, r.Bytes, r.Sealed, r.Content, int64(r.AddedAt), r.AddedBy).Exec(ctx)
	return err
}

// Documents returns the files of a contract without their content.
func Documents(ctx context.Context, db bun.IDB, contractNo int64) (rows []DocumentRow, err error) {
	err = db.NewRaw(`SELECT id, name, media, bytes, added_at, added_by FROM contract_document WHERE contract_no = ? ORDER BY added_at DESC, id DESC`, contractNo).Scan(ctx, &rows)
	return rows, err
}

// Document returns a file of a contract with its content; ok is false if there is none.
func Document(ctx context.Context, db bun.IDB, contractNo int64, id string) (r DocumentRow, ok bool, err error) {
	err = db.NewRaw(`SELECT id, name, media, bytes, sealed, content, added_at, added_by FROM contract_document WHERE contract_no = ? AND id = ?`, contractNo, id).Scan(ctx, &r)
	return rowFound(r, err)
}

// DeleteDocument removes a file.
func DeleteDocument(ctx context.Context, tx bun.IDB, id string) error {
	_, err := tx.NewRaw(`DELETE FROM contract_document WHERE id = ?`, id).Exec(ctx)
	return err
}
