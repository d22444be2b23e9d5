package connectors_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"purser/connectors"
	connecting "purser/internal/connect"
)

func TestTheCatalogSaysForEveryActionWhichReadingProvesIt(t *testing.T) {
	for _, name := range connectors.Names() {
		e := connecting.Entry(decoded(t, name))
		for i, action := range e.Actions {
			if len(e.Proofs) != len(e.Actions) || e.Proofs[i] == "" {
				t.Errorf("%s %s: nothing proves it: %q", name, action, e.Proofs)
			}
		}
	}
}

// The generated suites have a case for every task and every action, named after
// both; what is said to run them must be there.
func TestEveryCellOfTheMatrixNamesATestThatIsThere(t *testing.T) {
	written := map[string]bool{}
	command := regexp.MustCompile(`^go test \./(\S+) -run '(Test\w+)(?:/([a-z0-9-]+)/([a-z_]+))?'$`)
	for _, name := range connectors.Names() {
		m := decoded(t, name)
		var cells []string
		for _, p := range connectors.Proofs(m) {
			cells = append(cells, p.Cell)
			parts := command.FindStringSubmatch(p.Run)
			if parts == nil || parts[3] != "" && (parts[3] != name || parts[4] != p.Cell) || p.Shows == "" {
				t.Fatalf("%s %s: %+v", name, p.Cell, p)
			}
			if len(written) == 0 || !written[parts[1]] {
				testsOf(t, parts[1], written)
			}
			if !written[parts[1]+" "+parts[2]] {
				t.Errorf("%s %s: there is no %s in %s", name, p.Cell, parts[2], parts[1])
			}
		}
		e := connecting.Entry(m)
		want := make([]string, 0, len(cells))
		for _, task := range m.Tasks {
			want = append(want, task.Name)
		}
		if got, all := strings.Join(cells, " "), strings.Join(append(want, e.Actions...), " "); got != all {
			t.Errorf("%s: the cells %s, the proofs are of %s", name, all, got)
		}
	}
}

// testsOf notes the names of a folder's tests.
func testsOf(t *testing.T, folder string, into map[string]bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(folder), "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no tests: %v", folder, err)
	}
	into[folder] = true
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				into[folder+" "+f.Name.Name] = true
			}
		}
	}
}
