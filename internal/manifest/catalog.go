package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// Connector is one folder of the catalog.
type Connector struct {
	*Plan
	Setup   []byte // setup.md: how to set it up at the vendor
	Icon    []byte // icon.svg
	Folder  fs.FS  // with testdata
	Custom  bool   // from the operator's own folder
	Trusted bool   // built in, or an admin has trusted its digest
}

// Catalog is all connectors, by name. Copies share the connectors; it is safe for
// concurrent use.
type Catalog struct {
	shelf *shelf
}

type shelf struct {
	mu         sync.RWMutex
	connectors []*Connector
}

// Put adds a connector, or puts it in the place of the one of its name. What works
// with that one goes on with it.
func (c Catalog) Put(con *Connector) {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	by := func(a, b *Connector) int { return strings.Compare(a.Manifest.Name, b.Manifest.Name) }
	all := slices.DeleteFunc(slices.Clone(c.shelf.connectors), func(in *Connector) bool { return by(in, con) == 0 })
	all = append(all, con)
	slices.SortFunc(all, by)
	c.shelf.connectors = all
}

// Remove takes a connector out.
func (c Catalog) Remove(name string) {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	c.shelf.connectors = slices.DeleteFunc(slices.Clone(c.shelf.connectors), func(in *Connector) bool { return in.Manifest.Name == name })
}

func (c Catalog) all() []*Connector {
	if c.shelf == nil {
		return nil
	}
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	return c.shelf.connectors // never changed in place
}

// Load reads every folder with a manifest.yaml. One that is wrong is an error
// that names its folder and line.
func Load(folders fs.FS) (Catalog, error) {
	c := Catalog{shelf: &shelf{}}
	entries, err := fs.ReadDir(folders, ".")
	if err != nil {
		return c, fmt.Errorf("read the connectors: %w", err)
	}
	for _, e := range entries {
		if _, err := fs.Stat(folders, path.Join(e.Name(), "manifest.yaml")); err != nil || !e.IsDir() {
			continue
		}
		sub, err := fs.Sub(folders, e.Name())
		if err != nil {
			return c, err
		}
		con, err := LoadConnector(sub)
		if err != nil {
			return c, fmt.Errorf("connector %s: %w", e.Name(), err)
		}
		if con.Manifest.Name != e.Name() {
			return c, fmt.Errorf("connector %s: its manifest says name: %s", e.Name(), con.Manifest.Name)
		}
		con.Trusted = true
		c.shelf.connectors = append(c.shelf.connectors, con)
	}
	return c, nil
}

// CatalogOf is a catalog of these connectors alone.
func CatalogOf(connectors ...*Connector) Catalog {
	return Catalog{shelf: &shelf{connectors: connectors}}
}

// ReadManifest returns the manifest in a folder as it is written. That there is
// none is one of Problems.
func ReadManifest(folder fs.FS) ([]byte, error) {
	data, err := fs.ReadFile(folder, "manifest.yaml")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Problems{{Message: "the folder has no manifest.yaml", Hint: "copy one of a connector that is like yours, or begin with `purser connector new`"}}
	}
	if err != nil {
		return nil, fmt.Errorf("manifest.yaml cannot be read: %w", err)
	}
	return data, nil
}

// LoadConnector reads one folder.
func LoadConnector(folder fs.FS) (*Connector, error) {
	data, err := ReadManifest(folder)
	if err != nil {
		return nil, err
	}
	m, err := Decode(data)
	if err != nil {
		return nil, err
	}
	plan, err := Compile(m, folder)
	if err != nil {
		return nil, err
	}
	con := &Connector{Plan: plan, Folder: folder}
	// Help and icon may be missing in a connector under construction; the linter asks for them.
	con.Setup, _ = fs.ReadFile(folder, "setup.md")
	con.Icon, _ = fs.ReadFile(folder, "icon.svg")
	return con, nil
}

// All returns the connectors in the order of their names.
func (c Catalog) All() []*Connector { return slices.Clone(c.all()) }

// Get returns a connector by name, nil if there is none.
func (c Catalog) Get(name string) *Connector {
	for _, con := range c.all() {
		if con.Manifest.Name == name {
			return con
		}
	}
	return nil
}
