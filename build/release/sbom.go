package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// component is one thing that the binary is made of.
type component struct {
	kind, name, version, hash string
	dir                       string // where its license lies
}

// components reads from the binary itself which modules are in it, and from the
// lock file which npm packages are bundled into its pages.
func components(binary string) ([]component, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	all := []component{{kind: "golang", name: "stdlib", version: strings.TrimPrefix(info.GoVersion, "go")}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", m.Path).Output()
		if err != nil {
			return nil, fmt.Errorf("where %s lies: %w", m.Path, err)
		}
		all = append(all, component{kind: "golang", name: m.Path, version: m.Version, hash: m.Sum, dir: strings.TrimSpace(string(out))})
	}
	var lock struct {
		Packages map[string]struct {
			Version, Integrity string
			Dev                bool
		}
	}
	raw, err := os.ReadFile("package-lock.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		return nil, err
	}
	for path, p := range lock.Packages {
		if _, name, ok := strings.Cut(path, "node_modules/"); ok && !p.Dev {
			all = append(all, component{kind: "npm", name: name, version: p.Version, hash: p.Integrity, dir: path})
		}
	}
	slices.SortFunc(all, func(a, b component) int { return strings.Compare(a.kind+a.name, b.kind+b.name) })
	return all, nil
}

// sbom is a bill of materials in the form of CycloneDX 1.6.
func sbom(version string, parts []component, at time.Time) ([]byte, error) {
	type property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	type entry struct {
		Type       string     `json:"type"`
		Ref        string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version"`
		PURL       string     `json:"purl"`
		Properties []property `json:"properties,omitempty"`
	}
	of := func(c component) entry {
		purl := "pkg:" + c.kind + "/" + strings.ReplaceAll(c.name, "@", "%40") + "@" + c.version
		e := entry{Type: "library", Ref: purl, Name: c.name, Version: c.version, PURL: purl}
		if c.hash != "" {
			e.Properties = []property{{"purser:hash", c.hash}}
		}
		return e
	}
	entries := make([]entry, len(parts))
	for i, c := range parts {
		entries[i] = of(c)
	}
	self := entry{Type: "application", Ref: "purser", Name: "purser", Version: version, PURL: "pkg:generic/purser@" + version}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	err := enc.Encode(map[string]any{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
		"metadata": map[string]any{"timestamp": at.Format(time.RFC3339), "component": self}, "components": entries})
	return out.Bytes(), err
}

// licenses gathers the license texts of everything in the binary.
func licenses(parts []component) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("Purser contains the following works, each under its own license.\n")
	var missing []error
	for _, c := range parts {
		if c.dir == "" { // the standard library
			continue
		}
		texts, err := filepath.Glob(filepath.Join(c.dir, "[LlNnCc][IiOo][CcTtPp][EeIiYy]*"))
		if err != nil {
			return nil, err
		}
		texts = slices.DeleteFunc(texts, func(path string) bool {
			name := strings.ToUpper(filepath.Base(path))
			info, err := os.Stat(path)
			return err != nil || info.IsDir() || !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "NOTICE") && !strings.HasPrefix(name, "COPYI")
		})
		if len(texts) == 0 {
			missing = append(missing, fmt.Errorf("%s has no license text", c.name))
		}
		for _, path := range texts {
			raw, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&out, "\n%s\n%s %s\n\n%s\n", strings.Repeat("=", 78), c.name, c.version, bytes.TrimSpace(raw))
		}
	}
	return out.Bytes(), errors.Join(missing...)
}
