package draft

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"purser"
)

// FromOpenAPI proposes a connector from a vendor's OpenAPI 3 or Swagger 2 document,
// JSON or YAML. Lists of which nothing can be guessed are named in Draft.Left. A
// document without any list is an error.
func FromOpenAPI(name, title string, raw []byte) (Draft, error) {
	doc, err := parse(raw)
	if err != nil {
		return Draft{}, &purser.Problem{Kind: purser.ProblemInvalid, Field: "openapi", What: fmt.Sprintf("the document cannot be read: %v", err),
			Hint: "It must be OpenAPI 3 or Swagger 2, as JSON or YAML"}
	}
	if title == "" {
		title = text(object(doc.root["info"])["title"])
	}
	d := Plain(name, title, "api.example.com", "bearer")
	d.Streams, d.Page = nil, ""
	if u, err := url.Parse(doc.server()); err == nil && u.Host != "" && !strings.ContainsAny(doc.server(), "{}") {
		d.Host, d.Base = u.Hostname(), strings.TrimSuffix(u.Path, "/")
	}
	d.Auth = authOf(doc)
	for _, op := range doc.operations() {
		s, ok := streamOf(op)
		if !ok {
			continue
		}
		if s.Emits != "account" && s.Emits != "group" || slices.ContainsFunc(d.Streams, func(o Stream) bool { return o.Name == s.Name }) {
			left := op.path
			if s.Emits != "" {
				left += ": perhaps " + s.Emits
			}
			d.Left = append(d.Left, left)
			continue
		}
		d.Streams = append(d.Streams, s)
	}
	slices.Sort(d.Left)
	// People first: the draft asks its first list who it is.
	slices.SortStableFunc(d.Streams, func(a, b Stream) int { return rank(a) - rank(b) })
	if len(d.Streams) == 0 {
		return d, &purser.Problem{Kind: purser.ProblemInvalid, Field: "openapi", What: "the document has no list of users or groups that can be asked without a parameter in its path",
			Hint: "Begin without a document and write the streams by hand" + others(d.Left)}
	}
	d.Page = d.Streams[0].Page
	for i := range d.Streams {
		if d.Streams[i].Page == d.Page {
			d.Streams[i].Page = ""
		} else if d.Streams[i].Page == "" {
			d.Streams[i].Page = "{kind: none}"
		}
	}
	return d, nil
}

func others(left []string) string {
	if len(left) == 0 {
		return ""
	}
	return "; it has: " + strings.Join(left[:min(5, len(left))], ", ")
}

func rank(s Stream) int {
	return slices.Index([]string{"account", "group"}, s.Emits)
}

func authOf(d document) Auth {
	schemes := d.schemes()
	for _, name := range slices.Sorted(maps.Keys(schemes)) {
		s := d.follow(schemes[name])
		flows := object(s["flows"])
		client, code := object(flows["clientCredentials"]), object(flows["authorizationCode"])
		switch text(s["flow"]) { // Swagger 2
		case "application":
			client = s
		case "accessCode":
			code = s
		}
		switch kind := text(s["type"]); {
		case kind == "oauth2" && client != nil:
			return Auth{Kind: "client_credentials", TokenURL: text(client["tokenUrl"])}
		case kind == "oauth2" && code != nil:
			return Auth{Kind: "code", TokenURL: text(code["tokenUrl"]), AuthorizeURL: text(code["authorizationUrl"])}
		case kind == "apiKey" && text(s["in"]) == "header" && !strings.EqualFold(text(s["name"]), "Authorization"):
			return Auth{Kind: "header", Header: text(s["name"])}
		case kind == "basic", kind == "http" && strings.EqualFold(text(s["scheme"]), "basic"):
			return Auth{Kind: "basic"}
		}
	}
	return Auth{Kind: "bearer"}
}

// streamOf reads what a list's operation says; false if it is no list of objects.
func streamOf(op operation) (Stream, bool) {
	at, record, ok := listIn(op.answer)
	words := strings.FieldsFunc(strings.ToLower(op.path), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	if !ok || len(words) == 0 {
		return Stream{}, false
	}
	s := Stream{Name: words[len(words)-1], Emits: kindOf(op.path), Path: op.path, At: at}
	s.Page, s.Size = pageOf(op.params, texts(op.answer, "", 2), at)
	s.Fields, s.Items = fieldsOf(s.Emits, record)
	return s, len(s.Fields) > 0
}

// listIn finds the list of objects in an answer: the answer itself, or a member of it.
func listIn(answer schema) (at string, record map[string]schema, ok bool) {
	if record, ok = recordOf(answer); ok {
		return "", record, true
	}
	members := answer.members()
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if record, ok = recordOf(members[name]); ok && plain(name) {
			return name, record, true
		}
	}
	return "", nil, false
}

func recordOf(s schema) (map[string]schema, bool) {
	if s.kind != "array" {
		return nil, false
	}
	members := s.items().members()
	return members, len(members) > 0
}

// texts are the paths of texts in an answer, to some depth.
func texts(s schema, at string, depth int) []string {
	var out []string
	for name, m := range s.members() {
		switch {
		case m.kind == "object" && depth > 0:
			out = append(out, texts(m, at+name+".", depth-1)...)
		case m.kind != "object" && m.kind != "array":
			out = append(out, at+name)
		}
	}
	return out
}

// fieldsOf guesses the fields of a record by the names of its members, and makes
// two records up that have them.
func fieldsOf(emits string, members map[string]schema) (fields []Field, items []map[string]any) {
	lower, enums := map[string]string{}, map[string][]string{}
	var truths []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !plain(name) {
			continue
		}
		lower[strings.ToLower(name)] = name
		switch members[name].kind {
		case "boolean":
			truths = append(truths, name)
		case "string":
			enums[name] = members[name].enum()
		}
	}
	items = []map[string]any{{}, {}}
	use := func(name, wrap string) {
		for i := range items {
			if items[i][name] = madeUp(name, members[name], i+1); wrap == "time" {
				items[i][name] = fmt.Sprintf("2026-01-%02dT03:04:05Z", i+1)
			}
		}
	}
	for _, c := range candidates(emits) {
		for _, n := range c.names {
			name, ok := lower[n]
			if !ok {
				continue
			}
			from := name
			if c.wrap != "" {
				from = c.wrap + "(" + name + ")"
			}
			fields = append(fields, Field{c.field, from})
			use(name, c.wrap)
			break
		}
	}
	if len(fields) == 0 || fields[0].Name != "external_id" {
		return nil, nil // a record without an identifier is none
	}
	if emits == "group" && len(fields) < 2 {
		return nil, nil // a group without a name
	}
	if emits == "account" {
		if f, ok := statusField(enums, truths); ok {
			fields = append(fields, f)
			for _, name := range slices.Concat(slices.Sorted(maps.Keys(enums)), truths) {
				if strings.Contains(f.From, name) {
					use(name, "")
				}
			}
		}
	}
	return fields, items
}

// plain reports whether a member's name can stand in an expression as it is.
func plain(name string) bool { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(name) }

// madeUp is a value of a member's type.
func madeUp(name string, s schema, n int) any {
	switch {
	case len(s.enum()) > 0:
		return s.enum()[0]
	case s.kind == "boolean":
		return n == 1
	case s.kind == "integer", s.kind == "number":
		return n
	case strings.Contains(strings.ToLower(name), "mail"):
		return fmt.Sprintf("person%d@example.com", n)
	}
	return fmt.Sprintf("%s %d", name, n)
}
