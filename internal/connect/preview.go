package connect

import (
	"context"
	"slices"
	"strings"

	"purser"
	"purser/internal/manifest"
)

// Preview is what a connection would read and need, before anything is entered.
type Preview struct {
	Connector string            `json:"connector"`
	Title     string            `json:"title"`
	Category  string            `json:"category"`
	Tasks     []TaskPreview     `json:"tasks"`
	Base      []Scope           `json:"base_scopes"` // of the test and the tenant's name
	Hosts     []string          `json:"hosts"`
	Auth      []AuthOption      `json:"auth"`
	Settings  []SettingField    `json:"settings"`
	Actions   []ActionPreview   `json:"actions"`
	Needs     string            `json:"needs,omitempty"`
	Cannot    []string          `json:"cannot"`
	Setup     string            `json:"setup"` // Markdown
	Redirect  string            `json:"redirect_url"`
	Safelist  []string          `json:"safelist"` // addresses that Purser calls out from; empty if not configured
	Proxy     string            `json:"proxy,omitempty"`
	Given     map[string]string `json:"given"` // the settings as they would be kept
	Warnings  []string          `json:"warnings,omitempty"`
}

// TaskPreview is what one task reads and needs.
type TaskPreview struct {
	TaskInfo
	Streams     []StreamPreview `json:"streams"`
	Scopes      []Scope         `json:"scopes"`
	Needs       string          `json:"needs,omitempty"`
	Cannot      []string        `json:"cannot,omitempty"`
	CountsAsUse string          `json:"counts_as_use,omitempty"`
	Every       string          `json:"every"`
}

// StreamPreview is one list with the fields of it that are kept.
type StreamPreview struct {
	Name   string      `json:"name"`
	Kind   purser.Kind `json:"kind"`
	Fields []string    `json:"fields"`
	Needs  string      `json:"needs,omitempty"`
}

// SettingField is one setting of the form.
type SettingField struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Help     string   `json:"help,omitempty"`
	Format   string   `json:"format"`
	Example  string   `json:"example,omitempty"`
	Default  string   `json:"default,omitempty"`
	Optional bool     `json:"optional"`
	Choices  []Choice `json:"choices,omitempty"`
}

// Choice is one value of a setting with a closed list.
type Choice struct {
	Value string `json:"value"`
	Title string `json:"title"`
}

// ActionPreview is one change that the connector could make once it is turned on.
type ActionPreview struct {
	Name       string   `json:"name"`
	Switch     string   `json:"switch"` // reclamation, provisioning
	Scopes     []string `json:"scopes"`
	DataEffect string   `json:"data_effect,omitempty"`
}

// Preview says what a connection would read and need. Settings may be given to
// see their hosts and scopes; what is missing there is no error.
func (s *Service) Preview(ctx context.Context, connector string, settings map[string]string) (Preview, error) {
	if err := s.gate.Allow(ctx, purser.OpCatalogRead); err != nil {
		return Preview{}, err
	}
	c, err := s.connector(connector)
	if err != nil {
		return Preview{}, err
	}
	m := c.Manifest
	p := Preview{Connector: m.Name, Title: m.Title, Category: m.Category, Hosts: shownHosts(m, settings), Auth: authOptions(m),
		Settings: settingFields(m), Needs: m.Needs, Cannot: m.Cannot, Setup: string(c.Setup), Redirect: s.RedirectURL(),
		Safelist: s.safelist, Proxy: s.proxy, Given: settings}
	if len(settings) > 0 {
		if kept, warnings, err := m.CheckSettings(settings); err == nil {
			p.Given, p.Warnings = kept, warnings
		}
	}
	p.Base = baseScopes(m, settings)
	for _, name := range purser.TaskNames() {
		if t := taskOf(m, name); t != nil {
			p.Tasks = append(p.Tasks, taskPreview(m, settings, t))
		}
	}
	for i := range m.Actions {
		a := &m.Actions[i]
		p.Actions = append(p.Actions, ActionPreview{Name: a.Name, Switch: a.Switch(), Scopes: a.Scopes.Names(), DataEffect: a.DataEffect})
	}
	return p, nil
}

func taskPreview(m *manifest.Manifest, settings map[string]string, t *manifest.Task) TaskPreview {
	name := purser.TaskName(t.Name)
	p := TaskPreview{TaskInfo: TaskInfo{Name: name, Title: name.Title(), Reads: t.Reads, Off: t.Off}, Needs: t.Needs, Cannot: t.Cannot,
		CountsAsUse: t.CountsAsUse, Every: everyOf(t).String(), Scopes: taskScopes(m, settings, t)}
	for i := range t.Streams {
		st := &t.Streams[i]
		sp := StreamPreview{Name: st.Name, Kind: st.Emits, Needs: st.Needs, Fields: make([]string, 0, len(st.Fields))}
		for _, f := range st.Fields {
			sp.Fields = append(sp.Fields, f.Name)
		}
		p.Streams = append(p.Streams, sp)
	}
	return p
}

func settingFields(m *manifest.Manifest) []SettingField {
	out := make([]SettingField, 0, len(m.Settings))
	for i := range m.Settings {
		s := &m.Settings[i]
		f := SettingField{Name: s.Name, Label: labelOf(s.Label, s.Name), Help: s.Help, Format: s.Format, Example: s.Example,
			Default: s.Default, Optional: s.Optional}
		for _, c := range s.Choices {
			f.Choices = append(f.Choices, Choice{Value: c.Value, Title: labelOf(c.Title, c.Value)})
		}
		out = append(out, f)
	}
	return out
}

// shownHosts are the hosts for the preview: a setting that is not typed in yet
// stands as its name.
func shownHosts(m *manifest.Manifest, settings map[string]string) []string {
	filled := map[string]string{}
	missing := map[string]string{}
	for i := range m.Settings {
		s := &m.Settings[i]
		filled[s.Name] = settings[s.Name]
		if filled[s.Name] == "" {
			filled[s.Name] = s.Default
		}
		if filled[s.Name] == "" {
			stand := "setting-" + strings.ReplaceAll(s.Name, "_", "-")
			filled[s.Name], missing[stand] = stand+placeDomain, "<"+labelOf(s.Label, s.Name)+">"
			if s.Format != "hostname" {
				filled[s.Name] = stand
			}
		}
	}
	hosts, err := m.HostsFor(filled)
	if err != nil {
		return m.Hosts
	}
	for i, h := range hosts {
		for stand, label := range missing {
			h = strings.ReplaceAll(strings.ReplaceAll(h, stand+placeDomain, label), stand, label)
		}
		hosts[i] = h
	}
	for _, h := range m.RedirectHosts() {
		if !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// placeDomain makes a host name of what stands for a host that is not known yet.
const placeDomain = ".invalid"
