package load

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/source"
	"purser/internal/store"
)

// PutPage keeps one page of records, numbered from 1: one that is sent again
// replaces itself. A record is a JSON object with the names of its kind's fields;
// in a delta "removed": true says that the thing is gone.
func (s *Service) PutPage(ctx context.Context, id string, no int64, records []json.RawMessage) (purser.Load, error) {
	if err := s.Gate.Allow(ctx, purser.OpLoadWrite); err != nil {
		return purser.Load{}, err
	}
	row, err := s.openRow(ctx, id, true)
	if err != nil {
		return purser.Load{}, err
	}
	switch {
	case no < 1 || no > maxPages:
		return purser.Load{}, purser.Invalid("page", "pages are numbered from 1 to %d", maxPages)
	case len(records) > maxRecords:
		return purser.Load{}, purser.Invalid("records", "a page holds at most %d records, this one has %d", maxRecords, len(records))
	}
	if err := fieldsOf(purser.Kind(row.Kind), records); err != nil {
		return purser.Load{}, err
	}
	body, err := json.Marshal(records)
	if err != nil {
		return purser.Load{}, purser.Invalid("records", "the records are no JSON")
	}
	if len(body) > maxPage {
		return purser.Load{}, purser.Invalid("records", "a page holds at most %d MiB", maxPage>>20)
	}
	packed, err := source.Pack(body)
	if err != nil {
		return purser.Load{}, fmt.Errorf("pack a page: %w", err)
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := store.PutLoadPart(ctx, tx, row.No, no, packed); err != nil {
			return err
		}
		n, _, bytes, err := store.CountLoadParts(ctx, tx, row.No)
		if err != nil {
			return err
		}
		ok, err := store.SetLoadContent(ctx, tx, id, "", bytes, n)
		if err == nil && !ok {
			err = &purser.Problem{Kind: purser.ProblemConflict, What: "the load was finished meanwhile", Hint: "Open a new one"}
		}
		return err
	})
	if err != nil {
		return purser.Load{}, fmt.Errorf("keep a page: %w", err)
	}
	return s.load(ctx, id)
}

// fieldsOf refuses a record with a member that its kind does not have: a name
// that is mistyped would be left out without a word.
func fieldsOf(kind purser.Kind, records []json.RawMessage) error {
	known := purser.Fields(kind)
	for i, raw := range records {
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil || members == nil {
			return purser.Invalid("records", "record %d is no JSON object", i+1)
		}
		for name := range members {
			if name != "removed" && !slices.ContainsFunc(known, func(f purser.Field) bool { return f.Name == name }) {
				names := make([]string, len(known))
				for k, f := range known {
					names[k] = f.Name
				}
				p := purser.Invalid("records", "record %d has a member %q, which %s does not have", i+1, name, kind)
				p.Hint = fmt.Sprintf("Its members are %v", names)
				return p
			}
		}
	}
	return nil
}
