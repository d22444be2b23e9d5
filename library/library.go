// Package library holds the applications that organizations use: who sells
// them, what kind they are, where they live and how they are named elsewhere.
// What is discovered is matched to it. It is data; README.md beside it says what
// the fields mean.
package library

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed *.yaml
var files embed.FS

// Application is one entry.
type Application struct {
	Name          string   `yaml:"name" json:"name"`
	Vendor        string   `yaml:"vendor" json:"vendor"`
	Category      string   `yaml:"-" json:"category"`       // project-management
	CategoryTitle string   `yaml:"-" json:"category_title"` // Project and work management
	Shelf         string   `yaml:"-" json:"shelf"`          // of the catalog, on which its connector stands or would
	Domains       []string `yaml:"domains" json:"domains"`  // the main one first
	Aliases       []string `yaml:"aliases" json:"aliases,omitempty"`
	Card          []string `yaml:"card" json:"card,omitempty"`           // beginnings of lines on card statements, in capitals
	Connector     string   `yaml:"connector" json:"connector,omitempty"` // that reads it; "" for none, or none yet
	Admin         string   `yaml:"admin" json:"admin,omitempty"`         // the vendor's page for administrators
}

// Library is a set of applications with their indexes. It is not changed after
// it is made and safe for concurrent use.
type Library struct {
	all         []Application
	byName      map[string]int
	byDomain    map[string]int
	byConnector map[string]int
}

// Load reads the library that comes with the product.
func Load() (*Library, error) { return Read(files) }

type shelf struct {
	Title        string        `yaml:"title"`
	Shelf        string        `yaml:"shelf"`
	Applications []Application `yaml:"applications"`
}

// Read reads the *.yaml files at the root of fsys. Its error names every entry
// that is wrong: unknown fields, names or domains that stand twice.
func Read(fsys fs.FS) (*Library, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the library's files: %w", err)
	}
	l := &Library{byName: map[string]int{}, byDomain: map[string]int{}, byConnector: map[string]int{}}
	var problems []error
	for _, name := range names {
		shelves, err := readFile(fsys, name)
		if err != nil {
			return nil, err
		}
		for category, s := range shelves {
			for _, a := range s.Applications {
				a.Category, a.CategoryTitle, a.Shelf = category, s.Title, s.Shelf
				l.all = append(l.all, a)
			}
		}
	}
	slices.SortFunc(l.all, func(a, b Application) int { return strings.Compare(Key(a.Name), Key(b.Name)) })
	for i, a := range l.all {
		problems = append(problems, l.index(i, a)...)
	}
	return l, errors.Join(problems...)
}

func readFile(fsys fs.FS, name string) (map[string]shelf, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s of the library: %w", name, err)
	}
	defer func() { _ = f.Close() }()
	dec := yaml.NewDecoder(f)
	dec.KnownFields(true)
	shelves := map[string]shelf{}
	if err := dec.Decode(&shelves); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s of the library: %w", name, err)
	}
	return shelves, nil
}

func (l *Library) index(i int, a Application) (problems []error) {
	for _, name := range append([]string{a.Name}, a.Aliases...) {
		if other, ok := l.byName[Key(name)]; ok {
			problems = append(problems, fmt.Errorf("%s: the name %q is also that of %s", a.Name, name, l.all[other].Name))
		}
		l.byName[Key(name)] = i
	}
	for _, d := range a.Domains {
		if other, ok := l.byDomain[d]; ok {
			problems = append(problems, fmt.Errorf("%s: the domain %s is also that of %s", a.Name, d, l.all[other].Name))
		}
		l.byDomain[d] = i
	}
	if a.Connector != "" {
		l.byConnector[a.Connector] = i
	}
	return problems
}

// Key is a name as names are compared: in small letters, without marks and
// spaces at its ends and with one space between words.
func Key(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.NewReplacer("®", "", "™", "").Replace(name))), " ")
}

// All returns every application in the order of their names. It must not be changed.
func (l *Library) All() []Application { return l.all }

// ByName finds an application by its name or an alias.
func (l *Library) ByName(name string) (Application, bool) {
	i, ok := l.byName[Key(name)]
	if !ok {
		return Application{}, false
	}
	return l.all[i], true
}

// ByConnector finds the application that a connector reads.
func (l *Library) ByConnector(name string) (Application, bool) {
	i, ok := l.byConnector[name]
	if !ok {
		return Application{}, false
	}
	return l.all[i], true
}

// ByDomain finds the application to which a host belongs: the longest domain
// that is the host or ends it wins.
func (l *Library) ByDomain(host string) (Application, bool) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for host != "" {
		if i, ok := l.byDomain[host]; ok {
			return l.all[i], true
		}
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			break
		}
		host = rest
	}
	return Application{}, false
}

// Search returns the applications of which the name, an alias, the vendor, the
// category or a domain holds q.
func (l *Library) Search(q string) []Application {
	q = Key(q)
	var found []Application
	for _, a := range l.all {
		text := append([]string{a.Name, a.Vendor, a.CategoryTitle}, slices.Concat(a.Aliases, a.Domains)...)
		if slices.ContainsFunc(text, func(s string) bool { return strings.Contains(Key(s), q) }) {
			found = append(found, a)
		}
	}
	return found
}
