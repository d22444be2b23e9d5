package web_test

import (
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/browsertest"
)

// firstLink returns the path of the first link on the page that matches.
func firstLink(p *browsertest.Page, selector string) string {
	return browsertest.Eval[string](p, fmt.Sprintf(`(document.querySelector(%q)||{getAttribute(){return ""}}).getAttribute("href")`, selector))
}

// pages lists an address for every kind of page that a role can open.
func (s *site) pages(t testing.TB, p *browsertest.Page) []string {
	t.Helper()
	all := []string{"/", "/integrations", "/catalog", "/catalog/okta", "/catalog/slack", "/holds", "/runs", "/applications", "/accounts",
		"/people", "/licenses", "/spend", "/settings/you", "/settings/tokens", "/settings/about", "/settings/users", "/settings/network",
		"/settings/audit", "/accounts?q=nobody-of-this-name"}
	follow := func(from, selector string, tabs ...string) {
		p.Open(s.PublicURL() + from)
		link := firstLink(p, selector)
		if link == "" {
			t.Errorf("%s has no link %s", from, selector)
			return
		}
		all = append(all, link)
		for _, tab := range tabs {
			all = append(all, link+"/"+tab)
		}
	}
	follow("/integrations", `main tbody a[href^="/instances/"]`)
	for _, name := range []string{"Okta Acme", "Slack Acme"} {
		for _, i := range s.instances(t) {
			if i.Name == name {
				for _, tab := range []string{"", "/credential", "/runs", "/holds", "/settings", "/history", "/setup", "/test", "/result", "/applications", "/authorize"} {
					if name == "Okta Acme" != (tab == "/authorize") {
						all = append(all, "/instances/"+i.ID+tab)
					}
				}
			}
		}
	}
	follow("/runs", `main tbody a[href^="/runs/"]`)
	follow("/applications", `main tbody a[href^="/applications/"]`, "accounts", "activity", "licenses", "integration", "history")
	follow("/accounts", `main tbody a[href^="/accounts/"]`)
	follow("/people", `main tbody a[href^="/people/"]`)
	return append(all, "/catalog/okta/connect?task=application_roster", "/catalog/slack/connect?task=application_roster")
}

func (s *site) instances(t testing.TB) []purser.Instance {
	t.Helper()
	all, err := s.Connect.Instances(s.host, connect.InstanceFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// pictureName makes a file's name of an address.
func pictureName(path, how string) string {
	name := strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(strings.Trim(path, "/"))
	if name == "" {
		name = "home"
	}
	if len(name) > 60 {
		name = name[:60]
	}
	return name + "-" + how
}

func TestEveryPageIsAccessibleInLightAndDarkWideAndNarrow(t *testing.T) {
	b := browsertest.Start(t)
	s := serve(t)
	s.connectAll(t)
	p := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	for _, path := range s.pages(t, p) {
		t.Run(strings.Trim(path, "/"), func(t *testing.T) {
			p := p.For(t)
			p.Open(s.PublicURL() + path)
			for _, width := range []int{1280, 390} {
				p.Size(width, 800)
				for _, theme := range []string{"light", "dark"} {
					if theme == "dark" {
						p.Dark()
					} else {
						p.Light()
					}
					p.Axe()
					p.Screenshot(pictureName(path, fmt.Sprintf("%d-%s", width, theme)), true)
				}
				if over := browsertest.Eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
					t.Errorf("at %d px the page scrolls sideways by %d px", width, over)
				}
			}
			p.Light()
			p.Size(1280, 800)
		})
	}
	s.clean(p)
}
