package manifest

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/mapping"
)

// CheckSettings cleans what an admin typed in. A value that cannot be right is a
// *purser.Problem with the setting's name; a doubtful one is a warning.
func (m *Manifest) CheckSettings(given map[string]string) (clean map[string]string, warnings []string, err error) {
	clean = map[string]string{}
	for name := range given {
		if !slices.ContainsFunc(m.Settings, func(s Setting) bool { return s.Name == name }) {
			return nil, nil, purser.Invalid(name, "%s has no such setting", m.Title)
		}
	}
	for _, s := range m.Settings {
		v := strings.TrimSpace(given[s.Name])
		if v == "" {
			v = s.Default
		}
		if v == "" {
			if !s.Optional {
				return nil, nil, purser.Invalid(s.Name, "%s is needed", s.title())
			}
			continue
		}
		v, warning, err := s.check(v)
		if err != nil {
			return nil, nil, err
		}
		if warning != "" {
			warnings = append(warnings, warning)
		}
		clean[s.Name] = v
	}
	return clean, warnings, nil
}

func (s *Setting) title() string {
	if s.Label != "" {
		return s.Label
	}
	return s.Name
}

func (s *Setting) invalid(format string, args ...any) error {
	p := purser.Invalid(s.Name, format, args...)
	if s.Example != "" {
		p.Hint = "Write it like " + s.Example
	}
	return p
}

func (s *Setting) check(v string) (clean, warning string, err error) {
	if len(v) > 1000 || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' }) {
		return "", "", s.invalid("%s is too long or has control characters", s.title())
	}
	if len(s.Choices) > 0 {
		if !slices.ContainsFunc(s.Choices, func(c Choice) bool { return c.Value == v }) {
			return "", "", s.invalid("%q is not one of the choices", v)
		}
		return v, "", nil
	}
	switch s.Format {
	case "hostname":
		return s.hostname(v)
	case "url":
		u, err := url.Parse(v)
		if err != nil || u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Port() != "" || !mapping.ValidHost(u.Hostname()) {
			return "", "", s.invalid("%q is no https address without parameters", v)
		}
		u.Host = strings.ToLower(u.Host)
		return strings.TrimRight(u.String(), "/"), "", nil
	case "slug":
		v = strings.ReplaceAll(strings.ToLower(v), "_", "-") // as it stands in a host name
		if !mapping.ValidHost(v) || strings.Contains(v, ".") {
			return "", "", s.invalid("%s takes the name alone, without https:// and without dots", s.title())
		}
	case "email":
		a, err := mail.ParseAddress(v)
		if err != nil || a.Address != v {
			return "", "", s.invalid("%q is no e-mail address", v)
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return "", "", s.invalid("%q is no date; write it as 2026-01-31", v)
		}
	}
	return v, "", nil
}

// hostname takes a host as people paste it: with https:// and a path.
func (s *Setting) hostname(v string) (clean, warning string, err error) {
	if strings.Contains(v, "://") {
		u, err := url.Parse(v)
		if err != nil || u.User != nil || u.Port() != "" {
			return "", "", s.invalid("%q is no host name", v)
		}
		v = u.Host
	}
	v, _, _ = strings.Cut(v, "/")
	v = strings.ToLower(strings.TrimSuffix(v, "."))
	if !mapping.ValidHost(v) || !strings.Contains(v, ".") {
		return "", "", s.invalid("%q is no host name", v)
	}
	if len(s.Suffixes) == 0 || slices.ContainsFunc(s.Suffixes, func(suffix string) bool { return strings.HasSuffix(v, "."+strings.ToLower(suffix)) }) {
		return v, "", nil
	}
	known := strings.Join(s.Suffixes, ", ")
	switch s.Custom {
	case "allow":
		return v, "", nil
	case "warn":
		return v, v + " is none of the vendor's own domains (" + known + "). Go on only if it is your own domain for it.", nil
	}
	return "", "", s.invalid("%q does not end in %s", v, known)
}

// HostsFor returns every host that the connector may call with these settings, in
// EndsOn is the day on which the vendor stops accepting a way to authorize, or what
// was chosen in the settings: the earliest such day, "" if there is none.
func (m *Manifest) EndsOn(a *Auth, settings map[string]string) string {
	end := ""
	earlier := func(day string) {
		if day != "" && (end == "" || day < end) {
			end = day
		}
	}
	if a != nil {
		earlier(a.EndsOn)
	}
	for _, s := range m.Settings {
		for _, c := range s.Choices {
			if c.Value == settings[s.Name] {
				earlier(c.EndsOn)
			}
		}
	}
	return end
}

// lower case; patterns such as *.example.com stay patterns.
func (m *Manifest) HostsFor(settings map[string]string) ([]string, error) {
	value := func(name string) (string, bool) {
		s, ok := settings[strings.TrimPrefix(name, "settings.")]
		return s, ok && strings.HasPrefix(name, "settings.")
	}
	hosts := slices.Clone(m.Hosts)
	for _, s := range m.Settings {
		for _, c := range s.Choices {
			if c.Value == settings[s.Name] {
				hosts = append(hosts, c.Hosts...)
			}
		}
	}
	var out []string
	for _, h := range hosts {
		t, err := mapping.ParseTemplate(h)
		if err != nil {
			return nil, err
		}
		if h, err = t.Expand(value); err != nil {
			return nil, &purser.Error{Class: purser.ClassConfig, What: "a host of " + m.Title + " cannot be derived", Err: err}
		}
		h = strings.ToLower(h)
		if rest, ok := strings.CutPrefix(h, "https://"); ok { // a setting that is a whole address
			h, _, _ = strings.Cut(rest, "/")
		}
		if !ValidHostPattern(h) {
			return nil, &purser.Error{Class: purser.ClassConfig, What: "a host of " + m.Title + " is no host name", Hint: "Look at the instance's settings."}
		}
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out, nil
}

// ValidHostPattern reports whether h is a host name, or *. and one of at least two labels.
func ValidHostPattern(h string) bool {
	rest, wild := strings.CutPrefix(h, "*.")
	return mapping.ValidHost(rest) && (!wild || strings.Contains(rest, "."))
}

// HostAllowed reports whether a host is in a list that may hold patterns.
func HostAllowed(host string, hosts []string) bool {
	host = strings.ToLower(host)
	return slices.ContainsFunc(hosts, func(h string) bool {
		rest, wild := strings.CutPrefix(h, "*")
		return h == host || wild && strings.HasSuffix(host, rest) && len(host) > len(rest)
	})
}
