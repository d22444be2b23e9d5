package sandbox_test

import (
	"net/url"
	"testing"
	"time"

	"purser/internal/sandbox"
)

const (
	slackAPI = "https://slack.com/api/"
	callback = "https://purser.example.com/oauth/callback"
)

// slackTokens goes through consent and gives the bot's and the user's token.
func (c *client) slackTokens(scopes, userScopes string) map[string]any {
	c.t.Helper()
	authorize := "https://slack.com/oauth/v2/authorize?" + q("client_id", c.creds.Slack.ClientID, "scope", scopes, "user_scope", userScopes,
		"redirect_uri", callback, "state", "s1").Encode()
	back, err := c.Consent(c.t.Context(), authorize, true)
	if err != nil {
		c.t.Fatal(err)
	}
	u, err := url.Parse(back)
	if err != nil || u.Query().Get("state") != "s1" {
		c.t.Fatalf("redirected to %q", back)
	}
	r := c.form(200, slackAPI+"oauth.v2.access", basic(c.creds.Slack.ClientID, c.creds.Slack.ClientSecret),
		q("code", u.Query().Get("code"), "redirect_uri", callback))
	return r.object(c.t)
}

func (c *client) slack(method, token string) map[string]any {
	c.t.Helper()
	return c.get(200, slackAPI+method, bearer(token)).object(c.t)
}

func TestSlackGivesTwoTokensInOneGrant(t *testing.T) {
	c := start(t, sandbox.Options{})
	o := c.slackTokens("users:read,users:read.email,team:read,team.billing:read,usergroups:read", "admin")
	bot, user := o["access_token"].(string), at(o, "authed_user.access_token").(string)
	if c.slack("auth.test", bot)["ok"] != true || c.slack("auth.test", user)["ok"] != true {
		t.Error("a fresh token is not accepted")
	}
	var members []any
	for cursor := ""; ; {
		page := c.slack("users.list?limit=100&cursor="+url.QueryEscape(cursor), bot)
		members = append(members, page["members"].([]any)...)
		if cursor = at(page, "response_metadata.next_cursor").(string); cursor == "" {
			break
		}
	}
	mails, deleted, bots := 0, 0, 0
	for _, m := range members {
		if at(m, "profile.email") != nil {
			mails++
		}
		if at(m, "deleted") == true {
			deleted++
		}
		if at(m, "is_bot") == true {
			bots++
		}
	}
	if len(members) < 200 || mails < 200 || deleted < 5 || bots != 8 {
		t.Errorf("%d members, %d addresses, %d deactivated, %d robots", len(members), mails, deleted, bots)
	}
	if got := c.slack("team.billableInfo", bot)["error"]; got != "not_allowed_token_type" {
		t.Errorf("seats with the bot's token: %v", got)
	}
	if n := len(c.slack("team.billableInfo?limit=1000", user)["billable_info"].(map[string]any)); n != len(members)-1 {
		t.Errorf("%d billable of %d members", n, len(members))
	}
	if n := len(c.slack("team.accessLogs?limit=1000", user)["logins"].([]any)); n < 100 {
		t.Errorf("%d logins", n)
	}
	if n := len(c.slack("usergroups.list?include_users=true", bot)["usergroups"].([]any)); n < 10 {
		t.Errorf("%d user groups", n)
	}
	if c.slack("team.info", bot)["ok"] != true || c.slack("team.billing.info", bot)["plan"] == nil {
		t.Error("team.info or team.billing.info")
	}
}

func TestSlackRefusesWithStatus200(t *testing.T) {
	c := start(t, sandbox.Options{})
	bot := c.slackTokens("users:read", "")["access_token"].(string)
	if m := c.slack("users.list?limit=2", bot)["members"].([]any); at(m[1], "profile.email") != nil {
		t.Error("an address is told without its scope")
	}
	if o := c.slack("team.info", bot); o["error"] != "missing_scope" || o["needed"] != "team:read" || o["provided"] != "users:read" {
		t.Errorf("%v", o)
	}
	for token, want := range map[string]string{"xoxb-nonsense": "invalid_auth", "": "not_authed"} {
		if got := c.slack("auth.test", token)["error"]; got != want {
			t.Errorf("%q: %v", token, got)
		}
	}
	c.RevokeTokens(sandbox.Slack)
	if got := c.slack("auth.test", bot)["error"]; got != "token_revoked" {
		t.Errorf("revoked: %v", got)
	}
	if o := c.form(200, slackAPI+"oauth.v2.access", basic(c.creds.Slack.ClientID, "x"), q("code", "y")).object(t); o["error"] != "bad_client_secret" {
		t.Errorf("%v", o)
	}
}

func TestADenialComesBackAsAnError(t *testing.T) {
	c := start(t, sandbox.Options{RedirectURIs: []string{callback}})
	ask := func(redirect string) (string, error) {
		return c.Consent(t.Context(), "https://slack.com/oauth/v2/authorize?"+q("client_id", c.creds.Slack.ClientID, "scope", "users:read",
			"redirect_uri", redirect, "state", "s2").Encode(), false)
	}
	back, err := ask(callback)
	if err != nil || back != callback+"?error=access_denied&state=s2" {
		t.Errorf("%q, %v", back, err)
	}
	if _, err := ask("https://elsewhere.example.net/"); err == nil {
		t.Error("an unregistered redirect address was accepted")
	}
}

func TestRotatedSlackTokensEndAndAreNotTakenTwice(t *testing.T) {
	c := start(t, sandbox.Options{SlackRotation: true})
	o := c.slackTokens("users:read", "admin")
	if o["expires_in"] != float64(43200) {
		t.Fatalf("%v", o)
	}
	refresh := func(token any) map[string]any {
		return c.form(200, slackAPI+"oauth.v2.access", basic(c.creds.Slack.ClientID, c.creds.Slack.ClientSecret),
			q("grant_type", "refresh_token", "refresh_token", token.(string))).object(t)
	}
	c.AdvanceClock(13 * time.Hour)
	if got := c.slack("auth.test", o["access_token"].(string))["error"]; got != "token_expired" {
		t.Errorf("after 13 hours: %v", got)
	}
	n := refresh(o["refresh_token"])
	if c.slack("auth.test", n["access_token"].(string))["ok"] != true {
		t.Errorf("%v", n)
	}
	if again := refresh(o["refresh_token"]); again["error"] != "invalid_refresh_token" {
		t.Errorf("%v", again)
	}
	if c.TokenCalls(sandbox.Slack, "refresh_token") != 2 {
		t.Errorf("%d calls", c.TokenCalls(sandbox.Slack, "refresh_token"))
	}
}
