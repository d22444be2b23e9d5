package trial

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/connectortest"
	"purser/internal/manifest"
)

// scrubber replaces every text that could be a person's or an organization's: all
// of them but the words that the manifest itself compares with, moments and the
// empty text. One text becomes the same replacement wherever it stands, also in
// addresses and parameters, so that pages, parents and children still fit
// together. Numbers, truth values and the names of members stay.
type scrubber struct {
	settings map[string]string // made-up ones
	real     []string          // values of the true settings, longest first
	made     map[string]string // true text: its replacement
	keep     map[string]bool
	is       shapes
}

// shapes are the forms of texts.
type shapes struct{ mail, digits, id, part, link, day *regexp.Regexp }

func newShapes() shapes {
	return shapes{
		mail:   regexp.MustCompile(`^[^\s@]+@[^\s@]+$`),
		digits: regexp.MustCompile(`^[0-9]+$`),
		id:     regexp.MustCompile(`^[A-Za-z0-9_.:=/+-]*[0-9][A-Za-z0-9_.:=/+-]*$`),
		part:   regexp.MustCompile(`[A-Za-z0-9_.@+-]{6,}`),
		link:   regexp.MustCompile(`<([^>]*)>`),
		day:    regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]{4,6})?)?$`),
	}
}

func newScrubber(m *manifest.Manifest, i purser.Instance) *scrubber {
	s := &scrubber{settings: map[string]string{}, made: map[string]string{}, keep: map[string]bool{"": true}, is: newShapes()}
	for _, setting := range m.Settings {
		value, given := i.Settings[setting.Name]
		if !given {
			continue
		}
		s.settings[setting.Name] = value
		if len(setting.Choices) > 0 || setting.Default == value || setting.Format == "date" {
			continue // says nothing of the organization
		}
		s.settings[setting.Name] = setting.Example
		s.made[value] = setting.Example
		if len(value) > 3 {
			s.real = append(s.real, value)
		}
	}
	slices.SortFunc(s.real, func(a, b string) int { return len(b) - len(a) })
	for t := range m.Tasks {
		for n := range m.Tasks[t].Streams {
			s.words(&m.Tasks[t].Streams[n])
		}
	}
	return s
}

// words keeps what a stream's expressions and lists name.
func (s *scrubber) words(of *manifest.Stream) {
	expressions := []string{of.Keep, of.Removals}
	for _, f := range of.Fields {
		expressions = append(expressions, f.From)
		for _, p := range f.Map {
			s.keep[p.Name] = true
		}
		for _, never := range f.Never {
			if never != nil {
				s.keep[*never] = true
			}
		}
	}
	quoted := regexp.MustCompile(`"([^"]*)"|'([^']*)'`)
	for _, e := range expressions {
		for _, m := range quoted.FindAllStringSubmatch(e, -1) {
			s.keep[m[1]+m[2]] = true
		}
	}
	if of.Vary != nil {
		for _, v := range of.Vary.Values {
			s.keep[v] = true
		}
	}
}

func (s *scrubber) exchange(e connectortest.Exchange) (out connectortest.Exchange, err error) {
	out = e
	// The request first: what it says and no earlier answer gave, the manifest wrote.
	segments := strings.Split(e.Path, "/")
	for i, segment := range segments {
		segments[i] = s.asked(segment)
	}
	out.Path = strings.Join(segments, "/")
	out.Query = maps.Clone(e.Query)
	for name, values := range out.Query {
		made := make(connectortest.Values, len(values))
		for i, v := range values {
			made[i] = s.asked(v)
		}
		out.Query[name] = made
	}
	if len(e.JSON) > 0 {
		var sent any
		if err := decode(e.JSON, &sent); err != nil {
			return out, err
		}
		if out.JSON, err = json.Marshal(walk(sent, s.asked)); err != nil {
			return out, err
		}
	}
	if out.Answer.Body, err = s.json(e.Answer.Body); err != nil {
		return out, err
	}
	if links := e.Answer.Headers["Link"]; len(links) > 0 {
		clean := make([]string, len(links))
		for i, l := range links {
			clean[i] = s.is.link.ReplaceAllStringFunc(l, func(a string) string { return "<" + s.address(a[1:len(a)-1]) + ">" })
		}
		out.Answer.Headers = map[string][]string{"Link": clean}
	}
	return out, nil
}

