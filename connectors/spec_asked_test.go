package connectors_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"purser/connectors"
	"purser/internal/manifest"
)

// requests lists every request of a manifest.
func requests(t *testing.T, m *manifest.Manifest, tree object) []asked {
	t.Helper()
	var out []asked
	if m.Tenant != nil && !m.Tenant.From.Answer && !m.Tenant.From.Settings && m.Tenant.From.Params == "" {
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
	for i, p := range a.request.Query { // of several values, the first
		if s.Vary != nil && p.Value() == "${vary."+s.Vary.Name+"}" {
			a.request.Query[i].Values = s.Vary.Values[:1]
		}
	}
	a.answer = []string{s.At}
	if page != nil {
		a.answer = append(a.answer, page.Total, page.Pages)
		if _, header := page.NextHeader(); !header && (page.Kind == "cursor" || page.Kind == "link_body") {
			a.answer = append(a.answer, firstOf(page.Next))
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
	if s.Form() == "csv" {
		sources = nil // descriptions say that there is a file, not what its columns are
	}
	for _, src := range sources {
		addPaths(t, a.records, src, record, exploded(s))
	}
	return a
}

// exploded returns the steps to the list in a record. Of a condition they are those
// of its last outcome, such as [value]; in an entry they begin at its value.
func exploded(s manifest.Stream) []string {
	if rest, ok := strings.CutPrefix(s.Explode, "first("); ok && s.Vary != nil { // of a list's first, the member named by the value
		list, _, _ := strings.Cut(rest, ")")
		return append(steps(list), s.Vary.Values[0])
	}
	words := strings.Fields(s.Explode)
	if len(words) < 2 {
		return steps(s.Explode)
	}
	path := steps(strings.Trim(words[len(words)-1], "[]"))
	if s.As == "entries" && path[0] == "value" {
		path = path[1:]
	}
	return append([]string{}, path...)
}

func addPaths(t *testing.T, into map[string][]string, src string, record, explode []string) {
	t.Helper()
	if src == "" {
		return
	}
	for _, names := range pathsOf(t, src) {
		switch names[0] {
		case "parent", "vary", "settings", "tenant", "run":
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
	if !strings.HasPrefix(address, "/") {
		return address
	}
	if m.Tenant != nil && m.Tenant.BaseURL != "" { // the vendor tells the host
		return regexp.MustCompile(`^\$\{answer\.[^}]*\}`).ReplaceAllString(m.Tenant.BaseURL, "https://vendor.example") + address
	}
	return m.HTTP.BaseURL + address
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

// folder is a connector's own.
func folder(t *testing.T, name string) fs.FS {
	t.Helper()
	sub, err := fs.Sub(connectors.Files(), name)
	if err != nil {
		t.Fatal(err)
	}
	return sub
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
