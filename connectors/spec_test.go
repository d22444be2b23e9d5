package connectors_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"purser/connectors"
	"purser/internal/manifest"
)

// described says in which description of a vendor the requests to a host are found.
type described struct {
	host string // part of the host
	read func(t *testing.T) description
}

func descriptions() map[string][]described {
	return map[string][]described{
		"okta":     {{"", func(t *testing.T) description { return openAPI(t, "okta.yaml", "") }}},
		"bamboohr": {{"", func(t *testing.T) description { return openAPI(t, "bamboohr.yaml", "") }}},
		"slack":    {{"", func(t *testing.T) description { return methodReference(t, "slack-methods.json", "/api/") }}},
		"google-workspace": {{"", func(t *testing.T) description {
			return discovery(t, "google-admin-directory.json", "google-admin-reports.json", "google-licensing.json")
		}}},
		"xero": {
			{"", func(t *testing.T) description { return openAPI(t, "xero.yaml", "/api.xro/2.0") }},
			{"", func(t *testing.T) description { return openAPI(t, "xero-identity.yaml", "") }},
		},
	}
}

// exceptions are places where a description is older or poorer than what the
// vendor does, each with the reason. Those that no test needs any more fail.
func exceptions() map[string]string {
	return map[string]string{
		"xero bills DateString":      "the readable twin of Date; every recorded answer has it, the description leaves it out",
		"xero bills DueDateString":   "the readable twin of DueDate; likewise",
		"xero credits DateString":    "the readable twin of Date; likewise",
		"xero credits DueDateString": "the readable twin of DueDate; likewise",
		"xero bank DateString":       "the readable twin of Date; likewise",
	}
}

// undescribed lists what lies under a part that the vendor gives no type.
func undescribed() map[string]bool {
	return map[string]bool{
		"google-workspace users users.externalIds":   true, // typed "any"; a list in each answer, of UserExternalId
		"google-workspace users users.organizations": true, // likewise, of UserOrganization
		"google-workspace users users.relations":     true, // likewise, of UserRelation
		"slack users members.is_stranger":            true, // set for people of other organizations only
		"slack users members.is_invited_user":        true, // set for people who were invited and never came
	}
}

func listedAsUndescribed(key string) bool {
	for part := range undescribed() {
		if key == part || strings.HasPrefix(key, part+".") {
			return true
		}
	}
	return false
}

// asked is one request of a manifest with what is read from its answer.
type asked struct {
	where   string
	request manifest.Request
	page    *manifest.Page
	body    object
	answer  []string            // paths in the whole answer
	records map[string][]string // expression's path: the steps from the whole answer
}

func TestEveryRequestIsAsTheVendorDescribesIt(t *testing.T) {
	used := map[string]bool{}
	for _, name := range connectors.Names() {
		sources, ok := descriptions()[name]
		if !ok {
			t.Errorf("%s: no description is named for this connector", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			m := decoded(t, name)
			var read []description
			for _, s := range sources {
				read = append(read, s.read(t))
			}
			for _, a := range requests(t, m, raw(t, name)) {
				checkAsked(t, m, a, read, used)
			}
		})
	}
	for what := range exceptions() {
		if !used[what] && !t.Failed() && len(used) > 0 {
			t.Errorf("the exception %q is not needed any more", what)
		}
	}
}

// The addresses at which tokens are asked for, in the vendors' own descriptions.
func TestTokensAreAskedForWhereTheVendorSays(t *testing.T) {
	for name, d := range map[string]description{
		"okta":  openAPI(t, "okta-oauth.yaml", ""),
		"slack": methodReference(t, "slack-methods.json", "/api/"),
	} {
		m := decoded(t, name)
		for _, a := range m.Auth {
			if a.TokenURL == "" {
				continue
			}
			u, err := url.Parse(sample(m, a.TokenURL))
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := d.operation("POST", u.Path); !ok {
				t.Errorf("%s %s: the vendor describes no POST %s", name, a.Name, u.Path)
			}
		}
	}
}

