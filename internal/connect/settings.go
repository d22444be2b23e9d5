package connect

import (
	"net/mail"
	"net/netip"
	"sort"
	"strings"
	"time"

	"purser"
	"purser/internal/manifest"
)

// Warning is something about an input that is allowed and should be read twice.
type Warning struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// CheckSettings returns the settings as they are kept (trimmed, defaults filled
// in, host names in lower case) and what to read twice about them. A refusal is
// a *purser.Problem that names the setting.
func CheckSettings(m *manifest.Manifest, given map[string]string) (map[string]string, []Warning, error) {
	if err := knownSettings(m, given); err != nil {
		return nil, nil, err
	}
	kept := make(map[string]string, len(m.Settings))
	var warnings []Warning
	for i := range m.Settings {
		s := &m.Settings[i]
		v := strings.TrimSpace(given[s.Name])
		if v == "" {
			v = s.Default
		}
		if v == "" {
			if s.Optional {
				continue
			}
			p := purser.Invalid(s.Name, "%s is missing", labelOf(s.Label, s.Name))
			p.Hint = s.Help
			return nil, nil, p
		}
		v, warning, err := checkSetting(s, v)
		if err != nil {
			return nil, nil, err
		}
		if warning != "" {
			warnings = append(warnings, Warning{Field: s.Name, Text: warning})
		}
		kept[s.Name] = v
	}
	return kept, warnings, nil
}

func knownSettings(m *manifest.Manifest, given map[string]string) error {
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	sort.Strings(names) // the same refusal each time
	for _, name := range names {
		if settingOf(m, name) == nil {
			return purser.Invalid(name, "%s has no setting %q", m.Title, name)
		}
	}
	return nil
}

func settingOf(m *manifest.Manifest, name string) *manifest.Setting {
	for i := range m.Settings {
		if m.Settings[i].Name == name {
			return &m.Settings[i]
		}
	}
	return nil
}

func checkSetting(s *manifest.Setting, v string) (kept, warning string, err error) {
	label := labelOf(s.Label, s.Name)
	if len(v) > 2000 || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", "", purser.Invalid(s.Name, "%s is too long or holds control characters", label)
	}
	if len(s.Choices) > 0 {
		for _, c := range s.Choices {
			if c.Value == v {
				return v, "", nil
			}
		}
		return "", "", purser.Invalid(s.Name, "%s must be one of %s", label, choiceValues(s.Choices))
	}
	switch s.Format {
	case "hostname":
		return checkHost(s, label, v)
	case "slug":
		v = strings.ToLower(v)
		if !validLabel(v) {
			return "", "", refuse(s, "%s takes letters, digits and dashes only, without dots", label)
		}
	case "email":
		if a, err := mail.ParseAddress(v); err != nil || a.Address != v {
			return "", "", refuse(s, "%s must be an e-mail address", label)
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return "", "", refuse(s, "%s must be a day such as 2026-01-31", label)
		}
	case "list":
		v = cleanList(v)
	}
	return v, "", nil
}

// checkHost accepts a bare host name, and takes one out of a pasted address.
func checkHost(s *manifest.Setting, label, v string) (string, string, error) {
	host := strings.ToLower(v)
	host = strings.TrimPrefix(strings.TrimPrefix(host, "https://"), "http://")
	host, _, _ = strings.Cut(host, "/")
	host = strings.TrimSuffix(host, ".")
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return "", "", refuse(s, "%s must be a name, not an address", label)
	}
	if !validHost(host) {
		return "", "", refuse(s, "%s must be a host name", label)
	}
	if len(s.Suffixes) == 0 {
		return host, "", nil
	}
	for _, suffix := range s.Suffixes {
		if strings.HasSuffix(host, "."+suffix) {
			return host, "", nil
		}
	}
	switch s.Custom {
	case "allow":
		return host, "", nil
	case "warn":
		return host, host + " is not one of the vendor's own domains (" + strings.Join(s.Suffixes, ", ") +
			"). Go on only if it is your organization's own domain at this vendor: the credential will be sent there", nil
	}
	return "", "", refuse(s, "%s must end with one of: %s", label, strings.Join(s.Suffixes, ", "))
}

func refuse(s *manifest.Setting, format string, args ...any) *purser.Problem {
	p := purser.Invalid(s.Name, format, args...)
	if s.Example != "" {
		p.Hint = "For example " + s.Example
	}
	return p
}

func validHost(h string) bool {
	labels := strings.Split(h, ".")
	if len(h) > 253 || len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if !validLabel(l) {
			return false
		}
	}
	return true
}

func validLabel(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(l, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}

func cleanList(v string) string {
	var out []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, ",")
}

func choiceValues(choices []manifest.Choice) string {
	values := make([]string, len(choices))
	for i, c := range choices {
		values[i] = c.Value
	}
	return strings.Join(values, ", ")
}

func labelOf(label, name string) string {
	if label != "" {
		return label
	}
	return strings.ReplaceAll(name, "_", " ")
}
