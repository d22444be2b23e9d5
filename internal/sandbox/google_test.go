package sandbox_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"purser/internal/sandbox"
)

const (
	adminAPI    = "https://admin.googleapis.com/admin/directory/v1/"
	reportsAPI  = "https://admin.googleapis.com/admin/reports/v1/activity/users/all/applications/"
	licenseAPI  = "https://licensing.googleapis.com/apps/licensing/v1/product/"
	googleToken = "https://oauth2.googleapis.com/token"
	googleAuth  = "https://www.googleapis.com/auth/"
)

func privateKey(t *testing.T, text string) *rsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return k.(*rsa.PrivateKey)
}

func sign(t *testing.T, key any, header map[jose.HeaderKey]any, claims map[string]any) string {
	t.Helper()
	o := &jose.SignerOptions{ExtraHeaders: header}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, o)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jwt.Signed(s).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// googleGrant asks for a token; change alters the claims first.
func (c *client) googleGrant(status int, scopes string, change func(map[string]any)) map[string]any {
	c.t.Helper()
	now := c.Now()
	claims := map[string]any{"iss": c.creds.Google.ClientEmail, "sub": c.creds.Google.Admin, "aud": googleToken, "scope": scopes,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	if change != nil {
		change(claims)
	}
	raw := sign(c.t, privateKey(c.t, c.creds.Google.PrivateKey), map[jose.HeaderKey]any{"kid": c.creds.Google.KeyID}, claims)
	return c.form(status, googleToken, nil, q("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", raw)).object(c.t)
}

func (c *client) google(scopes ...string) map[string]string {
	c.t.Helper()
	for i := range scopes {
		scopes[i] = googleAuth + scopes[i]
	}
	return bearer(c.googleGrant(200, strings.Join(scopes, " "), nil)["access_token"].(string))
}

// collect follows page tokens to the end.
func (c *client) collect(target, key string, header map[string]string) []map[string]any {
	c.t.Helper()
	var out []map[string]any
	token := ""
	for range 50 {
		o := c.get(200, target+"&pageToken="+url.QueryEscape(token), header).object(c.t)
		if items, ok := o[key].([]any); ok {
			for _, it := range items {
				out = append(out, it.(map[string]any))
			}
		}
		if token, _ = o["nextPageToken"].(string); token == "" {
			return out
		}
	}
	c.t.Fatalf("%s does not end", target)
	return nil
}

func TestGoogleUsersNeverSignedInSayNineteenSeventy(t *testing.T) {
	c := start(t, sandbox.Options{})
	h := c.google("admin.directory.user.readonly", "admin.directory.group.readonly")
	users := c.collect(adminAPI+"users?customer=my_customer&projection=full&maxResults=90", "users", h)
	never, suspended, archived, guests := 0, 0, 0, 0
	for _, u := range users {
		if u["lastLoginTime"] == "1970-01-01T00:00:00.000Z" {
			never++
		}
		if u["suspended"] == true {
			suspended++
		}
		if u["archived"] == true {
			archived++
		}
		if u["isGuestUser"] == true {
			guests++
		}
	}
	if len(users) < 200 || distinct(t, users, "id") != len(users) || never < 5 || suspended < 3 || archived < 1 || guests != 5 {
		t.Errorf("%d users, %d never, %d suspended, %d archived, %d guests", len(users), never, suspended, archived, guests)
	}
	groups := c.collect(adminAPI+"groups?customer=my_customer&maxResults=4", "groups", h)
	for _, g := range groups {
		target := adminAPI + "groups/" + g["id"].(string) + "/members"
		if g["directMembersCount"] == "0" {
			if _, ok := c.get(200, target, h).object(t)["members"]; ok {
				t.Error("an empty group has a members key")
			}
			continue
		}
		if n := len(c.collect(target+"?maxResults=200", "members", h)); n == 0 {
			t.Errorf("group %v has no members", g["name"])
		}
	}
	one := c.get(200, adminAPI+"users?customer=my_customer&maxResults=1&fields=nextPageToken,users(id,name/fullName)", h).object(t)
	if u := one["users"].([]any)[0].(map[string]any); len(u) != 2 || len(u["name"].(map[string]any)) != 1 || len(one) != 2 {
		t.Errorf("fields leaves %v", one)
	}
}

func TestGoogleTellsWhatIsWrongWithADelegation(t *testing.T) {
	c := start(t, sandbox.Options{})
	users := googleAuth + "admin.directory.user.readonly"
	if o := c.googleGrant(401, users+" "+googleAuth+"drive", nil); o["error"] != "unauthorized_client" {
		t.Errorf("a scope that is not delegated: %v", o)
	}
	for name, change := range map[string]func(map[string]any){
		"audience":   func(m map[string]any) { m["aud"] = "https://example.com/token" },
		"expired":    func(m map[string]any) { m["exp"] = today.Add(-time.Hour).Unix() },
		"two hours":  func(m map[string]any) { m["exp"] = today.Add(2 * time.Hour).Unix() },
		"issuer":     func(m map[string]any) { m["iss"] = "somebody@example.com" },
		"no subject": func(m map[string]any) { m["sub"] = "nobody@example.com" },
	} {
		if o := c.googleGrant(400, users, change); o["error"] != "invalid_grant" {
			t.Errorf("%s: %v", name, o)
		}
	}
	self := c.googleGrant(200, users, func(m map[string]any) { delete(m, "sub") })
	r := c.get(403, adminAPI+"users?customer=my_customer", bearer(self["access_token"].(string)))
	if e := at(r.object(t), "error.errors").([]any)[0]; at(e, "reason") != "forbidden" {
		t.Errorf("without a subject: %s", r.Body)
	}
	h := c.google("admin.directory.user.readonly")
	r = c.get(403, adminAPI+"groups?customer=my_customer", h)
	if e := at(r.object(t), "error.errors").([]any)[0]; at(e, "reason") != "insufficientPermissions" {
		t.Errorf("another scope: %s", r.Body)
	}
	c.get(400, adminAPI+"users", h)
	c.get(400, adminAPI+"users?customer=my_customer&limit=3", h)
	c.get(404, adminAPI+"users/nobody@example.com", h)
	c.ShrinkScopes(sandbox.Google, nil)
	c.googleGrant(401, users, nil)
	c.RevokeTokens(sandbox.Google)
	c.get(401, adminAPI+"users?customer=my_customer", h)
	c.googleGrant(400, users, nil)
}

func TestGoogleReportsAreNewestFirstAndEnd(t *testing.T) {
	c := start(t, sandbox.Options{})
	h := c.google("admin.reports.audit.readonly")
	for app, least := range map[string]int{"login": 300, "token": 300, "saml": 10} {
		rows := c.collect(reportsAPI+app+"?maxResults=400&startTime=2026-09-01T00:00:00Z", "items", h)
		if len(rows) < least || distinct(t, rows, "id.uniqueQualifier") != len(rows) {
			t.Errorf("%s: %d lines, %d distinct", app, len(rows), distinct(t, rows, "id.uniqueQualifier"))
		}
		for i := 1; i < len(rows); i++ {
			if at(rows[i-1], "id.time").(string) < at(rows[i], "id.time").(string) {
				t.Fatalf("%s: line %d is newer than the one before", app, i)
			}
		}
	}
	if _, ok := c.get(200, reportsAPI+"admin", h).object(t)["items"]; ok {
		t.Error("an empty report has an items key")
	}
	c.get(400, reportsAPI+"login?startTime=2025-01-01T00:00:00Z", h)
	c.get(400, reportsAPI+"chess", h)
}

func TestGoogleGrantsAndLicensesAreListed(t *testing.T) {
	c := start(t, sandbox.Options{})
	h := c.google("admin.directory.user.security", "admin.directory.user.readonly", "apps.licensing")
	grants := 0
	for _, u := range c.collect(adminAPI+"users?customer=my_customer&maxResults=500", "users", h) {
		o := c.get(200, adminAPI+"users/"+u["id"].(string)+"/tokens", h).object(t)
		if items, ok := o["items"].([]any); ok {
			grants += len(items)
		}
	}
	if grants < 200 {
		t.Errorf("%d grants", grants)
	}
	rows := c.collect(licenseAPI+"Google-Apps/users?customerId="+c.creds.Google.CustomerID+"&maxResults=100", "items", h)
	plus := c.collect(licenseAPI+"Google-Apps/sku/1010020020/users?customerId="+c.creds.Google.CustomerID, "items", h)
	if len(rows) < 200 || len(plus) == 0 || len(plus) >= len(rows) {
		t.Errorf("%d seats, %d of one edition", len(rows), len(plus))
	}
	c.get(400, licenseAPI+"Google-Apps/users?customerId=my_customer", h)
	c.get(404, licenseAPI+"101031/users?customerId="+c.creds.Google.CustomerID, h)
}

func TestTheServiceAccountFileIsWhole(t *testing.T) {
	c := start(t, sandbox.Options{})
	var file map[string]string
	if err := json.Unmarshal([]byte(c.creds.Google.ServiceAccountJSON), &file); err != nil || file["type"] != "service_account" ||
		file["token_uri"] != googleToken || file["client_email"] != c.creds.Google.ClientEmail {
		t.Errorf("%v, %v", file, err)
	}
}