func checkAsked(t *testing.T, m *manifest.Manifest, a asked, read []description, used map[string]bool) {
	t.Helper()
	method, addresses := a.request.Method()
	for _, address := range addresses {
		u, err := url.Parse(sample(m, absolute(m, address)))
		if err != nil {
			t.Fatalf("%s: %v", a.where, err)
		}
		found := false
		for _, d := range read {
			op, ok := d.operation(method, u.Path)
			if !ok {
				continue
			}
			found = true
			checkQuery(t, m, a, d, op)
			checkHeaders(t, m, a, op)
			checkBody(t, m, a, d, op)
			checkAnswer(t, m, a, d, op, used)
			break
		}
		if !found {
			t.Errorf("%s: the vendor describes no %s %s", a.where, method, u.Path)
		}
	}
}

func checkQuery(t *testing.T, m *manifest.Manifest, a asked, d description, op operation) {
	t.Helper()
	sent := map[string]string{}
	for _, p := range a.request.Query {
		sent[p.Name] = sample(m, p.Value())
	}
	if a.page != nil && a.page.Param != "" && (a.page.TokenIn == "" || a.page.TokenIn == "query") {
		if sent[a.page.Param] = "token"; a.page.Kind == "page" || a.page.Kind == "offset" {
			sent[a.page.Param] = "2"
		}
	}
	for name, value := range sent {
		schema, ok := op.query[name]
		if !ok {
			t.Errorf("%s: the vendor describes no parameter %q", a.where, name)
		} else if why := d.refuses(schema, value); why != "" {
			t.Errorf("%s: parameter %s: %s", a.where, name, why)
		}
	}
	for _, name := range op.required {
		if _, ok := sent[name]; !ok {
			t.Errorf("%s: the vendor demands the parameter %q", a.where, name)
		}
	}
}

func checkHeaders(t *testing.T, m *manifest.Manifest, a asked, op operation) {
	t.Helper()
	headers := append([]manifest.Pair{}, a.request.Headers...)
	if m.Tenant != nil && !strings.HasPrefix(a.where, m.Name+" tenant") && !strings.HasPrefix(a.where, m.Name+" probe") {
		headers = append(headers, m.Tenant.Headers...)
	}
	for _, h := range headers {
		if _, ok := op.header[strings.ToLower(h.Name)]; !ok && !strings.EqualFold(h.Name, "Accept") {
			t.Errorf("%s: the vendor describes no header %q", a.where, h.Name)
		}
	}
}

func checkBody(t *testing.T, m *manifest.Manifest, a asked, d description, op operation) {
	t.Helper()
	if a.body == nil {
		return
	}
	body := object{}
	for k, v := range a.body {
		body[k] = v
	}
	if a.page != nil && a.page.TokenIn == "json" {
		body[a.page.Param] = 2
	}
	if why := d.refuses(op.body, body); why != "" {
		t.Errorf("%s: body: %s", a.where, why)
	}
}

func checkAnswer(t *testing.T, m *manifest.Manifest, a asked, d description, op operation, used map[string]bool) {
	t.Helper()
	for _, path := range a.answer {
		if path != "" && d.answers(op, steps(path)) == absent {
			t.Errorf("%s: the vendor's answer has no %s", a.where, path)
		}
	}
	for path, in := range a.records {
		switch d.answers(op, in) {
		case absent:
			key := a.where + " " + path
			if _, listed := exceptions()[key]; !listed {
				t.Errorf("%s: the vendor's answer has no %s", a.where, strings.Join(in, "."))
			}
			used[key] = true
		case untyped:
			if key := a.where + " " + strings.Join(in, "."); !listedAsUndescribed(key) {
				t.Errorf("%s lies under a part that the vendor does not describe, and is not in the list of those", key)
			}
		}
	}
}

// requests lists every request of a manifest.
func requests(t *testing.T, m *manifest.Manifest, tree object) []asked {
	t.Helper()
	var out []asked
	if m.Tenant != nil && !m.Tenant.From.Answer && m.Tenant.From.Params == "" {
		a := asked{where: m.Name + " tenant", request: m.Tenant.From.Request, answer: []string{m.Tenant.From.At}, records: map[string][]string{}}
		for _, src := range []string{m.Tenant.ID, m.Tenant.Name, m.Tenant.Account} {
			addPaths(t, a.records, src, steps(m.Tenant.From.At), nil)
		}
		out = append(out, a)
	}
	if m.Probe != nil {
		out = append(out, asked{where: m.Name + " probe", request: m.Probe.Request, answer: []string{m.Probe.At}})
	}
	for _, task := range m.Tasks {
		for _, s := range task.Streams {
			out = append(out, askedByStream(t, m, s, child(tree, "tasks", task.Name, "streams", s.Name, "json")))
		}
	}
	for _, action := range m.Actions {
		for _, r := range append([]manifest.Request{action.Request}, action.Requests...) {
			if method, _ := r.Method(); method != "" {
				out = append(out, asked{where: m.Name + " " + action.Name, request: r})
			}
		}
	}
	return out
}

