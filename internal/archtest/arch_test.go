// Package archtest holds the rules of the house as tests: who may import whom,
// who may touch the network and the databases, and what no package may contain.
package archtest_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "purser"

type pkg struct {
	ImportPath string
	Dir        string
	Standard   bool
	GoFiles    []string
	Imports    []string
	Deps       []string
}

// list asks the go command for packages, so that "standard" is its word, not ours.
func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Dir,Standard,GoFiles,Imports,Deps"}, args...)...)
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("go list's answer: %v", err)
		}
		all = append(all, p)
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func ours(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

func within(path string, dirs ...string) bool {
	return slices.ContainsFunc(dirs, func(d string) bool {
		full := module + "/" + d
		return path == full || strings.HasPrefix(path, full+"/")
	})
}

func TestDomainImportsTheStandardLibraryOnly(t *testing.T) {
	for _, p := range list(t, "-deps", ".") {
		if !p.Standard && p.ImportPath != module {
			t.Errorf("package purser depends on %s", p.ImportPath)
		}
	}
}

// allowed says which packages of this module each package may import.
func TestPackagesImportOnlyWhatTheirRuleAllows(t *testing.T) {
	rules := map[string][]string{
		"internal/mapping":  {module},
		"internal/manifest": {module, module + "/internal/mapping"},
		"internal/engine":   {module, module + "/internal/manifest", module + "/internal/mapping"},
		"internal/hook":     {module},
		"internal/egress":   {module},
		"internal/sandbox":  {module},
	}
	for _, p := range list(t, "./...") {
		want, ruled := rules[strings.TrimPrefix(p.ImportPath, module+"/")]
		if !ruled {
			continue
		}
		for _, imp := range p.Imports {
			if ours(imp) && !slices.Contains(want, imp) {
				t.Errorf("%s imports %s, its rule allows %v", p.ImportPath, imp, want)
			}
		}
	}
}

func TestForbiddenDirections(t *testing.T) {
	forbidden := map[string][]string{
		"internal/engine":     {"net/http", "database/sql"},
		"internal/manifest":   {"net/http", "database/sql", "os"},
		"internal/mapping":    {"net/http", "database/sql", "os"},
		"internal/credential": {module + "/internal/vendorhttp"},
		"internal/vendorhttp": {module + "/internal/credential"},
		"internal/web":        {module + "/internal/engine", module + "/internal/api"},
		"internal/api":        {module + "/internal/engine", module + "/internal/web"},
	}
	for _, p := range list(t, "./...") {
		for dir, imports := range forbidden {
			if !within(p.ImportPath, dir) {
				continue
			}
			for _, imp := range imports {
				if slices.Contains(p.Imports, imp) {
					t.Errorf("%s must not import %s", p.ImportPath, imp)
				}
			}
		}
	}
}

func TestOnlyTheStoreOpensDatabases(t *testing.T) {
	drivers := []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5/pgxpool", "github.com/jackc/pgx/v5/stdlib",
		"github.com/riverqueue/river/riverdriver/riversqlite", "github.com/riverqueue/river/riverdriver/riverpgxv5"}
	for _, p := range list(t, "./...") {
		if within(p.ImportPath, "internal/store", "bench") {
			continue
		}
		for _, d := range drivers {
			if slices.Contains(p.Imports, d) {
				t.Errorf("%s imports %s: only internal/store opens databases", p.ImportPath, d)
			}
		}
	}
}
