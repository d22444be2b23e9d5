package match

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"purser"
	"purser/internal/store"
)

// likely links accounts that nothing links for certain: by earlier addresses,
// aliases of others, tags, sub-domains, user names, and by a name together with
// an address that is nearly the person's. None of this links to a person who
// holds an administrator's account. It also says what accounts of nobody are.
func (d *Deriver) likely(ctx context.Context, r rules, s store.MatchScope, at purser.Micros) error {
	return d.walk(ctx, s, true, func(rows []store.MatchAccount) error {
		picked, err := d.likelyOf(ctx, r, rows)
		if err != nil {
			return err
		}
		var c changes
		for i, a := range rows {
			v := picked[i].verdict
			if picked[i].privileged {
				v = verdict{}
			}
			c.link(a, v)
			kind, how := "", ""
			if v.lead == 0 && (a.Kind == "unknown" || a.Kind == "person") {
				kind, how = kindOf(r.form(a.Email), r.us)
				if a.Kind == "person" && kind != "guest" {
					kind, how = "", "" // the vendor knows better than an address
				}
			}
			c.kind(a, kind, how)
		}
		return d.db.PutMatches(ctx, c.links, c.kinds, at, marked(s))
	})
}

// proposed is whose an account is in all likelihood.
type proposed struct {
	verdict
	privileged bool // only a person may decide this
}

func (d *Deriver) likelyOf(ctx context.Context, r rules, rows []store.MatchAccount) ([]proposed, error) {
	var keys, plain []string
	for _, a := range rows {
		keys = append(keys, r.likelyKeys(a)...)
		if f := r.form(a.Email); f.key != "" {
			plain = append(plain, f.plain)
		}
	}
	found, err := store.Candidates(ctx, d.db.Read(), keys)
	if err != nil {
		return nil, fmt.Errorf("look people up: %w", err)
	}
	others, err := store.AliasOwners(ctx, d.db.Read(), plain)
	if err != nil {
		return nil, fmt.Errorf("look aliases up: %w", err)
	}
	not, err := d.refused(ctx, r, rows)
	if err != nil {
		return nil, err
	}
	out := make([]proposed, len(rows))
	var people []int64
	for i, a := range rows {
		if v, ok := r.likelyWhose(a, found, others, not[a.ID]); ok {
			out[i].verdict = v
			people = append(people, v.lead)
		}
	}
	privileged, err := store.Privileged(ctx, d.db.Read(), people)
	if err != nil {
		return nil, fmt.Errorf("look for administrators: %w", err)
	}
	for i := range out {
		out[i].privileged = privileged[out[i].lead]
	}
	return out, nil
}

func (r rules) likelyKeys(a store.MatchAccount) []string {
	keys := r.certainKeys(a)
	if nobodys(a) {
		return keys
	}
	if f := r.form(a.UserName); f.key != "" {
		keys = append(keys, keyAddress+f.key)
	}
	if name := nameKey(a.DisplayName); name != "" {
		keys = append(keys, keyName+name)
	}
	return keys
}

func (r rules) likelyWhose(a store.MatchAccount, found map[string][]store.Candidate, others map[string]int64, not []int64) (verdict, bool) {
	if slices.Contains(not, 0) {
		return verdict{}, false
	}
	if v, ok := r.certainly(a, found, not); ok || nobodys(a) {
		return v, ok
	}
	f := r.form(a.Email)
	if len(r.byAddress(a.Email, found, not)) > 0 {
		return verdict{}, false // several people share it
	}
	if lead := others[f.plain]; lead != 0 && !slices.Contains(not, lead) {
		return verdict{lead: lead, rule: purser.RuleOther, why: "the address is an alias of another account of the person", sure: purser.Likely}, true
	}
	if f.key == "" {
		named := r.byAddress(a.UserName, found, not)
		for i := range named {
			named[i].rule, named[i].why, named[i].sure = purser.RuleUserName, "the user name is the person's e-mail address", purser.Likely
		}
		if v, ok := decide(named, a.CreatedAt); ok {
			return v, true
		}
	}
	return r.alike(a, f, found[keyName+nameKey(a.DisplayName)], not)
}

// alike links by a name together with an address of the organization that is
// nearly the person's: a slip of typing, another spelling, the words in another
// order. The name must be one person's alone.
func (r rules) alike(a store.MatchAccount, f form, named []store.Candidate, not []int64) (verdict, bool) {
	if f.key == "" || !f.inside || len(r.own) == 0 || nameKey(a.DisplayName) == "" {
		return verdict{}, false
	}
	all := perLead(pick(named, not, func(store.Candidate) verdict {
		return verdict{rule: purser.RuleNameAlike, why: "the same name, and an address that is nearly the person's", sure: purser.Likely}
	}))
	var fit []candidate
	for _, c := range all {
		if a.CreatedAt == 0 || c.covers(a.CreatedAt) {
			fit = append(fit, c)
		}
	}
	if len(fit) != 1 || !nearly(f, r.form(fit[0].Email)) {
		return verdict{}, false
	}
	return fit[0].verdict, true
}

func nearly(a, b form) bool {
	if a.at != b.at {
		return false
	}
	x, y := run(a.local), run(b.local)
	if x == "" || y == "" {
		return false
	}
	if near(x, y) {
		return true
	}
	words := strings.Fields(letters(a.local))
	slices.Sort(words)
	other := strings.Fields(letters(b.local))
	slices.Sort(other)
	return len(words) > 1 && slices.Equal(words, other)
}
