package match

import (
	"strings"

	"purser"
)

// addresses knows which addresses are the same, as the organization says it.
type addresses struct {
	main map[string]string // a domain to the first of its set
	own  []string          // the organization's mail domains
	subs bool
	tags bool
}

func newAddresses(o purser.Organization, r purser.MatchRules) addresses {
	a := addresses{main: map[string]string{}, own: o.MailDomains, subs: r.SubDomains, tags: !r.TagsCount}
	for _, set := range r.SameDomains {
		for _, d := range set {
			a.main[d] = set[0]
		}
	}
	return a
}

// form is an address in the one way in which all that are the same are written,
// and what was done to it.
type form struct {
	plain      string // lower case
	key        string
	tag        bool // what follows + was left out
	domain     bool // another domain of the organization
	sub        bool // a domain below one of the organization's
	inside     bool // at one of the organization's domains, or they are not known
	local, at  string
	recognized bool // it is an address at all
}

func (a addresses) form(address string) form {
	f := form{plain: strings.ToLower(strings.TrimSpace(address))}
	local, domain, ok := strings.Cut(f.plain, "@")
	if !ok || local == "" || domain == "" || strings.ContainsAny(f.plain, " \t") {
		return f
	}
	f.recognized = true
	f.inside = len(a.own) == 0
	if a.tags {
		if head, _, tagged := strings.Cut(local, "+"); tagged && head != "" {
			local, f.tag = head, true
		}
	}
	for _, own := range a.own {
		if domain == own {
			f.inside = true
			break
		}
		if strings.HasSuffix(domain, "."+own) {
			f.inside = true
			if a.subs {
				domain, f.sub = own, true
				break
			}
		}
	}
	if main, known := a.main[domain]; known {
		f.inside = true
		if main != domain {
			domain, f.domain = main, true
		}
	}
	f.local, f.at, f.key = local, domain, local+"@"+domain
	return f
}

// how says why two addresses of one key are the same.
func (f form) how(person form) (rule, why string, sure purser.Sureness) {
	if f.plain == person.plain {
		if !f.inside {
			// Whoever has an address elsewhere was never checked by the organization.
			return purser.RuleAddress, "same e-mail address", purser.Likely
		}
		return purser.RuleAddress, "same e-mail address", purser.Certain
	}
	var parts []string
	sure = purser.Certain
	if f.domain != person.domain {
		rule = purser.RuleDomain
		parts = append(parts, "the settings say that its domain is the same as the person's")
	}
	if f.sub != person.sub || f.sub && f.domain == person.domain && !f.tag && !person.tag {
		rule, sure = purser.RuleSubDomain, purser.Likely
		parts = append(parts, "its domain lies below the organization's")
	}
	if f.tag || person.tag {
		rule, sure = purser.RuleTag, purser.Likely
		parts = append(parts, "without what follows + it is the person's address")
	}
	if len(parts) == 0 {
		rule, parts, sure = purser.RuleDomain, []string{"the settings say that its domain is the same as the person's"}, purser.Likely
	}
	if !f.inside {
		sure = purser.Likely
	}
	return rule, strings.Join(parts, ", and "), sure
}
