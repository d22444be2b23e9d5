package demo_test

import (
	"cmp"
	"testing"

	"purser/internal/sandbox"
)

// holder is an account that a provider or vendor lists, with what the page calls it.
type holder struct {
	sandbox.Account
	name, title, instance string
	nobody                bool // nobody whom HR knows, or nobody of whom that is certain
}

// holders are all accounts that are read, the vendors' own robots left out.
func holders(vendors *sandbox.Sandbox, c *sandbox.Company) (out []holder) {
	for vendor, title := range asked() {
		for _, x := range vendors.Accounts(vendor) {
			out = append(out, holder{x, cmp.Or(shown(x.Person.Name()), x.Person.Email), title, title + " Acme", x.Person.Employment == sandbox.NotInHR})
		}
	}
	for _, x := range c.Labs {
		a := holder{sandbox.Account{Person: c.Person(x.Person), Shut: x.Suspended}, shown(x.Given + " " + x.Family), "OneLogin", "OneLogin Labs", false}
		switch {
		case x.Person == 0: // from outside, as the address says
			a.Person, a.Told, a.nobody = &sandbox.Person{Employment: sandbox.NotInHR, LastSeen: x.LastSeen}, sandbox.Guest, true
		case (x.Renamed || x.Aliased) && privileged(a.Person): // by an alias alone nothing becomes an administrator's
			a.nobody = true
		}
		if a.name == "" {
			a.name = x.Email
		}
		out = append(out, a)
	}
	return out
}

// nobodys compares the accounts of nobody, of robots and of people from outside with
// the company, row by row.
func nobodys(t *testing.T, s *screen, all []holder) {
	t.Helper()
	const robots, guests, shared, external, unmatched = "/accounts?kind=robot&n=25", "/accounts?kind=guest&n=25", "/accounts?kind=shared&n=25", "/accounts?external=yes&n=25", "/accounts/unmatched?n=25"
	want := map[string]map[string]int64{robots: {"Slackbot, Slack Acme": 1}, guests: {}, shared: {}, external: {}, unmatched: {}}
	unknown := int64(0)
	for _, a := range all {
		at := a.name + ", " + a.instance
		switch {
		case a.Told == sandbox.Robot:
			want[robots][at]++
		case a.Told == sandbox.Guest:
			want[guests][at]++
			want[external][at]++ // every guest of the company is from outside
		case a.nobody:
			want[unmatched][at]++
			if !a.Shut {
				unknown++
			}
		}
	}
	for path, rows := range want {
		got := map[string]int64{}
		s.walked(path, func(row string) {
			name, where := unescaped(row, `class="name-title">([^<]*)<`), unescaped(row, `data-label="Instance"><div class="cell"><a[^>]*>([^<]*)<`)
			got[shown(name[0])+", "+where[0]]++
		})
		alike(t, path, got, rows)
		n := int64(0)
		for _, many := range rows {
			n += many
		}
		is(t, "the counter of "+path, s.listed(path), n)
		if n < 9 && path != shared { // which no vendor of the company tells
			t.Errorf("%d rows of %s were compared", n, path)
		}
	}
	is(t, "the findings of unknown accounts", s.listed("/findings?kind=unknown_account"), unknown)
}
