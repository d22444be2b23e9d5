package sandbox

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// consentPage is what a vendor shows to the person who is asked. It has no script.
type consentPage struct {
	Vendor, App, Who, Problem string
	Scopes, UserScopes        []string
	Choices                   []consentChoice
	Hidden                    map[string]string
	Allow, Deny               string
}

type consentChoice struct{ ID, Name string }

const consentHTML = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>{{.Vendor}} (made up)</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
button{font:inherit;padding:.5rem 1.2rem;margin-right:.5rem}code{background:#eee;padding:0 .3rem}</style></head><body><main>
<h1>{{.Vendor}}</h1>{{if .Problem}}<p role="alert">Error: {{.Problem}}</p>{{else}}
<p>This is the sandbox, not the real {{.Vendor}}. You are signed in as {{.Who}}.</p><p><strong>{{.App}}</strong> asks for:</p>
<form method="post">{{range $k, $v := .Hidden}}<input type="hidden" name="{{$k}}" value="{{$v}}">{{end}}
<ul>{{range .Scopes}}<li><code>{{.}}</code></li>{{end}}{{range .UserScopes}}<li><code>{{.}}</code> (acting as you)</li>{{end}}</ul>
{{if .Choices}}<fieldset><legend>Organisations</legend>{{range .Choices}}<p><label><input type="checkbox" name="tenant" value="{{.ID}}" checked> {{.Name}}</label></p>{{end}}</fieldset>{{end}}
<p><button name="decision" value="allow">{{.Allow}}</button><button name="decision" value="deny">{{.Deny}}</button></p></form>{{end}}</main></body></html>`

// consent shows a page; one with a problem is an error page that leads nowhere.
func (x *exchange) consent(p consentPage) {
	h := x.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	if p.Problem != "" {
		x.w.WriteHeader(http.StatusBadRequest)
	}
	if err := template.Must(template.New("consent").Parse(consentHTML)).Execute(x.w, p); err != nil {
		_, _ = io.WriteString(x.w, "<!-- cut -->")
	}
}

// goTo redirects the browser, with parameters added.
func (x *exchange) goTo(to string, add url.Values) {
	where, err := redirectWith(to, add)
	if err != nil {
		x.consent(consentPage{Vendor: x.host, Problem: "bad redirect address"})
		return
	}
	x.w.Header().Set("Location", where)
	x.w.WriteHeader(http.StatusFound)
}

// Consent does what a person does in the browser: it opens the vendor's
// authorize address, allows or denies, and returns the address that the vendor
// redirects to. Where tenants are named, only those of the offered ones are chosen.
func (s *Sandbox) Consent(ctx context.Context, authorize string, allow bool, tenants ...string) (string, error) {
	u, err := url.Parse(authorize)
	if err != nil {
		return "", fmt.Errorf("the authorize address cannot be read: %w", err)
	}
	host := u.Host
	dial, ok := s.urls[host]
	if !ok { // already mapped
		for h, mapped := range s.urls {
			if strings.TrimPrefix(mapped, "http://") == host {
				host, dial = h, mapped
			}
		}
	}
	if dial == "" {
		return "", fmt.Errorf("%s is no host of the sandbox", u.Host)
	}
	page := dial + u.RequestURI()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	body, _, err := s.browse(ctx, client, http.MethodGet, page, host, nil)
	if err != nil {
		return "", err
	}
	form := url.Values{"decision": {"deny"}}
	if allow {
		form.Set("decision", "allow")
	}
	for _, tag := range strings.Split(body, "<input ")[1:] {
		name, value := tagAttribute(tag, "name"), tagAttribute(tag, "value")
		if name != "tenant" || len(tenants) == 0 || slices.Contains(tenants, value) {
			form.Add(name, value)
		}
	}
	_, location, err := s.browse(ctx, client, http.MethodPost, page, host, form)
	return location, err
}

func (s *Sandbox) browse(ctx context.Context, client *http.Client, method, page, host string, form url.Values) (body, location string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, page, strings.NewReader(form.Encode()))
	if err != nil {
		return "", "", fmt.Errorf("the consent page cannot be asked for: %w", err)
	}
	req.Host = host
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := client.Do(req)
	if err != nil {
		return "", "", fmt.Errorf("the consent page does not answer: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return "", "", fmt.Errorf("the consent page broke off: %w", err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		_, problem, _ := strings.Cut(string(raw), "Error: ")
		problem, _, _ = strings.Cut(problem, "<")
		return "", "", fmt.Errorf("the vendor refused to ask for consent: %s", problem)
	}
	return string(raw), res.Header.Get("Location"), nil
}

// tagAttribute reads one quoted attribute of the consent page's own markup.
func tagAttribute(tag, name string) string {
	tag, _, _ = strings.Cut(tag, ">")
	_, rest, ok := strings.Cut(tag, name+`="`)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}
