package connect

import (
	"context"
	"slices"
	"strings"

	"purser"
	"purser/internal/manifest"
	"purser/internal/store"
)

// AuthOption is one way to authorize.
type AuthOption struct {
	Name        string            `json:"name"`
	Title       string            `json:"title"`
	Why         string            `json:"why,omitempty"` // why to choose it, or not
	Grant       string            `json:"grant"`
	Recommended bool              `json:"recommended"`
	Browser     bool              `json:"browser"` // a person must consent at the vendor
	Fields      []CredentialField `json:"fields"`
}

// CredentialField is one thing that the admin enters for an AuthOption.
type CredentialField struct {
	Name     string `json:"name"`
	Label    string `json:"label"`
	Help     string `json:"help,omitempty"`
	Format   string `json:"format"` // text, pem, certificate, json, email
	Shown    bool   `json:"shown"`  // not confidential
	Optional bool   `json:"optional"`
}

// TaskInfo is one task that a connector offers.
type TaskInfo struct {
	Name  purser.TaskName `json:"name"`
	Title string          `json:"title"`
	Reads string          `json:"reads"`
	Off   string          `json:"off,omitempty"` // off until chosen, because
}

// CatalogEntry is one connector as the catalog shows it.
type CatalogEntry struct {
	Name      string       `json:"name"`
	Title     string       `json:"title"`
	Category  string       `json:"category"`
	Auth      []AuthOption `json:"auth"`
	Tasks     []TaskInfo   `json:"tasks"`
	Actions   []string     `json:"actions"`
	Proofs    []string     `json:"proofs"` // for each action, what the next reading has to show
	Connected int          `json:"connected"`
	Icon      []byte       `json:"-"`
	Cannot    string       `json:"cannot,omitempty"`
	Needs     string       `json:"needs,omitempty"`
}

// SeveralLines reports whether what is entered has line breaks in it: keys,
// certificates and key files.
func (f CredentialField) SeveralLines() bool {
	return slices.Contains([]string{"pem", "certificate", "json"}, f.Format)
}

// Catalog lists every connector with the number of its instances.
func (s *Service) Catalog(ctx context.Context) ([]CatalogEntry, error) {
	if err := s.gate.Allow(ctx, purser.OpCatalogRead); err != nil {
		return nil, err
	}
	connected, err := store.CountInstances(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	out := []CatalogEntry{}
	for _, c := range s.links.Catalog.All() {
		e := Entry(c.Manifest)
		e.Connected, e.Icon = connected[e.Name], c.Icon
		out = append(out, e)
	}
	return out, nil
}

// Entry describes a connector without its instances.
func Entry(m *manifest.Manifest) CatalogEntry {
	e := CatalogEntry{Name: m.Name, Title: m.Title, Category: m.Category, Auth: authOptions(m), Actions: []string{}, Proofs: []string{},
		Cannot: strings.Join(m.Cannot, "\n"), Needs: m.Needs, Tasks: make([]TaskInfo, 0, len(m.Tasks))}
	for _, name := range purser.TaskNames() {
		if t := taskOf(m, name); t != nil {
			e.Tasks = append(e.Tasks, TaskInfo{Name: name, Title: name.Title(), Reads: t.Reads, Off: t.Off})
		}
	}
	for i := range m.Actions {
		e.Actions, e.Proofs = append(e.Actions, m.Actions[i].Name), append(e.Proofs, m.Actions[i].Proof())
	}
	return e
}

func authOptions(m *manifest.Manifest) []AuthOption {
	out := make([]AuthOption, 0, len(m.Auth))
	for i := range m.Auth {
		a := &m.Auth[i]
		o := AuthOption{Name: a.Name, Title: labelOf(a.Title, a.Name), Why: a.Why, Grant: a.Grant, Recommended: i == 0,
			Browser: a.Grant == "code", Fields: make([]CredentialField, 0, len(a.Fields))}
		for _, f := range a.Fields {
			format := f.Format
			if format == "" {
				format = "text"
			}
			o.Fields = append(o.Fields, CredentialField{Name: f.Name, Label: labelOf(f.Label, f.Name), Help: f.Help, Format: format,
				Shown: f.Shown, Optional: f.Optional})
		}
		out = append(out, o)
	}
	return out
}

func taskOf(m *manifest.Manifest, name purser.TaskName) *manifest.Task {
	i := slices.IndexFunc(m.Tasks, func(t manifest.Task) bool { return t.Name == string(name) })
	if i < 0 {
		return nil
	}
	return &m.Tasks[i]
}

func labelOf(label, name string) string {
	if label != "" {
		return label
	}
	return strings.ReplaceAll(name, "_", " ")
}
