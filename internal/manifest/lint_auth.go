package manifest

import (
	"slices"
	"strings"
	"time"

	"purser/internal/mapping"
)

// auth says what is missing in a way to authorize, and where a secret would be seen.
func (l *linter) auth(a *Auth) {
	at := "auth." + a.Name
	need := func(ok bool, key, hint string) {
		if !ok {
			l.fail(at, hint, "%s is missing for grant: %s", key, a.Grant)
		}
	}
	field := func(name string) bool {
		return slices.ContainsFunc(a.Fields, func(f CredentialField) bool { return f.Name == name })
	}
	if a.Title == "" {
		l.fail(at, "its name on the screen", "title is missing")
	}
	switch a.Grant {
	case "":
		l.fail(at, "static for a key or token, code for OAuth in the browser, client_credentials, jwt_bearer", "grant is missing")
	case "static":
		need(!l.m.AsksHTTP() || len(a.Send.Header)+len(a.Send.Query) > 0 || a.Send.Basic != nil, "send", "send: {header: {Authorization: \"Bearer ${secret.token}\"}}")
	case "code":
		need(a.AuthorizeURL != "", "authorize_url", "where the browser is sent")
		need(field("client_id"), "fields: client_id", "the organization registers its own client")
	case "password":
		need(field("username") && field("password"), "fields: username and password", "what the person or the service account signs in with")
	case "oauth1":
		for _, name := range []string{"consumer_key", "consumer_secret", "token", "token_secret"} {
			need(field(name), "fields: "+name, "what requests are signed with")
		}
	case "login":
		need(a.Login != nil && (a.Login.Basic != nil || len(a.Login.Headers)+len(a.Login.Body) > 0), "login", "login: {body: {user: \"${secret.user}\", password: \"${secret.password}\"}}")
	case "refresh_only":
		need(field("refresh_token"), "fields: refresh_token", "what the vendor's console gave, to be exchanged for tokens")
	case "jwt_bearer":
		need(a.Assertion != nil, "assertion", "the signed JWT: alg, header, claims")
	}
	if a.Grant != "static" && a.Grant != "oauth1" && a.Grant != "" {
		need(a.TokenURL != "", "token_url", "where tokens are asked for")
	}
	if a.ClientAuth == "bearer" && a.Grant != "jwt_bearer" {
		l.fail(at+".client_auth", "grant: jwt_bearer", "an assertion is sent as bearer with grant: jwt_bearer only")
	}
	if a.ClientAuth == "assertion" {
		need(a.Assertion != nil, "assertion", "the signed JWT: alg, header, claims")
	}
	l.day(at+".ends_on", a.EndsOn)
	if len(a.Fields) == 0 {
		l.fail(at, "fields: [token]", "fields is missing: nothing could be entered")
	}
	if strings.Contains(a.RevokeAt, "${secret.") {
		l.fail(at+".revoke_at", "name the page of the vendor's console", "a secret would stand in an address, and so in logs on the way")
	}
	for i, f := range a.Fields {
		if f.Name == "" {
			l.fail(at+".fields."+itoa(i), "", "name is missing")
		}
	}
	l.secrets(a, at)
	l.rules(at+".errors", a.Errors)
	if a.Expires != "" && a.Expires != "from_response" && a.Expires != "on_401" {
		if _, err := ParseDuration(a.Expires); err != nil {
			l.fail(at+".expires", "from_response, on_401, or such as 1h", "%q is not known here", a.Expires)
		}
	}
}

// day says what is no calendar day.
func (l *linter) day(at, text string) {
	if _, err := time.Parse(time.DateOnly, text); err != nil && text != "" {
		l.fail(at, "write 2028-08-01", "%q is no day", text)
	}
}

