package match

import (
	"cmp"
	"slices"
	"time"

	"purser"
	"purser/internal/store"
)

// verdict says whose an account is; nobody's if Lead is 0.
type verdict struct {
	lead int64
	rule string
	why  string
	sure purser.Sureness
}

// early is by how much an account may be made before its person starts: most are
// prepared some weeks ahead.
const early = 45 * 24 * time.Hour

// candidate is a person who has, or had, what an account shows.
type candidate struct {
	store.Candidate
	verdict
	from, until purser.Micros // of the employment, or of an earlier address; 0: open
}

func newCandidate(c store.Candidate, v verdict) candidate {
	v.lead = c.LeadID
	out := candidate{Candidate: c, verdict: v, from: day(c.StartedOn), until: day(c.EndedOn)}
	if out.until != 0 {
		// The last day is one of work, wherever it is: it ends last twelve hours west of London.
		out.until += purser.Micros(36 * time.Hour / time.Microsecond)
	}
	if out.until == 0 && c.RemovedAt != 0 {
		out.until = c.RemovedAt
	}
	if c.Until != 0 && (out.until == 0 || c.Until < out.until) {
		out.until = c.Until
	}
	return out
}

func day(text string) purser.Micros {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0
	}
	return purser.MicrosOf(t)
}

// over reports whether the candidate had left, or had the address no more.
func (c candidate) over() bool { return c.Gone || c.Employment == "ended" || c.Until != 0 }

// covers reports whether an account that was made at a moment fits the time in
// which the candidate had the address.
func (c candidate) covers(made purser.Micros) bool {
	return (c.from == 0 || made >= c.from-purser.Micros(early/time.Microsecond)) && (c.until == 0 || made <= c.until)
}

// decide picks the person from candidates who share what an account shows. Of
// several, dates of employment decide: whose time the account was made in. Where
// the vendor does not say when it was made, who is there comes before who left,
// then the roster that was connected first. Two people of one roster who share
// an address at the same time lead to nobody.
func decide(all []candidate, made purser.Micros) (verdict, bool) {
	all = perLead(all)
	if len(all) <= 1 {
		return first(all, "")
	}
	if made != 0 {
		var fit []candidate
		for _, c := range all {
			if c.covers(made) {
				fit = append(fit, c)
			}
		}
		if len(fit) == 1 {
			return first(fit, "; of several people with it, this one was there when the account was made")
		}
		if len(fit) > 1 {
			all = fit
		}
	}
	var there []candidate
	for _, c := range all {
		if !c.over() {
			there = append(there, c)
		}
	}
	why := ""
	if len(there) > 0 {
		if len(there) < len(all) {
			why = "; others who had it have left"
		}
		all = there
	}
	roster := all[0].InstanceNo
	var leading []candidate
	for _, c := range all {
		if c.InstanceNo == roster {
			leading = append(leading, c)
		}
	}
	if len(leading) > 1 {
		return verdict{}, false
	}
	return first(leading, why)
}

func first(all []candidate, why string) (verdict, bool) {
	if len(all) == 0 {
		return verdict{}, false
	}
	v := all[0].verdict
	v.why += why
	return v, true
}

// perLead keeps the strongest candidate of each person, in the order of rosters.
func perLead(all []candidate) []candidate {
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.InstanceNo, b.InstanceNo), cmp.Compare(a.ID, b.ID))
	})
	out := all[:0:0]
	for _, c := range all {
		i := slices.IndexFunc(out, func(o candidate) bool { return o.lead == c.lead })
		if i < 0 {
			out = append(out, c)
			continue
		}
		if out[i].over() && !c.over() {
			out[i] = c
		}
	}
	return out
}
