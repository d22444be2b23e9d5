package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/columns"
	"purser/internal/sheet"
	"purser/internal/source"
	"purser/internal/store"
)

// Settled is what is said of a load when it is finished.
type Settled struct {
	Pages   int64            // of pages: how many were sent; 0: those that are there
	Mode    purser.LoadMode  // "" leaves it
	Mapping *columns.Mapping // of a file; nil: the one that is named, else the one proposed if it can be used
	Named   string           // a saved mapping or a format, by name or identifier
}

// Finish closes a load and lets a run read it.
func (s *Service) Finish(ctx context.Context, id string, in Settled) (purser.Load, error) {
	if err := s.Gate.Allow(ctx, purser.OpLoadWrite); err != nil {
		return purser.Load{}, err
	}
	row, err := s.row(ctx, id)
	if err != nil {
		return purser.Load{}, err
	}
	if row, err = s.openRow(ctx, id, row.Form == "pages"); err != nil {
		return purser.Load{}, err
	}
	i, err := store.InstanceByNo(ctx, s.DB.Read(), row.InstanceNo)
	if err != nil {
		return purser.Load{}, err
	}
	if _, err := s.takes(i); err != nil {
		return purser.Load{}, err
	}
	mode := purser.LoadMode(row.Mode)
	if in.Mode != "" {
		mode = in.Mode
	}
	if err := s.checkInput(ctx, i, Input{Kind: purser.Kind(row.Kind), Mode: mode}); err != nil {
		return purser.Load{}, err
	}
	mapping, form := "", row.Form
	if row.Form == "pages" {
		err = s.allPages(ctx, row, in.Pages)
	} else {
		mapping, form, err = s.settleMapping(ctx, row, in)
	}
	if err != nil {
		return purser.Load{}, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		ok, err := store.FinishLoad(ctx, tx, id, mode, form, mapping, purser.MicrosOf(s.Now()))
		if err != nil {
			return err
		}
		if !ok {
			return &purser.Problem{Kind: purser.ProblemConflict, What: "the load was finished meanwhile"}
		}
		return s.note(ctx, tx, i.Name, id, map[string]any{"state": string(purser.LoadQueued), "mode": string(mode), "bytes": row.Bytes, "pages": row.Pages})
	})
	if err != nil {
		return purser.Load{}, fmt.Errorf("finish a load: %w", err)
	}
	if err := s.start(ctx, i, purser.Kind(row.Kind)); err != nil {
		return purser.Load{}, err
	}
	return s.load(ctx, id)
}

// start lets a run read what waits. Whoever may hand records over need not be
// allowed to start runs: it is Purser that does.
func (s *Service) start(ctx context.Context, i purser.Instance, kind purser.Kind) error {
	if s.Starter == nil {
		return nil
	}
	_, task := s.stream(i.Connector, kind)
	_, err := s.Starter.Start(purser.WithActor(ctx, purser.Actor{Kind: purser.ActorSystem, ID: "load", Name: "Purser", Role: purser.RoleAdmin, Origin: "system"}),
		i.ID, purser.TriggerManual, task)
	return err
}

// allPages refuses a load of which a page is missing.
func (s *Service) allPages(ctx context.Context, row store.LoadRow, said int64) error {
	n, last, _, err := store.CountLoadParts(ctx, s.DB.Read(), row.No)
	switch {
	case err != nil:
		return err
	case last != n:
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "pages", What: fmt.Sprintf("there is a page %d, but only %d pages came", last, n), Hint: "Send the pages that are missing, then finish again"}
	case said != 0 && said != n:
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "pages", What: fmt.Sprintf("%d pages are said to be sent, %d came", said, n), Hint: "Send the pages that are missing, then finish again"}
	}
	return nil
}

// settleMapping finds the mapping of a file and makes sure that the file can be read by it.
func (s *Service) settleMapping(ctx context.Context, row store.LoadRow, in Settled) (mapping, form string, err error) {
	if row.Bytes == 0 {
		return "", "", &purser.Problem{Kind: purser.ProblemConflict, Field: "file", What: "the file was not sent yet"}
	}
	m := in.Mapping
	if m == nil && in.Named != "" {
		if m, err = s.named(ctx, in.Named, purser.Kind(row.Kind)); err != nil {
			return "", "", err
		}
	}
	p, err := s.Preview(ctx, row.ID, m)
	switch {
	case err != nil:
		return "", "", err
	case p.Problem != "":
		bad := purser.Invalid("mapping", "%s", p.Problem)
		if p.Guessed {
			bad.Hint = "No mapping was named, and the names of the columns do not tell it. Name one"
		}
		return "", "", bad
	case p.Checked > 0 && p.Faulty == p.Checked:
		bad := purser.Invalid("mapping", "not one of the first %d rows can be read: %s", p.Checked, p.Faults[0])
		bad.Hint = "Look at the preview and mend the mapping"
		return "", "", bad
	}
	text, err := json.Marshal(p.Mapping)
	return string(text), string(p.Facts.Form), err
}

// Open begins to read a load's file by its mapping.
func (s *Service) reading(ctx context.Context, row store.LoadRow) (sheet.Reader, *columns.Converter, error) {
	var m columns.Mapping
	if err := json.Unmarshal([]byte(row.Mapping), &m); err != nil {
		return nil, nil, errors.New("the load has no mapping")
	}
	return source.Rows(source.ReadParts(ctx, s.DB, row.No), row.Name, row.Form, m)
}
