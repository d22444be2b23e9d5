package identity

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/inventory"
	"purser/internal/store"
)

// Link says whose an account is. It takes back what was said against that.
func (s *Service) Link(ctx context.Context, account, person string) (purser.Account, error) {
	if err := s.Gate.Allow(ctx, purser.OpIdentitySet); err != nil {
		return purser.Account{}, err
	}
	a, err := s.Inventory.Account(ctx, account)
	if err != nil {
		return a, err
	}
	p, err := s.Inventory.Person(ctx, person)
	if err != nil {
		return a, err
	}
	chosen := store.KeyOf("per_", p.ID)
	return s.decide(ctx, a, map[string]any{"person": p.ID, "why": "by hand"}, func(ctx context.Context, tx bun.Tx, no int64) error {
		if err := store.ForgetRefusals(ctx, tx, no, chosen, false); err != nil {
			return err
		}
		return store.LinkAccount(ctx, tx, no, chosen, actorName(ctx), purser.MicrosOf(s.Now()))
	})
}

// Unlink says that an account is not the person's to whom it is linked. Rules
// never link it to that person again; they may find another.
func (s *Service) Unlink(ctx context.Context, account string) (purser.Account, error) {
	if err := s.Gate.Allow(ctx, purser.OpIdentitySet); err != nil {
		return purser.Account{}, err
	}
	a, err := s.Inventory.Account(ctx, account)
	if err != nil {
		return a, err
	}
	if a.PersonID == "" {
		return a, purser.Invalid("account", "the account is linked to nobody")
	}
	return s.decide(ctx, a, map[string]any{"person": "not " + a.PersonID}, func(ctx context.Context, tx bun.Tx, no int64) error {
		if err := store.UnlinkAccount(ctx, tx, no); err != nil {
			return err
		}
		return store.RefuseAccount(ctx, tx, no, store.KeyOf("per_", a.PersonID), actorName(ctx), purser.MicrosOf(s.Now()))
	})
}

// SetKind says what an account is: person, guest, robot or shared. Robots and
// shared mailboxes are nobody's: their link is undone. "" lets the vendor and
// rules say it again.
func (s *Service) SetKind(ctx context.Context, account, kind string) (purser.Account, error) {
	if err := s.Gate.Allow(ctx, purser.OpIdentitySet); err != nil {
		return purser.Account{}, err
	}
	if !slices.Contains([]string{"", "person", "guest", "robot", "shared"}, kind) {
		return purser.Account{}, purser.Invalid("kind", "%q is not one of person, guest, robot, shared", kind)
	}
	a, err := s.Inventory.Account(ctx, account)
	if err != nil {
		return a, err
	}
	said := kind
	if said == "" {
		said = "as the vendor and the rules say"
	}
	return s.decide(ctx, a, map[string]any{"kind": said}, func(ctx context.Context, tx bun.Tx, no int64) error {
		by, at := actorName(ctx), purser.MicrosOf(s.Now())
		if err := store.SetAccountKind(ctx, tx, no, kind, by, at); err != nil {
			return err
		}
		if kind != "robot" && kind != "shared" {
			return store.ForgetRefusals(ctx, tx, no, 0, false)
		}
		if err := store.UnlinkAccount(ctx, tx, no); err != nil {
			return err
		}
		return store.RefuseAccount(ctx, tx, no, 0, by, at)
	})
}

// Undo takes everything back that people decided about an account: rules decide again.
func (s *Service) Undo(ctx context.Context, account string) (purser.Account, error) {
	if err := s.Gate.Allow(ctx, purser.OpIdentitySet); err != nil {
		return purser.Account{}, err
	}
	a, err := s.Inventory.Account(ctx, account)
	if err != nil {
		return a, err
	}
	return s.decide(ctx, a, map[string]any{"person": "as the rules say", "kind": "as the vendor and the rules say"}, func(ctx context.Context, tx bun.Tx, no int64) error {
		if err := store.ForgetRefusals(ctx, tx, no, 0, true); err != nil {
			return err
		}
		if err := store.LinkByRule(ctx, tx, no); err != nil {
			return err
		}
		return store.SetAccountKind(ctx, tx, no, "", "", 0)
	})
}

// Decisions says what people decided about an account, in sentences; none if
// rules decide.
func (s *Service) Decisions(ctx context.Context, account string) ([]string, error) {
	if err := s.Gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	if s.Gate.Allow(ctx, purser.OpNameRead) != nil {
		return nil, nil // they name people
	}
	all, err := store.Refusals(ctx, s.DB.Read(), store.KeyOf("acc_", account))
	var out []string
	for _, r := range all {
		whose := r.PersonName
		if r.PersonID == 0 {
			whose = "a person"
		}
		out = append(out, "not "+whose+", said "+r.By+" on "+r.At.Time().Format("2006-01-02"))
	}
	return out, err
}

// Unmatched returns a page of the accounts behind which one expects a person and
// knows none, with whom they may belong to.
func (s *Service) Unmatched(ctx context.Context, f inventory.AccountFilter, page purser.Page) (purser.List[purser.Unmatched], error) {
	nobody := false
	f.Matched, f.Expected = &nobody, true
	list, err := s.Inventory.Accounts(ctx, f, page)
	out := purser.List[purser.Unmatched]{Next: list.Next, Total: list.Total, More: list.More, Notes: list.Notes}
	if err != nil {
		return out, err
	}
	ids := make([]int64, len(list.Items))
	for i, a := range list.Items {
		ids[i] = store.KeyOf("acc_", a.ID)
	}
	found := map[int64][]purser.Suggestion{}
	if s.Gate.Allow(ctx, purser.OpNameRead) == nil {
		found, err = s.Matcher.Suggest(ctx, ids)
	}
	for i, a := range list.Items {
		out.Items = append(out.Items, purser.Unmatched{Account: a, Suggestions: found[ids[i]]})
	}
	return out, err
}

// Suggest returns to whom one account may belong.
func (s *Service) Suggest(ctx context.Context, account string) ([]purser.Suggestion, error) {
	a, err := s.Inventory.Account(ctx, account) // asks the gate
	if err != nil {
		return nil, err
	}
	if s.Gate.Allow(ctx, purser.OpNameRead) != nil {
		return nil, nil // they name people
	}
	no := store.KeyOf("acc_", a.ID)
	found, err := s.Matcher.Suggest(ctx, []int64{no})
	var out []purser.Suggestion
	for _, p := range found[no] {
		if p.PersonID != a.PersonID {
			out = append(out, p)
		}
	}
	return out, err
}
