package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

func slackScopes() (bot, user []string) {
	bot = strings.Fields("users:read users:read.email team:read team.billing:read usergroups:read")
	return bot, append([]string{"admin"}, bot...)
}

// asked checks an authorize request; a problem is shown to the person, never sent on.
func (k *slack) asked(x *exchange) (bot, user []string, problem string) {
	split := func(s string) []string {
		return slices.DeleteFunc(strings.Split(s, ","), func(w string) bool { return strings.TrimSpace(w) == "" })
	}
	bot, user = split(x.q.Get("scope")), split(x.q.Get("user_scope"))
	knownBot, knownUser := slackScopes()
	switch {
	case x.q.Get("client_id") != k.clientID:
		return nil, nil, "invalid_client_id"
	case !k.s.registered(x.q.Get("redirect_uri")):
		return nil, nil, "bad_redirect_uri"
	case len(bot)+len(user) == 0:
		return nil, nil, "no_scopes"
	case slices.ContainsFunc(bot, func(s string) bool { return !slices.Contains(knownBot, s) }),
		slices.ContainsFunc(user, func(s string) bool { return !slices.Contains(knownUser, s) }):
		return nil, nil, "invalid_scope"
	}
	return bot, user, ""
}

func (k *slack) authorize(x *exchange) {
	bot, user, problem := k.asked(x)
	x.consent(consentPage{Vendor: "Slack", App: "Purser", Who: k.s.company.Person(1).Email + " (" + k.s.company.Name + ")", Problem: problem,
		Scopes: bot, UserScopes: user, Allow: "Allow", Deny: "Cancel"})
}

func (k *slack) decide(x *exchange) {
	bot, user, problem := k.asked(x)
	if problem != "" {
		x.consent(consentPage{Vendor: "Slack", Problem: problem})
		return
	}
	back := url.Values{"state": {x.q.Get("state")}}
	if x.form().Get("decision") != "allow" {
		back.Set("error", "access_denied")
		x.goTo(x.q.Get("redirect_uri"), back)
		return
	}
	word := k.s.secret("slack-code-")
	k.s.book.codes[word] = &code{vendor: Slack, client: k.clientID, redirect: x.q.Get("redirect_uri"), challenge: x.q.Get("code_challenge"),
		method: x.q.Get("code_challenge_method"), scopes: bot, userScopes: user, expires: x.now.Add(10 * time.Minute)}
	back.Set("code", word)
	x.goTo(x.q.Get("redirect_uri"), back)
}

// access is the token endpoint: codes, and refresh tokens where rotation is on.
func (k *slack) access(x *exchange) {
	noStore(x.w.Header())
	f := x.form()
	kind := defaulted(f.Get("grant_type"), "authorization_code")
	k.s.book.calls[Slack+" "+kind]++
	id, secret := x.client()
	switch {
	case id != k.clientID:
		k.fail(x, "invalid_client_id", nil)
	case !same(secret, k.clientSecret):
		k.fail(x, "bad_client_secret", nil)
	case kind == "authorization_code":
		k.redeem(x, f)
	case kind == "refresh_token":
		k.rotate(x, f.Get("refresh_token"))
	default:
		k.fail(x, "invalid_grant_type", nil)
	}
}

func (k *slack) redeem(x *exchange, f url.Values) {
	c := k.s.book.codes[f.Get("code")]
	delete(k.s.book.codes, f.Get("code")) // single use, whatever comes of it
	switch {
	case c == nil || c.vendor != Slack || x.now.After(c.expires):
		k.fail(x, "invalid_code", nil)
		return
	case f.Get("redirect_uri") != c.redirect:
		k.fail(x, "bad_redirect_uri", nil)
		return
	case !c.proves(f.Get("code_verifier")):
		k.fail(x, "invalid_code_verifier", nil)
		return
	}
	session, user := k.s.secret(""), k.userID(1)
	out := obj{"ok": true, "app_id": "A" + spell(mix(k.s.opts.Seed, salt("slack app")), upper36, 10), "team": obj{"id": k.teamID(), "name": k.s.company.Name},
		"enterprise": nil, "is_enterprise_install": false}
	authed := obj{"id": user}
	if len(c.scopes) > 0 {
		bot := k.userID(-1)
		k.tokens(x, out, grant{vendor: Slack, kind: "bot", subject: bot, scopes: c.scopes, session: session})
		out["bot_user_id"] = bot
	}
	if len(c.userScopes) > 0 {
		k.tokens(x, authed, grant{vendor: Slack, kind: "user", subject: user, scopes: c.userScopes, session: session})
	}
	out["authed_user"] = authed
	x.json(http.StatusOK, out)
}

// tokens writes a token and what belongs to it into an answer.
func (k *slack) tokens(x *exchange, into obj, g grant) {
	prefix := map[string]string{"bot": "xoxb-", "user": "xoxp-"}[g.kind]
	if k.s.opts.SlackRotation {
		life := k.s.lifetime(12 * time.Hour)
		g.expires = x.now.Add(life)
		prefix = "xoxe." + prefix
		refresh := k.s.secret("xoxe-1-")
		k.s.book.refresh[refresh] = &g
		into["refresh_token"], into["expires_in"] = refresh, int(life.Seconds())
	}
	into["access_token"], into["token_type"], into["scope"] = k.s.issue(prefix, g), g.kind, strings.Join(g.scopes, ",")
}

func (k *slack) rotate(x *exchange, old string) {
	g := k.s.book.refresh[old]
	if g == nil || g.vendor != Slack {
		k.fail(x, "invalid_refresh_token", nil)
		return
	}
	delete(k.s.book.refresh, old)
	k.s.book.spent[old] = true
	for t, a := range k.s.book.access { // the token before goes with it
		if a.session == g.session && a.kind == g.kind {
			delete(k.s.book.access, t)
		}
	}
	out := obj{"ok": true, "app_id": "A" + spell(mix(k.s.opts.Seed, salt("slack app")), upper36, 10), "team": obj{"id": k.teamID(), "name": k.s.company.Name},
		"enterprise": nil, "is_enterprise_install": false}
	k.tokens(x, out, *g)
	x.json(http.StatusOK, out)
}
