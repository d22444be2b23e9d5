package action

import (
	"cmp"
	"context"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// shield is the protected list, read once for many targets.
type shield struct{ entries []store.ProtectedRow }

func readShield(ctx context.Context, db bun.IDB) (shield, error) {
	rows, err := store.ProtectedRows(ctx, db)
	return shield{rows}, err
}

// why says why a target must not be touched, "" if it may.
func (p shield) why(ctx context.Context, db bun.IDB, i purser.Instance, t target) (string, error) {
	addresses := t.addresses()
	if own := strings.ToLower(i.Account); own != "" {
		for _, a := range append(addresses, strings.ToLower(t.account.ExternalID)) {
			if a == own {
				return "Purser itself works in the name of this account; without it the instance could not be read any more", nil
			}
		}
	}
	var person *store.LinkedPerson
	for _, e := range p.entries {
		hit := false
		switch purser.ProtectedKind(e.Kind) {
		case purser.ProtectedPattern:
			for _, a := range addresses {
				hit = hit || matches(e.Value, a)
			}
		case purser.ProtectedAccount:
			hit = e.ExternalID == t.account.ExternalID && sameTenant(e, i)
		case purser.ProtectedPerson:
			if person == nil {
				found, err := store.PersonOfAccount(ctx, db, t.account.No)
				if err != nil {
					return "", err
				}
				person = &found
			}
			hit = person.ExternalID != "" && person.ExternalID == e.ExternalID && person.Connector == e.Connector &&
				(person.InstanceID == e.InstanceID || e.TenantID != "" && e.TenantID == person.TenantID)
			for _, a := range addresses {
				hit = hit || e.Email != "" && a == e.Email
			}
		}
		if hit {
			why := "it is on the protected list: " + e.Value
			if e.Note != "" {
				why += " (" + e.Note + ")"
			}
			return why, nil
		}
	}
	return "", nil
}

func sameTenant(e store.ProtectedRow, i purser.Instance) bool {
	return e.InstanceID == i.ID || e.TenantID != "" && e.TenantID == i.TenantID && e.Connector == i.Connector
}

// matches holds an address against a pattern in which * stands for any text and ?
// for one character.
func matches(pattern, address string) bool {
	ok, err := path.Match(pattern, strings.ReplaceAll(address, "/", "\x00"))
	return err == nil && ok
}

// ProtectInput names what is never to be touched: one of the three.
type ProtectInput struct {
	Account string // acc_<number>
	Person  string // per_<number>
	Pattern string // *@board.example.com
	Note    string
}

// Protected returns the protected list.
func (s *Service) Protected(ctx context.Context) ([]purser.Protected, error) {
	if err := s.Gate.Allow(ctx, purser.OpActionRead); err != nil {
		return nil, err
	}
	rows, err := store.ProtectedRows(ctx, s.DB.Read())
	out := make([]purser.Protected, len(rows))
	for n, r := range rows {
		out[n] = shownEntry(r)
	}
	return out, err
}

func shownEntry(r store.ProtectedRow) purser.Protected {
	return purser.Protected{ID: "prt_" + strconv.FormatInt(r.No, 10), Kind: purser.ProtectedKind(r.Kind), Value: r.Value, Note: r.Note, AddedBy: r.AddedBy, AddedAt: r.AddedAt.Time()}
}

// Protect adds an entry to the protected list. What is on it already stays once.
func (s *Service) Protect(ctx context.Context, in ProtectInput) (purser.Protected, error) {
	if err := s.Gate.Allow(ctx, purser.OpActionSwitch); err != nil {
		return purser.Protected{}, err
	}
	row, err := s.entry(ctx, in)
	if err != nil {
		return purser.Protected{}, err
	}
	actor, _ := purser.ActorFrom(ctx)
	row.AddedBy, row.AddedAt, row.Note = actor.Name, s.now(), strings.TrimSpace(in.Note)
	if utf8.RuneCountInString(row.Note) > 200 {
		return purser.Protected{}, purser.Invalid("note", "the note is longer than 200 characters")
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		all, err := store.ProtectedRows(ctx, tx)
		if err != nil {
			return err
		}
		for _, old := range all {
			if old.Kind == row.Kind && old.Value == row.Value && old.ExternalID == row.ExternalID && old.InstanceID == row.InstanceID {
				row = old
				return nil
			}
		}
		if row.No, err = store.InsertProtected(ctx, tx, row); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpActionSwitch, Object: "protected", ObjectName: row.Value, At: s.Now(),
			After: map[string]any{"protected": row.Kind, "value": row.Value, "note": row.Note}})
	})
	return shownEntry(row), err
}

func (s *Service) entry(ctx context.Context, in ProtectInput) (row store.ProtectedRow, err error) {
	given := 0
	for _, v := range []string{in.Account, in.Person, in.Pattern} {
		if strings.TrimSpace(v) != "" {
			given++
		}
	}
	if given != 1 {
		return row, purser.Invalid("pattern", "name one of: an account, a person, a pattern of e-mail addresses")
	}
	switch {
	case in.Account != "":
		a, err := s.Accounts.Account(ctx, in.Account)
		if err != nil {
			return row, err
		}
		i, err := store.Instance(ctx, s.DB.Read(), a.InstanceID)
		if err != nil {
			return row, err
		}
		return store.ProtectedRow{Kind: string(purser.ProtectedAccount), Value: cmp.Or(a.DisplayName, a.Email, a.UserName, a.ExternalID) + " at " + i.Name,
			Connector: i.Connector, TenantID: i.TenantID, InstanceID: i.ID, ExternalID: a.ExternalID}, nil
	case in.Person != "":
		p, err := s.Accounts.Person(ctx, in.Person)
		if err != nil {
			return row, err
		}
		i, err := store.Instance(ctx, s.DB.Read(), p.InstanceID)
		if err != nil {
			return row, err
		}
		return store.ProtectedRow{Kind: string(purser.ProtectedPerson), Value: cmp.Or(p.DisplayName, p.Email, p.ExternalID), Connector: i.Connector,
			TenantID: i.TenantID, InstanceID: i.ID, ExternalID: p.ExternalID, Email: strings.ToLower(p.Email)}, nil
	}
	pattern := strings.ToLower(strings.TrimSpace(in.Pattern))
	switch _, err := path.Match(pattern, ""); {
	case err != nil || strings.ContainsAny(pattern, " \t[]\\") || utf8.RuneCountInString(pattern) > 200:
		return row, purser.Invalid("pattern", "%q is no pattern such as *@board.example.com or ceo@example.com", in.Pattern)
	case strings.Trim(pattern, "*?@.") == "":
		return row, purser.Invalid("pattern", "the pattern %q would fit every address; turn the instance's switch off instead", in.Pattern)
	}
	return store.ProtectedRow{Kind: string(purser.ProtectedPattern), Value: pattern}, nil
}

// Unprotect removes an entry from the protected list.
func (s *Service) Unprotect(ctx context.Context, id string) error {
	if err := s.Gate.Allow(ctx, purser.OpActionSwitch); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		was, ok, err := store.DropProtected(ctx, tx, store.KeyOf("prt_", id))
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("entry of the protected list", id)
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpActionSwitch, Object: "protected", ObjectName: was.Value, At: s.Now(),
			Before: map[string]any{"protected": was.Kind, "value": was.Value, "note": was.Note}})
	})
}

func orNone(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
