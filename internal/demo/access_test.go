package demo_test

import (
	"cmp"
	"html"
	"regexp"
	"testing"

	"purser/internal/sandbox"
)

// held is who has an account where in truth, of everybody whom HR knows: by
// application, person and how the cell says it. Names are no one's alone.
func held(vendors *sandbox.Sandbox, c *sandbox.Company) map[string]int64 {
	want := map[string]int64{}
	note := func(title string, p *sandbox.Person, how string) {
		if p != nil && p.Employment != sandbox.NotInHR {
			want[title+": "+cmp.Or(shown(p.Name()), p.Email)+", "+how]++
		}
	}
	for vendor, title := range asked() {
		for _, x := range vendors.Accounts(vendor) {
			note(title, x.Person, "itself")
		}
	}
	through := map[string]string{"bamboohr": "BambooHR", "github_enterprise": "GitHub"} // managed, and no list of their users is read
	for n, app := range c.Apps {
		for _, p := range c.People {
			if title := through[app.Key]; title != "" && c.HasApp(p, n) {
				note(title, p, "through Okta Acme")
			}
		}
	}
	for _, x := range c.Labs {
		p := c.Person(x.Person)
		if (x.Renamed || x.Aliased) && privileged(p) { // by an alias alone nothing becomes an administrator's: it is proposed
			continue
		}
		note("OneLogin", p, "itself")
		given := map[string]bool{} // under however many names, an account is there once
		for _, app := range c.LabsApps {
			if title := through[app.Key]; title != "" && c.HasLabsApp(x, app) && !given[title] {
				given[title] = true
				note(title, p, "through OneLogin Labs")
			}
		}
	}
	return want
}

// privileged says whether a person administers one of the company's systems.
func privileged(p *sandbox.Person) bool { return p != nil && (p.N <= 3 || p.Department == "IT") }

// access compares who has an account where with the company, every cell of every
// person whom HR knows, in both directions.
func access(t *testing.T, s *screen, vendors *sandbox.Sandbox, c *sandbox.Company, systems int) {
	t.Helper()
	people := int64(0)
	for _, p := range c.People {
		if p.Employment != sandbox.NotInHR {
			people++
		}
	}
	cell := regexp.MustCompile(`(?s)data-label="([^"]*)"><div class="cell">(.*?)</div>`)
	account := regexp.MustCompile(`href="/accounts/[^>]*>([^<]*)<`)
	got, rows := map[string]int64{}, int64(0)
	s.walked("/access?n=100", func(row string) {
		rows++
		who := shown(unescaped(row, `class="name-title">([^<]*)<`)[0])
		for _, x := range cell.FindAllStringSubmatch(row, -1) {
			for _, a := range account.FindAllStringSubmatch(x[2], -1) {
				how := a[1]
				if len(how) < len("through ") || how[:len("through ")] != "through " {
					how = "itself"
				}
				got[html.UnescapeString(x[1])+": "+who+", "+how]++
			}
		}
	})
	alike(t, "the page of access", got, held(vendors, c))
	is(t, "the page of access", s.listed("/access"), people)
	is(t, "rows of the page of access", rows, people)
	is(t, "applications of the page of access", s.first(s.open("/access"), `>([\d,]+) applications<`), int64(systems))
}