func askedByStream(t *testing.T, m *manifest.Manifest, s manifest.Stream, body object) asked {
	t.Helper()
	page := s.Page
	if page == nil {
		page = m.HTTP.Page
	}
	a := asked{where: m.Name + " " + s.Name, request: s.Request, page: page, body: body, records: map[string][]string{}}
	a.request.Query = append(append([]manifest.Pair{}, s.Query...), s.FirstQuery...)
	a.answer = []string{s.At}
	if page != nil {
		a.answer = append(a.answer, page.Total, page.Pages)
		if page.Kind == "cursor" || page.Kind == "link_body" {
			a.answer = append(a.answer, page.Next)
		}
	}
	record := steps(s.At)
	if s.As == "entries" {
		record = append(record, "*")
	}
	record = append(record, steps(s.Unwrap)...)
	sources := []string{s.Keep, s.Removals}
	if s.Cursor != nil {
		switch s.Cursor.Kind {
		case "opaque":
			a.answer = append(a.answer, s.Cursor.From)
		case "time", "epoch":
			sources = append(sources, s.Cursor.From)
		}
	}
	for _, f := range s.Fields {
		sources = append(sources, f.From)
	}
	for _, src := range sources {
		addPaths(t, a.records, src, record, steps(s.Explode))
	}
	return a
}

func addPaths(t *testing.T, into map[string][]string, src string, record, explode []string) {
	t.Helper()
	if src == "" {
		return
	}
	for _, names := range pathsOf(t, src) {
		switch names[0] {
		case "parent", "vary", "settings", "tenant":
			continue
		}
		p := strings.Join(names, ".")
		in := append([]string{}, record...)
		switch {
		case names[0] == "key" && len(record) > 0 && record[len(record)-1] == "*":
			continue
		case names[0] == "value" && len(record) > 0 && record[len(record)-1] == "*", names[0] == "this":
			names = names[1:]
		case names[0] == "item" && len(names) == 1:
			continue
		case names[0] == "item" && entries(explode) != "":
			if names[1] == "key" {
				continue
			}
			in, names = append(append(in, steps(entries(explode))...), "*"), names[2:]
		case names[0] == "item" && explode != nil:
			in, names = append(in, explode...), names[1:]
		}
		into[p] = append(in, names...)
	}
}

// entries returns the path of an object that is exploded into its members, "" for any other explode.
func entries(explode []string) string {
	in, ok := strings.CutPrefix(strings.Join(explode, "."), "entries(")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(in, ")")
}

func absolute(m *manifest.Manifest, address string) string {
	if strings.HasPrefix(address, "/") {
		return m.HTTP.BaseURL + address
	}
	return address
}

// sample puts plausible values in the place of templates.
func sample(m *manifest.Manifest, template string) string {
	return regexp.MustCompile(`\$\{([^}]*)\}`).ReplaceAllStringFunc(template, func(in string) string {
		name := in[2 : len(in)-1]
		if setting, ok := strings.CutPrefix(name, "settings."); ok {
			for _, s := range m.Settings {
				if s.Name == setting {
					return s.Example
				}
			}
		}
		if name == "start" || name == "end" {
			return "2026-11-01T00:00:00Z"
		}
		return "x1"
	})
}

func decoded(t *testing.T, name string) *manifest.Manifest {
	t.Helper()
	data, err := connectors.Manifest(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func raw(t *testing.T, name string) object {
	t.Helper()
	data, err := connectors.Manifest(name)
	if err != nil {
		t.Fatal(err)
	}
	var tree object
	if err := yaml.Unmarshal(data, &tree); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", name, err))
	}
	return tree
}
