package demo_test

import (
	"slices"
	"strings"
	"testing"

	"purser/internal/sandbox"
)

// doTheSame are the company's applications of which several do the same.
func doTheSame() [][]string {
	return [][]string{{"Okta", "OneLogin"}, {"Confluence", "Notion"}, {"Zoom", "Otter.ai", "Loom"}, {"Jira", "Linear", "Asana"}, {"Figma", "Canva"},
		{"PagerDuty", "Datadog"}, {"Salesforce", "HubSpot"}}
}

// haveIt says of an application which people whom HR knows have an account there that
// is not closed, whoever tells of it.
func haveIt(name string, vendors *sandbox.Sandbox, c *sandbox.Company, all []holder) map[int]bool {
	out := map[int]bool{}
	shut := map[int]bool{} // by person, of the suite
	note := func(p *sandbox.Person) {
		if p != nil && p.Employment != sandbox.NotInHR {
			out[p.N] = true
		}
	}
	for _, a := range all {
		if a.title == name && !a.Closed && !a.nobody {
			note(a.Person)
		}
		if a.title == "Google Workspace" && a.Closed {
			shut[a.Person.N] = true
		}
	}
	for n, app := range c.Apps {
		for _, p := range c.People {
			if app.Label == name && c.HasApp(p, n) {
				note(p)
			}
		}
	}
	for _, x := range c.Labs {
		p := c.Person(x.Person)
		for _, app := range c.LabsApps {
			if app.Name == name && c.HasLabsApp(x, app) && !((x.Renamed || x.Aliased) && privileged(p)) {
				note(p)
			}
		}
	}
	for _, p := range vendors.Consents()[name] {
		if !shut[p.N] {
			note(p)
		}
	}
	return out
}

// overlap compares who has two applications that do the same with the company, and
// the numbers of the page with the people that they open.
func overlap(t *testing.T, s *screen, vendors *sandbox.Sandbox, c *sandbox.Company, all []holder) {
	t.Helper()
	want := map[string]int64{}
	for _, alike := range doTheSame() {
		have := map[string]map[int]bool{}
		for _, name := range alike {
			have[name] = haveIt(name, vendors, c, all)
		}
		for i, one := range alike {
			for _, other := range alike[i+1:] {
				for n := range have[one] {
					if have[other][n] {
						want[pair(one, other)]++
					}
				}
			}
		}
	}
	got, page := map[string]int64{}, s.open("/applications/overlap")
	for _, row := range rowsOf(page) {
		names := unescaped(row, `class="name-title">([^<]*)<`)
		if len(names) == 0 || !strings.Contains(row, `data-label="Have both"`) {
			continue
		}
		one, other, _ := strings.Cut(names[0], " and ")
		for _, label := range []string{"Have both", "Use both"} {
			cell := `data-label="` + label + `"><div class="cell"><a href="([^"]*)">`
			n := s.first(row, cell[:strings.Index(cell, "(")]+`[^"]*">([\d,]+)<`)
			if path := unescaped(row, cell); len(path) == 1 {
				is(t, "the people behind "+label+" of "+names[0], s.listed(path[0]), n)
			} else if n > 0 {
				t.Errorf("%s of %s opens %q", label, names[0], path)
			}
			if label == "Have both" {
				got[pair(one, other)] = n
			}
		}
	}
	alike(t, "the page of overlap", got, want)
	is(t, "categories of the page of overlap", s.first(page, `>(\d+) categories of which more than one`), int64(len(doTheSame())))
}

// pair names two applications in one order.
func pair(one, other string) string {
	two := []string{one, other}
	slices.Sort(two)
	return two[0] + " and " + two[1]
}
