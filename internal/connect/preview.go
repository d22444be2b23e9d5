package connect

import (
	"context"

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
	Warnings  []Warning         `json:"warnings,omitempty"`
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
	m, err := s.manifest(connector)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Connector: m.Name, Title: m.Title, Category: m.Category, Hosts: shownHosts(m, settings), Auth: authOptions(m),
		Settings: settingFields(m), Needs: m.Needs, Cannot: m.Cannot, Setup: s.catalog.Setup(m.Name), Redirect: s.redirectURL(),
		Safelist: s.safelist, Proxy: s.proxy, Given: settings}
	if len(settings) > 0 {
		if kept, warnings, err := CheckSettings(m, settings); err == nil {
			p.Given, p.Warnings = kept, warnings
		}
	}
	p.Base = explain(m, settings, nil, needsOf(m, nil))
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
		CountsAsUse: t.CountsAsUse, Every: everyOf(t).String(), Scopes: explain(m, settings, t.Why, streamNeeds(t))}
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
