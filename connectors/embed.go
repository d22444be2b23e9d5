// Package connectors holds the connectors that come with the product: a folder
// each, with a manifest, a page of set-up help, a tile and synthetic fixtures.
package connectors

import (
	"embed"
	"io/fs"
)

//go:embed */manifest.yaml */setup.md */icon.svg */*.csv */testdata file/formats
var files embed.FS

// Files returns the folders of the built-in connectors. They are read only.
func Files() fs.FS { return files }

// Formats returns the ready mappings for files whose form somebody documents.
func Formats() (fs.FS, error) { return fs.Sub(files, "file/formats") }

// Names lists the built-in connectors in the order of the alphabet.
func Names() []string {
	found, err := fs.Glob(files, "*/manifest.yaml")
	if err != nil { // the pattern is constant
		panic(err)
	}
	names := make([]string, len(found))
	for i, path := range found {
		names[i] = path[:len(path)-len("/manifest.yaml")]
	}
	return names
}

// Manifest returns the manifest of a built-in connector as it was written.
func Manifest(name string) ([]byte, error) { return fs.ReadFile(files, name+"/manifest.yaml") }
