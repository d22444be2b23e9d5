package load

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/columns"
	"purser/internal/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// SavedMapping is a mapping under a name.
type SavedMapping struct {
	ID        string          `json:"id"` // map_…
	Name      string          `json:"name"`
	Mapping   columns.Mapping `json:"mapping"`
	MadeBy    string          `json:"made_by"`
	UpdatedAt time.Time       `json:"updated_at"`
}

// Ready lists the ready mappings for files whose form somebody documents.
func (s *Service) Ready(ctx context.Context) ([]columns.Format, error) {
	if err := s.Gate.Allow(ctx, purser.OpCatalogRead); err != nil {
		return nil, err
	}
	return slices.Clone(s.Formats), nil
}

// Mappings lists the saved mappings by name.
func (s *Service) Mappings(ctx context.Context) ([]SavedMapping, error) {
	if err := s.Gate.Allow(ctx, purser.OpCatalogRead); err != nil {
		return nil, err
	}
	rows, err := store.FileMappings(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	out := make([]SavedMapping, 0, len(rows))
	for _, r := range rows {
		m := SavedMapping{ID: r.ID, Name: r.Name, MadeBy: r.MadeBy, UpdatedAt: r.UpdatedAt.Time()}
		if err := json.Unmarshal([]byte(r.Mapping), &m.Mapping); err != nil {
			return nil, fmt.Errorf("read the mapping %s: %w", r.ID, err)
		}
		out = append(out, m)
	}
	return out, nil
}

// SaveMapping keeps a mapping under a name; one of that name is replaced.
func (s *Service) SaveMapping(ctx context.Context, name string, m columns.Mapping) error {
	if err := s.Gate.Allow(ctx, purser.OpLoadWrite); err != nil {
		return err
	}
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || utf8.RuneCountInString(name) > 100 {
		return purser.Invalid("name", "a name has 1 to 100 characters")
	}
	if slices.ContainsFunc(s.Formats, func(f columns.Format) bool { return f.Name == name }) {
		return purser.Invalid("name", "%s is the name of a ready mapping", name)
	}
	if err := m.Check(); err != nil {
		return err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	row := store.FileMapping{ID: s.IDs.New(purser.PrefixMapping), Name: name, Kind: string(m.Kind), Mapping: string(text), MadeBy: "Purser", UpdatedAt: purser.MicrosOf(s.Now())}
	if actor, ok := purser.ActorFrom(ctx); ok {
		row.MadeBy = actor.Name
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.PutFileMapping(ctx, tx, row); err != nil {
			return err
		}
		return s.note(ctx, tx, name, row.ID, map[string]any{"mapping": name, "kind": row.Kind, "fields": m.Names()})
	})
}

// DeleteMapping removes a saved mapping, by identifier or name.
func (s *Service) DeleteMapping(ctx context.Context, idOrName string) error {
	if err := s.Gate.Allow(ctx, purser.OpLoadWrite); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		m, ok, err := store.FileMappingBy(ctx, tx, idOrName)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("mapping", idOrName)
		}
		if _, err := store.DeleteFileMapping(ctx, tx, m.ID); err != nil {
			return err
		}
		return s.note(ctx, tx, m.Name, m.ID, map[string]any{"mapping": m.Name, "deleted": true})
	})
}

// named finds a saved mapping or a ready one for a kind of record.
func (s *Service) named(ctx context.Context, name string, kind purser.Kind) (*columns.Mapping, error) {
	var m columns.Mapping
	row, ok, err := store.FileMappingBy(ctx, s.DB.Read(), name)
	switch i := slices.IndexFunc(s.Formats, func(f columns.Format) bool { return f.Name == name }); {
	case err != nil:
		return nil, err
	case ok:
		if err := json.Unmarshal([]byte(row.Mapping), &m); err != nil {
			return nil, fmt.Errorf("read the mapping %s: %w", row.ID, err)
		}
	case i >= 0:
		m = s.Formats[i].Mapping
	default:
		return nil, purser.NotFound("mapping", name)
	}
	if m.Kind != kind {
		return nil, purser.Invalid("mapping", "%s is for records of the kind %s, the load is of %s", name, m.Kind, kind)
	}
	return &m, nil
}

// Named returns a saved mapping or a ready one for a kind of record.
func (s *Service) Named(ctx context.Context, name string, kind purser.Kind) (*columns.Mapping, error) {
	if err := s.Gate.Allow(ctx, purser.OpCatalogRead); err != nil {
		return nil, err
	}
	return s.named(ctx, name, kind)
}

// Source returns how records are handed over to instances of a connector: "file",
// "push", or "" for one that asks a vendor.
func (s *Service) Source(connector string) string {
	if c := s.Catalog.Get(connector); c != nil && c.Manifest.HandedOver() {
		return c.Manifest.Source
	}
	return ""
}

// KindsOf returns the kinds of records that can be handed over to instances of a connector.
func (s *Service) KindsOf(connector string) []purser.Kind {
	var out []purser.Kind
	for _, k := range columns.Kinds() {
		if name, _ := s.stream(connector, k); name != "" {
			out = append(out, k)
		}
	}
	return out
}

// WatchedFolder returns the folder that is watched for files, "" for none.
func (s *Service) WatchedFolder() string { return s.Folder }