// asked replaces what earlier answers gave to a request; the rest is the
// manifest's own and stays, also where an answer repeats it.
func (s *scrubber) asked(text string) string {
	made := s.known(text)
	if made == text {
		s.keep[text] = true
	}
	return made
}

func decode(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // an identifier of twenty digits stays what it is
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("an answer cannot be scrubbed: %w", err)
	}
	return nil
}

func (s *scrubber) json(raw []byte) ([]byte, error) {
	var body any
	if err := decode(raw, &body); err != nil {
		return nil, err
	}
	// Plain texts first: an identifier may stand in an address before it stands alone.
	walk(body, func(text string) string {
		if !strings.Contains(text, "://") {
			s.text(text)
		}
		return text
	})
	return json.Marshal(walk(body, s.text))
}

// walk puts every text of a JSON value through f; keys only where they were made anew before.
func walk(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		for i := range v {
			v[i] = walk(v[i], f)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			v[k] = walk(v[k], f)
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if key := keyed(k, f); key != k {
				v[key] = v[k]
				delete(v, k)
			}
		}
	}
	return v
}

// keyed replaces the name of a member that is no name but an identifier or an address.
func keyed(k string, f func(string) string) string {
	if strings.Contains(k, "@") || len(k) >= 8 && strings.ContainsAny(k, "0123456789") {
		return f(k)
	}
	return k
}

// known replaces what was replaced before, alone or, if it is an identifier or an
// address, within a longer text such as a filter.
func (s *scrubber) known(text string) string {
	if made, ok := s.made[text]; ok {
		return made
	}
	if s.keep[text] {
		return text
	}
	if strings.Contains(text, "://") {
		return s.address(text)
	}
	for _, part := range s.is.part.FindAllString(text, -1) {
		if made, ok := s.made[part]; ok && strings.ContainsAny(part, "0123456789@") {
			text = strings.ReplaceAll(text, part, made)
		}
	}
	return s.settingless(text)
}

func (s *scrubber) settingless(text string) string {
	for _, value := range s.real {
		text = strings.ReplaceAll(text, value, s.made[value])
	}
	return text
}

// address replaces what is known in an address.
func (s *scrubber) address(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "https://example.com/"
	}
	u.User = nil
	u.Host = s.settingless(u.Host)
	segments := strings.Split(u.Path, "/")
	for i, segment := range segments {
		segments[i] = s.token(segment)
	}
	u.Path, u.RawPath = strings.Join(segments, "/"), ""
	query := u.Query()
	for name, values := range query {
		for i := range values {
			query[name][i] = s.token(values[i])
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// token replaces what an address carries: a place in a list may hold anything.
// What the manifest asks with (numbers, short words) stays.
func (s *scrubber) token(text string) string {
	if made, ok := s.made[text]; ok {
		return made
	}
	if len(text) < 12 || s.moment(text) || s.keep[text] {
		return s.settingless(text)
	}
	return s.text(text)
}

// text replaces a text of an answer.
func (s *scrubber) text(text string) string {
	if s.keep[text] || s.moment(text) {
		return text
	}
	if made, ok := s.made[text]; ok {
		return made
	}
	if strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
		made := s.address(text)
		s.made[text] = made
		return made
	}
	made := s.shaped(text, len(s.made)+1)
	s.made[text] = made
	return made
}

// shaped is a made-up text of the same shape: an address of example.com, digits,
// an identifier of the same length, or words.
func (s *scrubber) shaped(text string, n int) string {
	switch {
	case s.is.mail.MatchString(text):
		return fmt.Sprintf("person%d@example.com", n)
	case s.is.digits.MatchString(text):
		return fmt.Sprintf("%0*d", len(text), n)
	case s.is.id.MatchString(text):
		return fmt.Sprintf("id%0*d", max(0, len(text)-2), n)
	}
	return fmt.Sprintf("Text %d", n)
}

// moment reports whether a text is a moment or a day, also one like 0000-00-00.
func (s *scrubber) moment(text string) bool {
	if s.is.day.MatchString(text) {
		return true
	}
	_, err := time.Parse(time.RFC1123, text)
	return err == nil
}

// left lists where values of the true settings still stand.
func (s *scrubber) left(exchanges []connectortest.Exchange) []string {
	var out []string
	for _, e := range exchanges {
		raw, err := json.Marshal(e)
		if err != nil || slices.ContainsFunc(s.real, func(value string) bool { return s.made[value] != value && bytes.Contains(raw, []byte(value)) }) {
			out = append(out, e.Method+" "+e.Path)
		}
	}
	return out
}
