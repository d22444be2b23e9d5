package sandbox_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"purser/internal/sandbox"
)

const (
	xeroAPI   = "https://api.xero.com/api.xro/2.0/"
	xeroToken = "https://identity.xero.com/connect/token"
	granular  = "offline_access accounting.invoices.read accounting.banktransactions.read accounting.contacts.read accounting.settings.read"
	verifier  = "a-code-verifier-of-at-least-forty-three-characters"
	// challenge is the S256 of verifier.
	challenge = "bLRYBPalK1NsU4_TD3JrHRmfVjgoduNjiXgeScRbcr8"
)

func (c *client) xeroConsent(scopes string, tenants ...string) (string, error) {
	return c.Consent(c.t.Context(), "https://login.xero.com/identity/connect/authorize?"+q("response_type", "code", "client_id", c.creds.Xero.ClientID,
		"redirect_uri", callback, "scope", scopes, "state", "s3", "code_challenge", challenge, "code_challenge_method", "S256").Encode(), true, tenants...)
}

func (c *client) xeroTokens(scopes string, tenants ...string) map[string]any {
	c.t.Helper()
	back, err := c.xeroConsent(scopes, tenants...)
	if err != nil {
		c.t.Fatal(err)
	}
	u, _ := url.Parse(back)
	return c.form(200, xeroToken, basic(c.creds.Xero.ClientID, c.creds.Xero.ClientSecret), q("grant_type", "authorization_code", "code", u.Query().Get("code"),
		"redirect_uri", callback, "code_verifier", verifier)).object(c.t)
}

// tenant gives the headers of one organisation.
func (c *client) tenant(token any, n int) map[string]string {
	c.t.Helper()
	h := bearer(token.(string))
	h["xero-tenant-id"] = c.get(200, "https://api.xero.com/connections", h).list(c.t)[n]["tenantId"].(string)
	return h
}

func TestAXeroTokenIsForTheTenantsThatWereChosen(t *testing.T) {
	c := start(t, sandbox.Options{})
	both := c.xeroTokens(granular)
	h := c.tenant(both["access_token"], 1)
	if got := c.get(200, xeroAPI+"Organisation", h).object(t)["Organisations"].([]any); at(got[0], "BaseCurrency") != "USD" {
		t.Errorf("%v", got)
	}
	one := c.xeroTokens(granular, h["xero-tenant-id"])
	list := c.get(200, "https://api.xero.com/connections", bearer(one["access_token"].(string))).list(t)
	if len(list) != 1 || list[0]["tenantId"] != h["xero-tenant-id"] {
		t.Errorf("%v", list)
	}
	c.get(403, xeroAPI+"Organisation", bearer(one["access_token"].(string)))
}

func TestBillsArePagedAndDeltasAreSmall(t *testing.T) {
	c := start(t, sandbox.Options{})
	h := c.tenant(c.xeroTokens(granular)["access_token"], 0)
	where := "Invoices?where=" + url.QueryEscape(`Type=="ACCPAY"`) + "&order=UpdatedDateUTC%20ASC&pageSize=50&page="
	var rows []map[string]any
	for page := 1; ; page++ {
		o := c.get(200, xeroAPI+where+string(rune('0'+page)), h).object(t)
		for _, r := range o["Invoices"].([]any) {
			rows = append(rows, r.(map[string]any))
		}
		if at(o, "pagination.pageCount") == float64(page) {
			break
		}
	}
	if len(rows) < 150 || distinct(t, rows, "InvoiceID") != len(rows) {
		t.Fatalf("%d bills", len(rows))
	}
	for _, r := range rows {
		if r["Type"] != "ACCPAY" || !strings.HasPrefix(r["UpdatedDateUTC"].(string), "/Date(") || len(r["LineItems"].([]any)) == 0 {
			t.Fatalf("%v", r)
		}
	}
	c.AdvanceClock(10 * time.Minute)
	if err := c.Bill(0, "Miro", 12_345); err != nil {
		t.Fatal(err)
	}
	h["If-Modified-Since"] = today.Add(time.Minute).Format("2006-01-02T15:04:05")
	if got := c.get(200, xeroAPI+where+"1", h).object(t)["Invoices"].([]any); len(got) != 1 || at(got[0], "Total") != 123.45 {
		t.Errorf("the delta holds %v", got)
	}
	delete(h, "If-Modified-Since")
	bare := c.get(200, xeroAPI+"Invoices", h).object(t)
	if bare["pagination"] != nil || len(bare["Invoices"].([]any)[0].(map[string]any)["LineItems"].([]any)) != 0 {
		t.Error("a list without page has line items")
	}
	for _, list := range []string{"CreditNotes?page=1", "BankTransactions?page=1&where=" + url.QueryEscape(`Type=="SPEND" OR Type=="SPEND-OVERPAYMENT"`),
		"Contacts?page=1&includeArchived=true", "Users"} {
		key, _, _ := strings.Cut(list, "?")
		if got := c.get(200, xeroAPI+list, h).object(t)[key].([]any); len(got) < 3 {
			t.Errorf("%s: %d rows", list, len(got))
		}
	}
	c.get(400, xeroAPI+"Invoices?where=Total%3E5", h)
	c.get(400, xeroAPI+"Contacts?per_page=5", h)
	c.get(404, xeroAPI+"Payroll", h)
}

