// Package draft begins a connector: from a few answers, or from a vendor's OpenAPI
// document, it writes a folder that passes lint and test and that an author then
// makes true. What it proposes is a guess by names; every guess says so.
package draft

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"
	"time"
)

// Draft is what is known of a connector that does not exist yet.
type Draft struct {
	Name     string // of the folder: lower case with dashes
	Title    string
	Category string
	Host     string // api.example.com
	Base     string // path before all others, without a slash at its end
	Auth     Auth
	Page     string // how lists are paged, as YAML; "" if unknown
	Streams  []Stream
	Left     []string // lists of the document that nothing was proposed for
}

// Auth is a way to authorize: header, bearer, basic, client_credentials or code.
type Auth struct {
	Kind         string
	Header       string // of kind header
	TokenURL     string
	AuthorizeURL string
}

// Stream is a list that may be read.
type Stream struct {
	Name   string
	Emits  string // account, group, device, application or plan
	Path   string
	At     string // path to the records; "" if the answer is the list
	Size   string // parameter of the page's size, as "limit=100"
	Page   string // how this list is paged, where it differs
	Fields []Field
	Items  []map[string]any // made-up records in the vendor's form
}

// Field is one expression.
type Field struct{ Name, From string }

//go:embed manifest.yaml.tmpl
var manifestText string

//go:embed setup.md.tmpl
var setupText string

// Task is the only task of a draft; others are added by hand.
const Task = "application_roster"

// Plain is the draft of a connector of which nothing is known but its address.
func Plain(name, title, host, auth string) Draft {
	return Draft{Name: name, Title: title, Category: "other", Host: host, Auth: Auth{Kind: auth, Header: "X-Token", TokenURL: "https://" + host + "/oauth/token",
		AuthorizeURL: "https://" + host + "/oauth/authorize"},
		Page: "{kind: cursor, next: next, param: after}",
		Streams: []Stream{{Name: "users", Emits: "account", Path: "/users", At: "users", Size: "limit=100",
			Fields: []Field{{"external_id", "id"}, {"email", "lower(email)"}, {"display_name", "name"},
				{"status", "{from: state, map: {active: active, invited: invited, blocked: deactivated}}"}, {"created_at", "time(created)"}},
			Items: []map[string]any{
				{"id": "u1", "email": "ada@example.com", "name": "Ada Lovelace", "state": "active", "created": "2026-01-02T03:04:05Z"},
				{"id": "u2", "email": "bo@example.com", "name": "Bo Larsen", "state": "blocked", "created": nil}}}}}
}

// File is one file of the folder.
type File struct {
	Name string
	Data []byte
}

// Files returns the folder's files but for the records of its fixture, which the
// connector itself gives.
func (d Draft) Files() ([]File, error) {
	manifest, err := fill("manifest.yaml", manifestText, d)
	if err != nil {
		return nil, err
	}
	setup, err := fill("setup.md", setupText, d)
	if err != nil {
		return nil, err
	}
	return []File{{"manifest.yaml", manifest}, {"setup.md", setup}, {"icon.svg", icon(d)}}, nil
}

func fill(name, text string, d Draft) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{"quote": quote}).Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, d); err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return out.Bytes(), nil
}

// quote writes a YAML text.
func quote(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(raw)
}

// icon is a tile with the first letters of the title.
func icon(d Draft) []byte {
	letters := []rune(strings.ToUpper(d.Name[:1]) + d.Name[1:])
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40" role="img" aria-hidden="true">
  <rect width="40" height="40" rx="8" fill="#3d5a80"/>
  <text x="20" y="26.5" fill="#ffffff" font-family="system-ui, sans-serif" font-size="18" font-weight="650" text-anchor="middle">%s</text>
</svg>
`, string(letters[:min(2, len(letters))]))
}

// Now is the moment of the made-up answers.
func Now() time.Time { return time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC) }
