package library_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"purser/connectors"
	"purser/library"
)

func load(t *testing.T) *library.Library {
	t.Helper()
	l, err := library.Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEntriesAreWhole(t *testing.T) {
	domain := regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)
	card := regexp.MustCompile(`^[A-Z0-9][A-Z0-9 .,*&-]*$`)
	slug := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	all := load(t).All()
	if len(all) < 800 {
		t.Errorf("the library holds %d applications, fewer than 800", len(all))
	}
	shelves := map[string]int{}
	for _, a := range all {
		shelves[a.Category]++
		if a.Name == "" || a.Vendor == "" || a.CategoryTitle == "" || a.Shelf == "" || !slug.MatchString(a.Category) || len(a.Domains) == 0 {
			t.Errorf("%q lacks its name, vendor, category, shelf or domains", a.Name)
		}
		if a.Name != strings.TrimSpace(a.Name) || strings.Contains(a.Name, "  ") {
			t.Errorf("%q has spaces too many", a.Name)
		}
		for _, d := range a.Domains {
			if !domain.MatchString(d) {
				t.Errorf("%s: %q is no domain", a.Name, d)
			}
		}
		for _, c := range a.Card {
			if !card.MatchString(c) {
				t.Errorf("%s: card text %q is not in capitals", a.Name, c)
			}
		}
		if a.Admin != "" {
			if u, err := url.Parse(a.Admin); err != nil || u.Scheme != "https" || u.Host == "" {
				t.Errorf("%s: admin page %q is no https address", a.Name, a.Admin)
			}
		}
	}
	for category, n := range shelves {
		if n < 5 {
			t.Errorf("the category %s has %d applications only: too narrow to compare within", category, n)
		}
	}
}

func TestEveryConnectorIsOfOneApplication(t *testing.T) {
	of := map[string]string{}
	for _, a := range load(t).All() {
		if other := of[a.Connector]; a.Connector != "" && other != "" {
			t.Errorf("the connector %s is named by %s and %s", a.Connector, other, a.Name)
		}
		of[a.Connector] = a.Name
	}
	for _, name := range connectors.Names() {
		if name == "file" || name == "push" || name == "ldap" || name == "scim" {
			continue // ways in for any application
		}
		if of[name] == "" {
			t.Errorf("no application names the connector %s", name)
		}
	}
}

func TestNamesAreFoundByAliasAndHostsByTheirLongestDomain(t *testing.T) {
	l := load(t)
	for name, want := range map[string]string{"Azure AD": "Microsoft Entra ID", "  office   365 ": "Microsoft 365", "GITHUB": "GitHub"} {
		if a, ok := l.ByName(name); !ok || a.Name != want {
			t.Errorf("%q is found as %q, want %q", name, a.Name, want)
		}
	}
	if a, ok := l.ByName("an application nobody sells"); ok {
		t.Errorf("an unknown name is found as %q", a.Name)
	}
	for host, want := range map[string]string{"acme.slack.com": "Slack", "stock.adobe.com": "Adobe Stock", "www.adobe.com.": "Adobe Creative Cloud"} {
		if a, ok := l.ByDomain(host); !ok || a.Name != want {
			t.Errorf("%q belongs to %q, want %q", host, a.Name, want)
		}
	}
	for _, host := range []string{"notslack.com", "com", "", "slack.com.example.org"} {
		if a, ok := l.ByDomain(host); ok {
			t.Errorf("%q belongs to %q, want none", host, a.Name)
		}
	}
}

func TestWhatStandsTwiceIsRefusedWithItsNames(t *testing.T) {
	file := func(text string) fstest.MapFS { return fstest.MapFS{"a.yaml": {Data: []byte(text)}} }
	for text, want := range map[string]string{
		"c:\n  title: C\n  applications:\n    - {name: A, vendor: V, domains: [a.com]}\n    - {name: B, vendor: V, domains: [b.com], aliases: [a]}\n": `also that of A`,
		"c:\n  title: C\n  applications:\n    - {name: A, vendor: V, domains: [a.com]}\n    - {name: B, vendor: V, domains: [a.com]}\n":               `the domain a.com`,
		"c:\n  title: C\n  applications:\n    - {name: A, vndor: V, domains: [a.com]}\n":                                                              `vndor`,
	} {
		if _, err := library.Read(file(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

func TestSearchFindsNameVendorCategoryAndDomain(t *testing.T) {
	l := load(t)
	for _, q := range []string{"jira", "atlassian", "project and work", "JIRA.com"} {
		found := false
		for _, a := range l.Search(q) {
			found = found || a.Name == "Jira"
		}
		if !found {
			t.Errorf("%q does not find Jira", q)
		}
	}
	if n := len(l.Search("no such thing anywhere")); n != 0 {
		t.Errorf("nonsense finds %d", n)
	}
}
