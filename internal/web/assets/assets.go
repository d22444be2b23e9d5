// Package assets holds the built styles, script, icons and font of the pages. They
// are made by `make assets`; a module where that never ran builds all the same, and
// Open then says so.
package assets

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// Prefix is where Handler is mounted.
const Prefix = "/assets/"

// ErrNotBuilt says that the web assets are not in this binary.
var ErrNotBuilt = errors.New("the web assets are not in this binary: run `make assets` and build again")

// Assets is a set of files with hashed names, safe for concurrent use.
type Assets struct {
	names map[string]string // app.css → app-HASH.css
	files map[string]file   // by hashed name
}

// file is one asset in each encoding that it is kept in.
type file struct {
	kind         string
	data, gz, br []byte
}

// Open reads the embedded set. It returns ErrNotBuilt if none is embedded.
func Open() (*Assets, error) {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return Load(sub)
}

// Load reads a set from a folder with a manifest.json.
func Load(dir fs.FS) (*Assets, error) {
	m, err := fs.ReadFile(dir, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("reading the web assets: %w", err)
	}
	a := &Assets{names: map[string]string{}, files: map[string]file{}}
	if err := json.Unmarshal(m, &a.names); err != nil {
		return nil, fmt.Errorf("reading manifest.json of the web assets: %w", err)
	}
	for _, hashed := range a.names {
		kind, ok := kindOf(hashed)
		if !ok {
			return nil, fmt.Errorf("web asset %s: its type is not in the table", hashed)
		}
		f := file{kind: kind}
		if f.data, err = fs.ReadFile(dir, hashed); err != nil {
			return nil, fmt.Errorf("reading the web assets: %w", err)
		}
		for ext, to := range map[string]*[]byte{".gz": &f.gz, ".br": &f.br} {
			*to, err = fs.ReadFile(dir, hashed+ext)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("reading the web assets: %w", err)
			}
		}
		a.files[hashed] = f
	}
	return a, nil
}

// Fake returns a set for handler tests: every path answers, none has content.
func Fake() *Assets {
	a := &Assets{names: map[string]string{}, files: map[string]file{}}
	for _, n := range []string{"app.css", "app.js", "theme.js", "icons.svg", "favicon.svg", "notices.txt", "inter-latin-wght-normal.woff2"} {
		kind, _ := kindOf(n)
		a.names[n] = n
		a.files[n] = file{kind: kind}
	}
	return a
}

// Path returns the address of a file by its plain name, "app.css". A name that is
// not in the set gives an address that answers 404.
func (a *Assets) Path(name string) string {
	if a == nil {
		return Prefix + name
	}
	if hashed, ok := a.names[name]; ok {
		return Prefix + hashed
	}
	return Prefix + name
}

// Names returns the plain names of the set.
func (a *Assets) Names() []string {
	out := make([]string, 0, len(a.names))
	for n := range a.names {
		out = append(out, n)
	}
	return out
}

// kindOf is the fixed table of content types: nothing is sniffed or guessed.
func kindOf(name string) (string, bool) {
	switch strings.ToLower(path.Ext(name)) {
	case ".css":
		return "text/css; charset=utf-8", true
	case ".js":
		return "text/javascript; charset=utf-8", true
	case ".svg":
		return "image/svg+xml", true
	case ".woff2":
		return "font/woff2", true
	case ".txt":
		return "text/plain; charset=utf-8", true
	}
	return "", false
}
