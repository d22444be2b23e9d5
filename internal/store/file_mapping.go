package store

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
)

// FileMapping is a row of file_mapping: a mapping of columns under a name.
type FileMapping struct {
	ID        string        `bun:"id"`
	Name      string        `bun:"name"`
	Kind      string        `bun:"kind"`
	Mapping   string        `bun:"mapping"` // JSON
	MadeBy    string        `bun:"made_by"`
	UpdatedAt purser.Micros `bun:"updated_at"`
}

// PutFileMapping writes a mapping; one of that name is replaced.
func PutFileMapping(ctx context.Context, db bun.IDB, m FileMapping) error {
	_, err := db.NewRaw(`INSERT INTO file_mapping (id, name, kind, mapping, made_by, updated_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, mapping = excluded.mapping, made_by = excluded.made_by, updated_at = excluded.updated_at`,
		m.ID, m.Name, m.Kind, m.Mapping, m.MadeBy, int64(m.UpdatedAt)).Exec(ctx)
	return err
}

// FileMappings returns every mapping by its name.
func FileMappings(ctx context.Context, db bun.IDB) (all []FileMapping, err error) {
	err = db.NewRaw(`SELECT id, name, kind, mapping, made_by, updated_at FROM file_mapping ORDER BY name`).Scan(ctx, &all)
	return all, err
}

// FileMappingBy returns the mapping of that identifier or name; ok is false if there is none.
func FileMappingBy(ctx context.Context, db bun.IDB, idOrName string) (m FileMapping, ok bool, err error) {
	err = db.NewRaw(`SELECT id, name, kind, mapping, made_by, updated_at FROM file_mapping WHERE id = ? OR name = ? ORDER BY id = ? DESC LIMIT 1`,
		idOrName, idOrName, idOrName).Scan(ctx, &m)
	return rowFound(m, err)
}

// DeleteFileMapping removes a mapping; ok is false if there is none.
func DeleteFileMapping(ctx context.Context, db bun.IDB, id string) (ok bool, err error) {
	return changed(db.NewRaw(`DELETE FROM file_mapping WHERE id = ?`, id).Exec(ctx))
}
