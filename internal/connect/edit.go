package connect

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/credential"
	"purser/internal/store"
)

// Edit is what a person changes of an instance in place; nil stays as it is.
type Edit struct {
	Name     *string
	Owner    *string           // identifier or e-mail address of a user of Purser
	Settings map[string]string // by name; one that is not named keeps its value, an empty one is given up
}

// Edit changes an instance without disconnecting it. version is the one that the
// person saw (Instance.Version), 0 for whichever there is: a change of somebody
// else meanwhile is not overwritten. again reports that the hosts have changed
// with the settings, so that the credential has to be entered again.
func (s *Service) Edit(ctx context.Context, id string, e Edit, version int64) (again bool, err error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return false, err
	}
	i, err := store.Instance(ctx, s.db.Read(), id)
	if err != nil {
		return false, err
	}
	if version != 0 && version != i.Version {
		return false, orConflict(nil)
	}
	var next *newSettings
	if e.Settings != nil {
		if next, err = s.tryNewSettings(ctx, i, e.Settings); err != nil {
			return false, err
		}
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		// What was tested was tested of this very version.
		return s.change(ctx, tx, i.ID, i.Version, func(n *purser.Instance) error {
			if err := rename(ctx, tx, n, e.Name); err != nil {
				return err
			}
			if err := give(ctx, tx, n, e.Owner); err != nil {
				return err
			}
			if next == nil {
				return nil
			}
			next.write(n, s.now())
			// The vendor may stop accepting what is chosen now on another day: people are told before.
			if err := s.noteDeadline(ctx, tx, *n, CredentialID(n.ID, false)); err != nil && !errors.Is(err, credential.ErrNoCredential) {
				return err
			}
			return store.PutTested(ctx, tx, n.ID, store.Tested{})
		})
	})
	return next != nil && next.again && err == nil, err
}

// Rename gives an instance another name.
func (s *Service) Rename(ctx context.Context, id, name string, version int64) error {
	_, err := s.Edit(ctx, id, Edit{Name: &name}, version)
	return err
}

// SetSettings changes the settings of an instance.
func (s *Service) SetSettings(ctx context.Context, id string, settings map[string]string, version int64) (again bool, err error) {
	return s.Edit(ctx, id, Edit{Settings: settings}, version)
}

func rename(ctx context.Context, tx bun.Tx, i *purser.Instance, given *string) error {
	if given == nil {
		return nil
	}
	name, err := checkName(*given, "")
	if err != nil {
		return err
	}
	if name == "" {
		return purser.Invalid("name", "the name is missing")
	}
	other, err := store.Instance(ctx, tx, name)
	if err == nil && other.ID != i.ID {
		return &purser.Problem{Kind: purser.ProblemConflict, Field: "name", What: "there is an instance of this name already", Hint: "Choose another name"}
	}
	i.Name = name
	return nil
}
