package match

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"purser"
	"purser/internal/store"
)

// rules are what links rest on, for one derivation.
type rules struct {
	addresses
	us  purser.Organization
	not bool // somebody decided whose an account is not
}

// walk hands the accounts of a scope to fn, a slice at a time.
func (d *Deriver) walk(ctx context.Context, s store.MatchScope, open bool, fn func([]store.MatchAccount) error) error {
	var place store.AccountPlace
	for {
		rows, err := store.AccountsToMatch(ctx, d.db.Read(), s, open, place, slice)
		if err != nil {
			return fmt.Errorf("read accounts: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		if err := fn(rows); err != nil {
			return err
		}
		if len(rows) < slice {
			return nil
		}
		place = rows[len(rows)-1].After()
	}
}

// changes are the links and kinds that a slice changes.
type changes struct {
	links []store.MatchLink
	kinds []store.MatchKind
	moved
}

// marked is how it is noted that links of a scope changed.
func marked(s store.MatchScope) purser.Kind {
	if s.Accounts != nil {
		return store.KindDecided
	}
	return store.KindLink
}

// moved are the people to whom accounts were linked, or no longer are.
type moved struct {
	people []int64
	admins []int64 // those of them whose account is an administrator's
	hold   []int64 // whose accounts of administrators were looked at
}

func (c *changes) link(a store.MatchAccount, v verdict) {
	if a.Linked == v.lead && (v.lead == 0 || a.How == v.why && a.Rule == v.rule && a.Sure == string(v.sure)) {
		return
	}
	c.links = append(c.links, store.MatchLink{AccountID: a.ID, InstanceNo: a.InstanceNo, PersonID: v.lead, Rule: v.rule, How: v.why, Sure: v.sure})
	c.people = append(c.people, a.Linked, v.lead)
	if a.Admin {
		c.admins = append(c.admins, a.Linked, v.lead)
	}
}

func (c *changes) kind(a store.MatchAccount, kind, how string) {
	if a.SaidManual || a.Said == kind && (kind == "" || a.SaidHow == how) {
		return
	}
	c.kinds = append(c.kinds, store.MatchKind{AccountID: a.ID, InstanceNo: a.InstanceNo, Kind: kind, How: how})
}

// nobodys reports whether an account is known to be no person's but by its own address.
func nobodys(a store.MatchAccount) bool {
	kind := a.Kind
	if a.SaidManual {
		kind = a.Said
	}
	return kind == "robot" || kind == "shared"
}

// certain links the accounts of a scope by what the organization itself controls:
// employee number, address, alias. Links that no longer hold are undone.
func (d *Deriver) certain(ctx context.Context, r rules, s store.MatchScope, at purser.Micros) (m moved, err error) {
	err = d.walk(ctx, s, false, func(rows []store.MatchAccount) error {
		var keys []string
		for _, a := range rows {
			if !a.Manual {
				keys = append(keys, r.certainKeys(a)...)
			}
		}
		found, err := store.Candidates(ctx, d.db.Read(), keys)
		if err != nil {
			return fmt.Errorf("look people up: %w", err)
		}
		not, err := d.refused(ctx, r, rows)
		if err != nil {
			return err
		}
		var c changes
		for _, a := range rows {
			if a.Manual {
				if a.Admin {
					c.hold = append(c.hold, a.Linked)
				}
				c.kind(a, "", "")
				continue
			}
			v, ok := r.certainly(a, found, not[a.ID])
			switch {
			case ok && v.sure == purser.Certain:
				if a.Admin {
					c.hold = append(c.hold, v.lead)
				}
				c.link(a, v)
				c.kind(a, "", "")
			case a.Linked != 0 && a.Sure != string(purser.Likely):
				c.link(a, verdict{})
			}
		}
		m.admins = append(m.admins, c.admins...)
		if s.InstanceNo != 0 {
			m.hold = append(m.hold, c.hold...)
		}
		if s.Accounts != nil { // of everybody's accounts nobody asks
			m.people = append(m.people, c.people...)
		}
		return d.db.PutMatches(ctx, c.links, c.kinds, at, marked(s))
	})
	return m, err
}

// refused returns whose accounts are not, as somebody decided.
func (d *Deriver) refused(ctx context.Context, r rules, rows []store.MatchAccount) (map[int64][]int64, error) {
	if !r.not {
		return nil, nil
	}
	ids := make([]int64, len(rows))
	for i, a := range rows {
		ids[i] = a.ID
	}
	return store.AccountsNot(ctx, d.db.Read(), ids)
}

func (r rules) certainKeys(a store.MatchAccount) (keys []string) {
	if n := number(a); n != "" {
		keys = append(keys, keyNumber+n)
	}
	if f := r.form(a.Email); f.key != "" {
		keys = append(keys, keyAddress+f.key)
	}
	if !nobodys(a) {
		for _, alias := range a.AliasList() {
			if f := r.form(alias); f.key != "" {
				keys = append(keys, keyAddress+f.key)
			}
		}
	}
	return keys
}

func number(a store.MatchAccount) string { return strings.ToLower(strings.TrimSpace(a.EmployeeID)) }

// certainly says whose an account is by its employee number, its address or its
// aliases; the verdict may be no more than likely.
func (r rules) certainly(a store.MatchAccount, found map[string][]store.Candidate, not []int64) (verdict, bool) {
	if slices.Contains(not, 0) {
		return verdict{}, false
	}
	numbered := pick(found[keyNumber+number(a)], not, func(store.Candidate) verdict {
		return verdict{rule: purser.RuleNumber, why: "same employee number", sure: purser.Certain}
	})
	addressed := r.byAddress(a.Email, found, not)
	if v, ok := decide(numbered, a.CreatedAt); ok && !nobodys(a) {
		// A number alone is no proof: rosters of two firms count alike.
		if other, known := decide(addressed, a.CreatedAt); !known || other.lead == v.lead || len(addressed) > 1 || r.sameName(a, numbered) {
			if known && other.lead == v.lead && other.sure == purser.Certain {
				return other, true
			}
			if !known && !r.sameName(a, numbered) && a.DisplayName != "" {
				v.sure, v.why = purser.Likely, v.why+", under another name"
			}
			return v, true
		}
	}
	if v, ok := decide(addressed, a.CreatedAt); ok {
		return v, true
	}
	if len(addressed) > 0 || nobodys(a) {
		return verdict{}, false
	}
	var aliased []candidate
	for _, alias := range a.AliasList() {
		f := r.form(alias)
		aliased = append(aliased, pick(holding(found[keyAddress+f.key]), not, func(p store.Candidate) verdict {
			_, _, sure := f.how(r.form(p.Email))
			return verdict{rule: purser.RuleAlias, why: "alias " + f.plain + " is the person's e-mail address", sure: sure}
		})...)
	}
	if len(aliased) == 0 || slices.ContainsFunc(aliased, func(c candidate) bool { return c.lead != aliased[0].lead }) {
		return verdict{}, false // aliases that lead to several people lead to nobody
	}
	return aliased[0].verdict, true
}

// byAddress returns who has, or had, an address. Who has it to the letter comes
// before who has it by what the settings say.
func (r rules) byAddress(address string, found map[string][]store.Candidate, not []int64) []candidate {
	f := r.form(address)
	if f.key == "" {
		return nil
	}
	all := pick(found[keyAddress+f.key], not, func(p store.Candidate) verdict {
		if p.Until != 0 {
			return verdict{rule: purser.RuleFormer, why: "the person had this e-mail address earlier", sure: purser.Likely}
		}
		rule, why, sure := f.how(r.form(p.Email))
		return verdict{rule: rule, why: why, sure: sure}
	})
	if !slices.ContainsFunc(all, func(c candidate) bool { return c.rule == purser.RuleAddress }) {
		return all
	}
	return slices.DeleteFunc(all, func(c candidate) bool { return c.rule != purser.RuleAddress && c.rule != purser.RuleFormer })
}

// holding leaves out who had an address earlier.
func holding(all []store.Candidate) (out []store.Candidate) {
	for _, c := range all {
		if c.Until == 0 {
			out = append(out, c)
		}
	}
	return out
}

// pick makes candidates of those that nobody has ruled out.
func pick(all []store.Candidate, not []int64, how func(store.Candidate) verdict) (out []candidate) {
	for _, c := range all {
		if !slices.Contains(not, c.LeadID) {
			out = append(out, newCandidate(c, how(c)))
		}
	}
	return out
}

func (r rules) sameName(a store.MatchAccount, all []candidate) bool {
	key := nameKey(a.DisplayName)
	return key != "" && slices.ContainsFunc(all, func(c candidate) bool { return nameKey(c.DisplayName) == key })
}
