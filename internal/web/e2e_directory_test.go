package web_test

import (
	"fmt"
	"strings"
	"testing"

	"purser"
	"purser/internal/app"
	"purser/internal/source/ldaptest"
	"purser/internal/source/scimtest"
	"purser/internal/web/browsertest"
)

// TestADirectoryAndAScimServerAreConnectedInABrowser goes through the wizard with
// real servers: OpenLDAP's slapd, and a SCIM server from npm.
func TestADirectoryAndAScimServerAreConnectedInABrowser(t *testing.T) {
	b := chromium.Start(t)
	directory, planner := ldaptest.Start(t), scimtest.Start(t)
	s := serveWith(t, func(o *app.Options) {
		o.VendorMap += ",planner.example.com=" + planner + ",ldap.example.com=http://127.0.0.1:" + directory.TLS
	})
	p := s.signIn(t, b, "ada@example.com", purser.RoleAdmin)
	t.Run("a directory connects over TLS with its own authority", func(t *testing.T) { connectDirectory(t, s, p.For(t), directory) })
	t.Run("a SCIM server connects with a token", func(t *testing.T) { connectScim(t, s, p.For(t)) })
	s.clean(p, s.vendorHosts()...)
}

func connectDirectory(t *testing.T, s *site, p *browsertest.Page, d ldaptest.Slapd) {
	p.Open(s.PublicURL() + "/catalog/ldap")
	press(p, "Connect")
	heading(p, "Connect LDAP")
	fill(p, "name", "Head office")
	fill(p, "set.host", "ldap.example.com")
	fill(p, "set.base", ldaptest.Base)
	fill(p, "set.users", "(objectClass=inetOrgPerson)")
	p.Screenshot("ldap-settings", true)
	press(p, "Next: credentials")
	heading(p, "Credentials of Head office")
	fill(p, "secret.user", ldaptest.User)
	fill(p, "secret.password", "wrong")
	enter(p, "secret.ca", "no certificate")
	press(p, "Next: test")
	p.Expect(422)
	says(p, "no certificate in PEM form")
	fill(p, "secret.password", "wrong")
	enter(p, "secret.ca", d.CA)
	press(p, "Next: test")
	heading(p, "Test Head office")
	press(p, "Test the connection")
	p.See(`main .callout[role="alert"], main [role="alert"]`)
	p.Axe()
	p.Screenshot("ldap-refused", true)
	press(p, "Change the credentials")
	heading(p, "Credentials of Head office")
	fill(p, "secret.password", ldaptest.Password)
	press(p, "Next: test")
	press(p, "Test the connection")
	says(p, ldaptest.Base)
	synced(t, s, p, "Head office", "User 1", 1200)
}

func connectScim(t *testing.T, s *site, p *browsertest.Page) {
	p.Open(s.PublicURL() + "/catalog/scim")
	press(p, "Connect")
	heading(p, "Connect SCIM")
	fill(p, "name", "Planner by SCIM")
	fill(p, "set.application", "Planner")
	fill(p, "set.address", "https://planner.example.com/scim/v2")
	press(p, "Next: credentials")
	heading(p, "Credentials of Planner by SCIM")
	fill(p, "secret.token", scimtest.Token)
	press(p, "Next: test")
	press(p, "Test the connection")
	synced(t, s, p, "Planner by SCIM", "User 1", 250)
}

// enter puts a text of several lines into a field.
func enter(p *browsertest.Page, name, text string) {
	p.See(fmt.Sprintf(`[name=%q]`, name))
	browsertest.Eval[int](p, fmt.Sprintf(`(document.querySelector('[name=%q]').value = %q, 0)`, name, text))
}

// synced confirms the connection, sees the first sync succeed and its accounts in the list.
func synced(t *testing.T, s *site, p *browsertest.Page, name, person string, accounts int) {
	t.Helper()
	p.Until(`document.readyState === "complete" && document.querySelector("main").innerText.includes("Confirm and start the first sync")`)
	p.Axe()
	press(p, "Confirm and start the first sync")
	heading(p, name)
	p.Until(`location.pathname.endsWith("/result")`)
	p.Until(`document.querySelectorAll("main progress").length === 0 && document.querySelector("main").innerText.includes("Succeeded") &&
		!/Queued|Running|Waiting/.test(document.querySelector("main").innerText)`)
	for _, i := range s.instances(t) {
		if i.Name == name {
			p.Open(s.PublicURL() + "/accounts?instance=" + i.ID)
		}
	}
	says(p, person)
	p.Until(fmt.Sprintf(`document.querySelector("main").innerText.replace(/[,\u202f\u00a0 ]/g, "").includes("%d")`, accounts))
	p.Screenshot("accounts-"+strings.ToLower(strings.Fields(name)[0]), true)
	p.Axe()
}
