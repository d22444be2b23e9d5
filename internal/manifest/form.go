package manifest

import (
	"slices"
	"strings"

	"purser/internal/mapping"
)

// body says what cannot stand beside answers that are not one JSON value, and
// asks for the form in which they are wanted.
func (c *planner) body(at string, s *Stream, out *CompiledStream) {
	accept := ""
	switch s.Body {
	case "csv":
		accept = "text/csv, */*;q=0.5"
	case "ndjson":
		accept = "application/x-ndjson, */*;q=0.5"
	default:
		return
	}
	for _, part := range []struct{ key, given string }{{"at", s.At}, {"as", s.As}, {"absent", s.Absent}} {
		if part.given != "" {
			c.fail(at+"."+part.key, "each line is a record", "%s is for answers that are one JSON value, not for %s", part.key, s.Body)
		}
	}
	if s.Body == "csv" && s.Unwrap != "" {
		c.fail(at+".unwrap", "", "a line of a table has nothing to unwrap")
	}
	if k := out.Paging.Kind; k == "cursor" || k == "link_body" || out.Paging.Total != "" || out.Paging.Pages != "" || out.Paging.Flag != "" {
		c.fail(at+".page", "link_header, page, offset or last_id; page: {kind: none} for an answer in one piece", "%s has no place beside its records that could say how it goes on", s.Body)
	}
	if s.Cursor != nil && s.Cursor.Kind == "opaque" {
		c.fail(at+".cursor", "a cursor of another kind", "%s has no place beside its records for a cursor", s.Body)
	}
	value, _ := mapping.ParseTemplate(accept)
	for _, r := range out.Requests {
		if !slices.ContainsFunc(r.header, func(h compiledPair) bool { return strings.EqualFold(h.name, "Accept") }) {
			r.header = append(r.header, compiledPair{name: "Accept", values: []mapping.Template{value}})
		}
	}
}

// RedirectHosts lists the hosts to which answers may redirect, patterns among
// them. They get no credential, and are not among the hosts that may be called.
func (m *Manifest) RedirectHosts() []string {
	var out []string
	for _, t := range m.Tasks {
		for i := range t.Streams {
			for _, h := range t.Streams[i].RedirectTo() {
				if !slices.Contains(out, h) {
					out = append(out, h)
				}
			}
		}
	}
	return out
}

// RedirectTo lists the hosts to which an answer of the stream may redirect.
func (s *Stream) RedirectTo() []string {
	if s.Redirect == nil {
		return nil
	}
	out := make([]string, 0, len(s.Redirect.To))
	for _, h := range s.Redirect.To {
		out = append(out, strings.ToLower(h))
	}
	return out
}

// redirect says what is wrong with hosts to which answers may redirect.
func (l *linter) redirect(s *Stream, at string) {
	if s.Redirect == nil {
		return
	}
	at += ".redirect"
	if len(s.Redirect.To) == 0 {
		l.fail(at, "to: [files.example.com]", "to is missing: to which hosts?")
	}
	for _, h := range s.Redirect.To {
		if !ValidHostPattern(strings.ToLower(h)) {
			l.fail(at+".to", "a host name, or a pattern such as *.example.com", "%q is no host name", h)
		}
	}
	if s.Redirect.Auth == "" {
		l.fail(at, "auth: none", "auth is missing: say that the credential is not sent there")
	}
}