// secrets looks where ${secret.…} stands: not in an address, and only with a name that is entered.
func (l *linter) secrets(a *Auth, at string) {
	for key, address := range map[string]string{"authorize_url": a.AuthorizeURL, "token_url": a.TokenURL, "refresh_url": a.RefreshURL, "revoke_url": a.RevokeURL} {
		if strings.Contains(address, "${secret.") {
			l.fail(at+"."+key, "send it in a header or the body", "a secret would stand in an address, and so in logs on the way")
		}
	}
	for _, p := range a.Send.Query {
		if strings.Contains(p.Value(), "${secret.") || strings.Contains(p.Value(), "${token}") {
			l.fail(at+".send.query."+p.Name, "send it in a header if the vendor takes it there", "a secret would stand in an address, and so in logs on the way")
		}
	}
	used := []string{a.TokenURL, a.AuthorizeURL}
	for _, pairs := range [][]Pair{a.Send.Header, a.Send.Query, a.Extra.Authorize, a.Extra.Token, a.Extra.Password} {
		for _, p := range pairs {
			used = append(used, p.Values...)
		}
	}
	if in := a.Login; in != nil {
		for _, p := range append(slices.Clone(in.Headers), in.Body...) {
			used = append(used, p.Values...)
		}
		if in.Basic != nil {
			used = append(used, in.Basic.User, in.Basic.Password)
		}
	}
	for _, send := range sends(a) {
		for _, p := range append(slices.Clone(send.Header), send.Query...) {
			used = append(used, p.Values...)
		}
		if b := send.Basic; b != nil {
			used = append(used, b.User, b.Password)
		}
	}
	if s := a.Assertion; s != nil {
		used = append(used, s.Key)
		for _, p := range append(slices.Clone(s.Header), s.Claims...) {
			used = append(used, p.Values...)
		}
	}
	for _, text := range used {
		t, err := mapping.ParseTemplate(text)
		if err != nil {
			l.fail(at, "", "%v", err)
			continue
		}
		for _, name := range t.Names() {
			rest, ok := strings.CutPrefix(name, "secret.")
			if !ok {
				continue
			}
			rest, _, _ = strings.Cut(rest, ".")
			if !slices.ContainsFunc(a.Fields, func(f CredentialField) bool { return f.Name == rest }) {
				l.fail(at+".fields", "", "${%s} is used, but %s is not entered", name, rest)
			}
		}
	}
}

// sends lists every way in which keys of an entry are sent.
func sends(a *Auth) []Send {
	out := []Send{a.Send}
	for _, t := range a.Tokens {
		out = append(out, t.Send)
	}
	return out
}

// hosts says which addresses would be refused because their host is not listed.
func (l *linter) hosts() {
	var listed []string
	for i, h := range l.m.Hosts {
		t, err := mapping.ParseTemplate(h)
		if err != nil {
			l.fail("hosts."+itoa(i), "", "%v", err)
			continue
		}
		for _, name := range t.Names() {
			if !strings.HasPrefix(name, "settings.") || !l.setting(strings.TrimPrefix(name, "settings.")) {
				l.fail("hosts."+itoa(i), "only settings may stand in a host", "${%s} cannot be derived before connecting", name)
			}
		}
		listed = append(listed, h)
	}
	for _, s := range l.m.Settings {
		for _, c := range s.Choices {
			listed = append(listed, c.Hosts...)
		}
	}
	check := func(at, address string) {
		rest, ok := strings.CutPrefix(address, "https://")
		if !ok {
			if address != "" && !strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "${tenant.") && !slices.Contains(listed, address) {
				l.fail(at, "start it with https://", "%q is no safe address", address)
			}
			return
		}
		host, _, _ := strings.Cut(rest, "/")
		host, _, _ = strings.Cut(host, "?")
		if !slices.ContainsFunc(listed, func(h string) bool { return h == host || HostAllowed(host, []string{h}) }) {
			l.fail(at, "add it there, or correct it", "the host %s is not in hosts and would be refused", host)
		}
	}
	check("http.base_url", l.m.HTTP.BaseURL)
	for _, a := range l.m.Auth {
		check("auth."+a.Name+".token_url", a.TokenURL)
		check("auth."+a.Name+".refresh_url", a.RefreshURL)
		check("auth."+a.Name+".revoke_url", a.RevokeURL)
	}
	for _, t := range l.m.Tasks {
		for i := range t.Streams {
			at := "tasks." + t.Name + ".streams." + t.Streams[i].Name
			_, addresses := t.Streams[i].Method()
			for _, address := range addresses {
				check(at, address)
			}
		}
	}
}
