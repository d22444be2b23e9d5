package connect

import (
	"fmt"
	"strings"

	"purser"
	"purser/internal/egress"
	"purser/internal/manifest"
)

// Hosts derives the hosts that an instance with these settings may call. A
// credential is bound to them: see egress.Pins.Digest.
func Hosts(m *manifest.Manifest, settings map[string]string) (egress.Pins, error) {
	pins := make(egress.Pins, 0, len(m.Hosts))
	for _, pattern := range m.Hosts {
		host, err := expandSettings(pattern, settings)
		if err != nil {
			return nil, err
		}
		pins = append(pins, strings.ToLower(host))
	}
	for i := range m.Settings {
		for _, c := range m.Settings[i].Choices {
			if c.Value != settings[m.Settings[i].Name] {
				continue
			}
			for _, pattern := range c.Hosts {
				host, err := expandSettings(pattern, settings)
				if err != nil {
					return nil, err
				}
				pins = append(pins, strings.ToLower(host))
			}
		}
	}
	return pins, nil
}

// shownHosts is Hosts for the preview: a setting that is not typed in yet stands
// as its label.
func shownHosts(m *manifest.Manifest, settings map[string]string) []string {
	filled := map[string]string{}
	for i := range m.Settings {
		s := &m.Settings[i]
		switch {
		case settings[s.Name] != "":
			filled[s.Name] = settings[s.Name]
		case s.Default != "":
			filled[s.Name] = s.Default
		default:
			filled[s.Name] = "<" + labelOf(s.Label, s.Name) + ">"
		}
	}
	pins, err := Hosts(m, filled)
	if err != nil {
		return m.Hosts
	}
	return pins
}

// expandSettings replaces ${settings.x}; nothing else may stand in a host.
func expandSettings(text string, settings map[string]string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		setting, isSetting := strings.CutPrefix(strings.TrimSpace(name), "settings.")
		value := settings[setting]
		if !closed || !isSetting || value == "" {
			return "", &purser.Error{Class: purser.ClassConfig, Code: "missing_setting", Field: setting,
				What: fmt.Sprintf("the host %q cannot be told without the setting %s", text, setting), Hint: "Fill in the setting."}
		}
		out.WriteString(value)
		text = after
	}
}
