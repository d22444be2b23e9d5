// Command build bundles the web assets: styles and script by esbuild, a sprite of
// the icons in use, compressed copies and the manifest of hashed names. It runs in
// the module's root after `npm ci`; two runs give the same bytes.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	src  = "internal/web/assets/src"
	dist = "internal/web/assets/dist"
)

func main() {
	if err := build(); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func build() error {
	if _, err := os.Stat("node_modules"); err != nil {
		return errors.New("node_modules is missing: run `npm ci --ignore-scripts` in the module's root first")
	}
	if err := empty(dist); err != nil {
		return err
	}
	names, err := bundle()
	if err != nil {
		return err
	}
	sprite, err := sprite(filepath.Join(src, "icons.txt"), "node_modules/lucide-static/icons")
	if err != nil {
		return err
	}
	favicon, err := os.ReadFile(filepath.Join(src, "favicon.svg"))
	if err != nil {
		return err
	}
	notices, err := notices(".")
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		data []byte
	}{{"icons.svg", sprite}, {"favicon.svg", favicon}, {"notices.txt", notices}} {
		hashed, err := writeHashed(dist, f.name, f.data)
		if err != nil {
			return err
		}
		names[f.name] = hashed
	}
	if err := compress(dist); err != nil {
		return err
	}
	m, err := json.MarshalIndent(names, "", "  ") // keys sorted: the same bytes each time
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dist, "manifest.json"), append(m, '\n'), 0o644)
}

// empty removes what an earlier build left, but the file that keeps the folder.
func empty(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == ".keep" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// bundle runs esbuild and returns plain name → hashed name.
func bundle() (map[string]string, error) {
	r := api.Build(api.BuildOptions{
		EntryPointsAdvanced: []api.EntryPoint{
			{InputPath: filepath.Join(src, "entry.css"), OutputPath: "app"},
			{InputPath: filepath.Join(src, "app.js"), OutputPath: "app"},
			{InputPath: filepath.Join(src, "theme.js"), OutputPath: "theme"},
		},
		Outdir:            dist,
		EntryNames:        "[name]-[hash]",
		AssetNames:        "[name]-[hash]",
		Bundle:            true,
		Write:             true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Format:            api.FormatIIFE,
		Target:            api.ES2022,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "120"},
			{Name: api.EngineFirefox, Version: "128"},
			{Name: api.EngineSafari, Version: "17.4"},
		},
		Loader:        map[string]api.Loader{".woff2": api.LoaderFile},
		LegalComments: api.LegalCommentsNone, // the notices file carries the licenses
		LogLevel:      api.LogLevelError,
	})
	if len(r.Errors) > 0 {
		return nil, fmt.Errorf("esbuild: %s", r.Errors[0].Text)
	}
	names := map[string]string{}
	for _, f := range r.OutputFiles {
		hashed := filepath.Base(f.Path)
		ext := filepath.Ext(hashed)
		stem := strings.TrimSuffix(hashed, ext)
		names[stem[:strings.LastIndexByte(stem, '-')]+ext] = hashed
	}
	return names, nil
}