func TestXeroRotatesRefreshTokens(t *testing.T) {
	c := start(t, sandbox.Options{})
	o := c.xeroTokens(granular)
	auth := basic(c.creds.Xero.ClientID, c.creds.Xero.ClientSecret)
	c.AdvanceClock(31 * time.Minute)
	r := c.get(401, "https://api.xero.com/connections", bearer(o["access_token"].(string))).object(t)
	if d, _ := r["Detail"].(string); !strings.HasPrefix(d, "TokenExpired") {
		t.Errorf("%v", r)
	}
	n := c.form(200, xeroToken, auth, q("grant_type", "refresh_token", "refresh_token", o["refresh_token"].(string))).object(t)
	if n["refresh_token"] == o["refresh_token"] || n["expires_in"] != float64(1800) {
		t.Errorf("%v", n)
	}
	again := c.form(400, xeroToken, auth, q("grant_type", "refresh_token", "refresh_token", o["refresh_token"].(string))).object(t)
	if again["error"] != "invalid_grant" {
		t.Errorf("%v", again)
	}
	c.RevokeTokens(sandbox.Xero)
	c.form(400, xeroToken, auth, q("grant_type", "refresh_token", "refresh_token", n["refresh_token"].(string)))
	if _, ok := c.xeroTokens("accounting.settings.read")["refresh_token"]; ok {
		t.Error("a refresh token was given without offline_access")
	}
}

func TestAScopeOfTheOtherFamilyIsRefusedOnTheScreen(t *testing.T) {
	for _, classic := range []bool{false, true} {
		c := start(t, sandbox.Options{XeroClassicScopes: classic})
		_, old := c.xeroConsent("offline_access accounting.transactions.read")
		_, fresh := c.xeroConsent("offline_access accounting.invoices.read")
		if (old == nil) != classic || (fresh == nil) == classic {
			t.Errorf("classic %v: old %v, granular %v", classic, old, fresh)
		}
	}
}

func TestXeroLimitsEachTenantByTheMinute(t *testing.T) {
	c := start(t, sandbox.Options{Limits: map[string]int{}})
	h := c.tenant(c.xeroTokens(granular)["access_token"], 0)
	r := c.get(200, xeroAPI+"Organisation", h)
	if r.Header.Get("X-MinLimit-Remaining") != "59" || r.Header.Get("X-DayLimit-Remaining") != "4999" {
		t.Errorf("%v", r.Header)
	}
	for range 59 {
		c.get(200, xeroAPI+"Organisation", h)
	}
	r = c.get(429, xeroAPI+"Organisation", h)
	if r.Header.Get("X-Rate-Limit-Problem") != "minute" || r.Header.Get("Retry-After") == "" {
		t.Errorf("%v", r.Header)
	}
	c.get(200, xeroAPI+"Organisation", c.tenant(c.xeroTokens(granular)["access_token"], 1))
	narrow := c.tenant(c.xeroTokens("accounting.contacts.read")["access_token"], 1)
	if d := c.get(401, xeroAPI+"Users", narrow).object(t)["Detail"]; d != "AuthorizationUnsuccessful" {
		t.Errorf("without the scope: %v", d)
	}
}
