package columns

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"purser"
	"purser/internal/sheet"
)

// Format is a ready mapping for a file whose form somebody documents.
type Format struct {
	Name    string          `json:"name" yaml:"name"`
	Title   string          `json:"title" yaml:"title"`
	Form    sheet.Form      `json:"form" yaml:"form"`
	Mode    purser.LoadMode `json:"mode" yaml:"mode"`     // what a file of it usually is
	Source  string          `json:"source" yaml:"source"` // where the form is documented
	Read    string          `json:"read" yaml:"read"`     // when that was read
	Notes   []string        `json:"notes,omitempty" yaml:"notes"`
	Mapping Mapping         `json:"mapping" yaml:"mapping"`
}

// Formats reads every ready mapping of a folder, in the order of their names. One
// that is wrong is an error.
func Formats(folder fs.FS) ([]Format, error) {
	files, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var out []Format
	for _, name := range files {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		var f Format
		dec := yaml.NewDecoder(bytes.NewReader(data))
		dec.KnownFields(true)
		if err := dec.Decode(&f); err != nil {
			return nil, fmt.Errorf("format %s: %w", name, err)
		}
		if f.Name = strings.TrimSuffix(path.Base(name), ".yaml"); f.Title == "" || f.Source == "" || f.Read == "" {
			return nil, fmt.Errorf("format %s: title, source and read must be said", name)
		}
		if err := f.Mapping.Check(); err != nil {
			return nil, fmt.Errorf("format %s: %w", name, err)
		}
		out = append(out, f)
	}
	return out, nil
}
