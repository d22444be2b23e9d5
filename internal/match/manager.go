package match

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"purser"
	"purser/internal/store"
)

// managerRef is how a source names somebody's manager: by an identifier of its
// own, an employee number, an address or a name.
type managerRef struct {
	instance int64
	word     string
}

// manager is a person whom a source names as somebody's manager.
type manager struct {
	lead int64
	name string
}

// managers looks up whom sources name as managers. Names of nobody, and of several
// people, are left out.
func (d *Deriver) managers(ctx context.Context, refs []managerRef) (map[managerRef]manager, error) {
	words := map[int64][]string{}
	seen := map[managerRef]int64{}
	for _, ref := range refs {
		if _, again := seen[ref]; ref.word == "" || again {
			continue
		}
		seen[ref] = 0
		words[ref.instance] = append(words[ref.instance], ref.word)
	}
	if len(seen) == 0 {
		return nil, nil
	}
	for no, all := range words {
		called, err := store.PeopleCalled(ctx, d.db.Read(), no, all)
		if err != nil {
			return nil, fmt.Errorf("look managers up: %w", err)
		}
		for word, lead := range called {
			seen[managerRef{no, word}] = lead
		}
	}
	if err := d.byKey(ctx, seen); err != nil {
		return nil, err
	}
	var leads []int64
	for _, lead := range seen {
		leads = append(leads, lead)
	}
	slices.Sort(leads)
	names, err := store.Leads(ctx, d.db.Read(), slices.Compact(leads))
	if err != nil {
		return nil, fmt.Errorf("look up how managers are called: %w", err)
	}
	out := make(map[managerRef]manager, len(seen))
	for ref, lead := range seen {
		if who, ok := names[lead]; ok {
			out[ref] = manager{lead, who.PersonName}
		}
	}
	return out, nil
}

// byKey finds managers by address, employee number and name; who stands in the
// same roster comes first.
func (d *Deriver) byKey(ctx context.Context, seen map[managerRef]int64) error {
	us, said, err := store.MatchSettings(ctx, d.db.Read())
	if err != nil {
		return fmt.Errorf("read the rules of matching: %w", err)
	}
	by := newAddresses(us, said)
	var keys []string
	for ref, lead := range seen {
		if lead == 0 {
			keys = append(keys, managerKeys(by, ref.word)...)
		}
	}
	found, err := store.Candidates(ctx, d.db.Read(), keys)
	if err != nil {
		return fmt.Errorf("look managers up: %w", err)
	}
	for ref, lead := range seen {
		if lead != 0 {
			continue
		}
		for _, key := range managerKeys(by, ref.word) {
			if seen[ref] = only(found[key], ref.instance); seen[ref] != 0 {
				break
			}
		}
	}
	return nil
}

func managerKeys(by addresses, word string) []string {
	if f := by.form(word); f.key != "" {
		return []string{keyAddress + f.key}
	}
	keys := []string{keyNumber + strings.ToLower(strings.TrimSpace(word))}
	if name := nameKey(word); name != "" {
		keys = append(keys, keyName+name)
	}
	return keys
}

// only returns the one person who is meant, 0 if that may be several.
func only(all []store.Candidate, instance int64) (lead int64) {
	own := slices.DeleteFunc(slices.Clone(all), func(c store.Candidate) bool { return c.InstanceNo != instance })
	if len(own) > 0 {
		all = own
	}
	for _, c := range all {
		if c.Until != purser.Micros(0) || c.Gone {
			continue
		}
		if lead != 0 && lead != c.LeadID {
			return 0
		}
		lead = c.LeadID
	}
	return lead
}
