// Package archtest holds the rules of the house as tests: who may import whom,
// who may touch the network and the databases, and what no package may contain.
package archtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "purser"

type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

// listed is what the go command said about the whole module, asked once.
var listed = sync.OnceValues(func() ([]pkg, error) { return ask("./...") })

// all returns every package of the module.
func all(t *testing.T) []pkg {
	t.Helper()
	packages, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

// ask asks the go command for packages, so that "standard" is its word, not ours.
func ask(args ...string) (packages []pkg, err error) {
	cmd := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Standard,Imports"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages, nil
		}
		if err != nil {
			return nil, fmt.Errorf("go list's answer: %w", err)
		}
		packages = append(packages, p)
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
	packages, err := ask("-deps", ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages {
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
	for _, p := range all(t) {
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
	for _, p := range all(t) {
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
	for _, p := range all(t) {
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
