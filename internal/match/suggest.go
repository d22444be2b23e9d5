package match

import (
	"context"
	"fmt"
	"slices"

	"purser"
	"purser/internal/store"
)

// mostSuggestions is how many people are proposed for one account.
const mostSuggestions = 4

// Suggest says to whom accounts may belong that are linked to nobody, the
// likeliest first. It only looks up: by addresses that several people share, by
// names, and by what would be likely but for an administrator's account.
func (d *Deriver) Suggest(ctx context.Context, accounts []int64) (map[int64][]purser.Suggestion, error) {
	out := map[int64][]purser.Suggestion{}
	if len(accounts) == 0 {
		return out, nil
	}
	r, err := d.rules(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := store.AccountsToMatch(ctx, d.db.Read(), store.MatchScope{Accounts: accounts}, false, store.AccountPlace{}, len(accounts))
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	likely, err := d.likelyOf(ctx, r, rows)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, a := range rows {
		keys = append(keys, r.possibleKeys(a)...)
	}
	found, err := store.Candidates(ctx, d.db.Read(), keys)
	if err != nil {
		return nil, fmt.Errorf("look people up: %w", err)
	}
	not, err := d.refused(ctx, r, rows)
	if err != nil {
		return nil, err
	}
	var people []int64
	perAccount := make([][]candidate, len(rows))
	for i, a := range rows {
		if slices.Contains(not[a.ID], 0) {
			continue
		}
		perAccount[i] = r.possible(a, likely[i], found, not[a.ID])
		for _, c := range perAccount[i] {
			people = append(people, c.lead)
		}
	}
	leads, err := store.Leads(ctx, d.db.Read(), people)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	privileged, err := store.Privileged(ctx, d.db.Read(), people)
	if err != nil {
		return nil, fmt.Errorf("look for administrators: %w", err)
	}
	for i, a := range rows {
		for _, c := range perAccount[i] {
			p, ok := leads[c.lead]
			if !ok {
				continue
			}
			p.Rule, p.Why, p.Sure, p.Privileged = c.rule, c.why, c.sure, privileged[c.lead]
			out[a.ID] = append(out[a.ID], p)
		}
	}
	return out, nil
}

func (r rules) possibleKeys(a store.MatchAccount) []string {
	keys := r.likelyKeys(a)
	for _, address := range []string{a.Email, a.UserName} {
		local := r.form(address).local
		if local == "" {
			local = a.UserName
		}
		if letters := run(local); len(letters) > 3 {
			keys = append(keys, keyLetters+letters)
		}
		if name := nameKey(local); name != "" {
			keys = append(keys, keyName+name)
		}
	}
	return keys
}

// possible is everybody to whom an account may belong, each once.
func (r rules) possible(a store.MatchAccount, likely proposed, found map[string][]store.Candidate, not []int64) (out []candidate) {
	add := func(all []candidate) {
		for _, c := range all {
			if len(out) < mostSuggestions && !slices.ContainsFunc(out, func(o candidate) bool { return o.lead == c.lead }) {
				out = append(out, c)
			}
		}
	}
	if likely.lead != 0 {
		add([]candidate{{verdict: likely.verdict}})
	}
	shared := r.byAddress(a.Email, found, not)
	for i := range shared {
		shared[i].why, shared[i].sure = shared[i].why+", as others have", purser.Possible
	}
	add(shared)
	add(pick(found[keyNumber+number(a)], not, says(purser.RuleNumber, "same employee number")))
	add(pick(found[keyName+nameKey(a.DisplayName)], not, says(purser.RuleName, "same name")))
	for _, address := range []string{a.Email, a.UserName} {
		local := r.form(address).local
		if local == "" {
			local = a.UserName
		}
		add(pick(found[keyLetters+run(local)], not, says(purser.RuleName, "the address begins like the person's")))
		add(pick(found[keyName+nameKey(local)], not, says(purser.RuleName, "the address has the person's name")))
	}
	return out
}

func says(rule, why string) func(store.Candidate) verdict {
	return func(store.Candidate) verdict { return verdict{rule: rule, why: why, sure: purser.Possible} }
}

// Rematch looks at some accounts anew, at once: after somebody decided about them.
func (d *Deriver) Rematch(ctx context.Context, accounts []int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, err := d.rules(ctx)
	if err != nil {
		return err
	}
	s, at := store.MatchScope{Accounts: accounts}, purser.MicrosOf(d.now())
	if _, err := d.certain(ctx, r, s, at); err != nil {
		return err
	}
	if err := d.likely(ctx, r, s, at); err != nil {
		return err
	}
	return d.db.SomebodysAre(ctx, accounts)
}
