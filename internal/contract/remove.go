package contract

import (
	"context"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/store"
)

// MayRemove reports whether a contract with so many decisions can be removed. One on which
// somebody decided or which was renewed is evidence of what was agreed.
func MayRemove(c purser.Contract, decisions int) bool { return c.Period == 1 && decisions == 0 }

// Remove removes a contract that was written down by mistake, with its history and its
// documents; the audit log keeps what it said. One that may not be removed is a conflict.
func (s *Service) Remove(ctx context.Context, id string) error {
	if err := s.mayWrite(ctx); err != nil {
		return err
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		c, no, err := s.one(ctx, tx, id)
		if err != nil {
			return err
		}
		rows, err := store.ContractDecisions(ctx, tx, no)
		if err != nil {
			return err
		}
		if !MayRemove(c, len(rows)) {
			return &purser.Problem{Kind: purser.ProblemConflict, What: c.Name + " was decided on or renewed: its periods and sheets are evidence, and stay",
				Hint: "Decide to cancel it; once it is over, it leaves the list"}
		}
		documents, err := store.Documents(ctx, tx, no)
		if err != nil {
			return err
		}
		before := noted(c)
		if len(documents) > 0 {
			names := make([]string, len(documents))
			for i, d := range documents {
				names[i] = d.Name
			}
			before["documents"] = names
		}
		if err := store.DeleteContract(ctx, tx, no); err != nil {
			return err
		}
		return s.note(ctx, tx, c, before, nil)
	})
	if err == nil {
		s.changed()
	}
	return err
}
