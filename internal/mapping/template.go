package mapping

import (
	"fmt"
	"net/url"
	"strings"
)

// Template is a text with ${name} places, such as /groups/${parent.external_id}/users.
type Template struct {
	parts  []templatePart
	source string
}

type templatePart struct {
	text  string // constant, or the name of a place
	place bool
	in    position
	fn    string // function around the name, "" for none
}

// position is where in an address a place stands; it decides how it is escaped.
type position int

const (
	inPath position = iota
	inHost
	inQuery
	inFull // stands for the whole beginning of an address
)

// MissingError is a place for which there is no value.
type MissingError struct{ Name string }

func (e *MissingError) Error() string { return fmt.Sprintf("${%s} has no value", e.Name) }

// ParseTemplate reads a template. $${ stands for a written ${.
func ParseTemplate(s string) (Template, error) {
	t := Template{source: s}
	at, rest := "", s
	add := func(text string) {
		at += text
		if text != "" {
			t.parts = append(t.parts, templatePart{text: text})
		}
	}
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			add(rest)
			return t, nil
		}
		if i > 0 && rest[i-1] == '$' {
			add(rest[:i-1] + "${")
			rest = rest[i+2:]
			continue
		}
		add(rest[:i])
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			return Template{}, fmt.Errorf("${ is not closed by } in %q", s)
		}
		name, fn := cutCall(rest[i+2 : i+end])
		if !validName(name) || !knownCall(fn) {
			return Template{}, fmt.Errorf("${%s} is no name such as ${settings.domain}", rest[i+2:i+end])
		}
		t.parts = append(t.parts, templatePart{text: name, place: true, in: positionAfter(at), fn: fn})
		at += "x"
		rest = rest[i+end+1:]
	}
}

func validName(s string) bool {
	return s != "" && strings.Trim(s, ".") == s && strings.IndexFunc(s, func(r rune) bool {
		return r != '.' && r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}

func positionAfter(s string) position {
	_, rest, full := strings.Cut(s, "://")
	switch {
	case s == "":
		return inFull
	case strings.Contains(s, "?"):
		return inQuery
	case full && !strings.Contains(rest, "/"):
		return inHost
	}
	return inPath
}

// Source returns the template as it was written.
func (t Template) Source() string { return t.source }

// Names returns the names of the places, in order.
func (t Template) Names() []string {
	var out []string
	for _, p := range t.parts {
		if p.place {
			out = append(out, p.text)
		}
	}
	return out
}

// Constant reports whether the template has no places.
func (t Template) Constant() bool { return len(t.Names()) == 0 }

// Expand puts values in place as they are. The caller escapes the whole.
func (t Template) Expand(value func(name string) (string, bool)) (string, error) {
	if len(t.parts) == 1 && !t.parts[0].place {
		return t.parts[0].text, nil
	}
	var b strings.Builder
	for _, p := range t.parts {
		if !p.place {
			b.WriteString(p.text)
			continue
		}
		s, ok := value(p.text)
		if !ok {
			return "", &MissingError{p.text}
		}
		s, err := p.checked(s)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

// ExpandURL puts values in place in an address, each escaped for where it
// stands: a value can change neither host nor path nor the other parameters.
func (t Template) ExpandURL(value func(name string) (string, bool)) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if !p.place {
			b.WriteString(p.text)
			continue
		}
		s, ok := value(p.text)
		if !ok {
			return "", &MissingError{p.text}
		}
		s, err := p.checked(s)
		if err != nil {
			return "", err
		}
		safe, err := escape(p.in, s)
		if err != nil {
			return "", fmt.Errorf("${%s}: %w", p.text, err)
		}
		b.WriteString(safe)
	}
	return b.String(), nil
}

func escape(in position, s string) (string, error) {
	switch in {
	case inHost:
		if !ValidHost(s) {
			return "", fmt.Errorf("the value is no host name")
		}
		return s, nil
	case inQuery:
		return EscapeQuery(s), nil
	case inFull:
		if u, err := url.Parse(s); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return "", fmt.Errorf("the value is no https address")
		}
		return s, nil
	}
	if s == "" || s == "." || s == ".." {
		return "", fmt.Errorf("the value %q cannot stand in a path", s)
	}
	return url.PathEscape(s), nil
}

// EscapeQuery escapes a parameter's name or value; a space becomes %20, which
// every server reads alike.
func EscapeQuery(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// ValidHost reports whether s is a host name, or a label of one, without port.
func ValidHost(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			c := label[i]
			if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	return true
}
