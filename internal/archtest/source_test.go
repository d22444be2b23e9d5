package archtest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// source is one Go file of the product.
type source struct {
	path string // from the module's root, with slashes
	file *ast.File
}

// read is every Go file of the product that is neither a test nor generated; the
// three rules here look at the same ones.
var read = sync.OnceValues(func() (*parsed, error) {
	p := &parsed{fset: token.NewFileSet()}
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || (strings.HasPrefix(name, ".") && name != "..") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		file, err := parser.ParseFile(p.fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("../..", path)
		if err != nil {
			return err
		}
		p.files = append(p.files, source{filepath.ToSlash(rel), file})
		return nil
	})
	return p, err
})

type parsed struct {
	fset  *token.FileSet
	files []source
}

// sources calls visit for each of them.
func sources(t *testing.T, visit func(path string, file *ast.File, fset *token.FileSet)) {
	t.Helper()
	p, err := read()
	if err != nil {
		t.Fatal(err)
	}
	if len(p.files) < 500 {
		t.Fatalf("only %d files of the product were found", len(p.files))
	}
	for _, s := range p.files {
		visit(s.path, s.file, p.fset)
	}
}

func TestNoInitAndNoPackageLevelState(t *testing.T) {
	sources(t, func(path string, file *ast.File, fset *token.FileSet) {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s: func init", fset.Position(d.Pos()))
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					checkVars(t, path, d, fset)
				}
			}
		}
	})
}

// checkVars allows what never changes: embedded files, compiled patterns,
// sentinel errors, interface assertions and the linker's version.
func checkVars(t *testing.T, path string, d *ast.GenDecl, fset *token.FileSet) {
	t.Helper()
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		if v.Names[0].Name == "_" || strings.HasPrefix(v.Names[0].Name, "err") || strings.HasPrefix(v.Names[0].Name, "Err") {
			continue
		}
		if d.Doc != nil && strings.Contains(d.Doc.Text(), "go:embed") || embedded(d) || embedded(v) {
			continue
		}
		if path == "cmd/purser/main.go" && v.Names[0].Name == "version" {
			continue
		}
		if len(v.Values) == 1 && constant(v.Values[0]) {
			continue
		}
		t.Errorf("%s: package-level state %s", fset.Position(v.Pos()), v.Names[0].Name)
	}
}

func embedded(n ast.Node) bool {
	var doc *ast.CommentGroup
	switch n := n.(type) {
	case *ast.GenDecl:
		doc = n.Doc
	case *ast.ValueSpec:
		doc = n.Doc
	}
	if doc == nil {
		return false
	}
	for _, c := range doc.List {
		if strings.HasPrefix(c.Text, "//go:embed") {
			return true
		}
	}
	return false
}

func constant(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && (x.Name == "regexp" && sel.Sel.Name == "MustCompile" || x.Name == "errors" && sel.Sel.Name == "New" ||
		x.Name == "netip" && strings.HasPrefix(sel.Sel.Name, "Must") || x.Name == "strings" && sel.Sel.Name == "NewReplacer")
}

// vendors match the names that may stand in Go only where a vendor is described or
// played: that of each connector's folder, however it is written, and some of hosts.
func vendors(t *testing.T) *regexp.Regexp {
	t.Helper()
	manifests, err := filepath.Glob(filepath.Join(root(t), "connectors", "*", "manifest.yaml"))
	if err != nil || len(manifests) < 5 {
		t.Fatalf("%d connectors, %v", len(manifests), err)
	}
	names := []string{"googleapis"}
	for _, path := range manifests {
		name := filepath.Base(filepath.Dir(path))
		switch name {
		case "file", "push", "scim", "ldap": // no vendors: what people bring themselves, and standards
			continue
		}
		names = append(names, strings.ReplaceAll(name, "-", "[-_ ]?"))
	}
	return regexp.MustCompile(`(?i)\b(` + strings.Join(names, "|") + `)`)
}

func TestNoVendorNamesInGoOutsideConnectorsAndSandbox(t *testing.T) {
	vendors, known := vendors(t), map[string]bool{} // the same words stand everywhere
	named := func(words string) bool {
		is, ok := known[words]
		if !ok {
			is = vendors.MatchString(words)
			known[words] = is
		}
		return is
	}
	sources(t, func(path string, file *ast.File, fset *token.FileSet) {
		if strings.HasPrefix(path, "connectors/") || strings.HasPrefix(path, "internal/sandbox/") || strings.HasPrefix(path, "bench/") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec: // the address of a library names whoever hosts it
				return false
			case *ast.Ident:
				if named(n.Name) {
					t.Errorf("%s: vendor's name in %s", fset.Position(n.Pos()), n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.STRING && named(n.Value) {
					t.Errorf("%s: vendor's name in %s", fset.Position(n.Pos()), n.Value)
				}
			}
			return true
		})
	})
}

func TestOnlyEgressDials(t *testing.T) {
	dials := regexp.MustCompile(`^(Dial|DialTimeout|DialContext|DialTCP|DialUDP|DialUnix|Dialer)$`)
	sources(t, func(path string, file *ast.File, fset *token.FileSet) {
		if strings.HasPrefix(path, "internal/egress/") || strings.HasPrefix(path, "bench/") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if ok && (x.Name == "net" || x.Name == "tls") && dials.MatchString(sel.Sel.Name) {
				t.Errorf("%s: %s.%s: only internal/egress dials", fset.Position(n.Pos()), x.Name, sel.Sel.Name)
			}
			if ok && x.Name == "http" && (sel.Sel.Name == "DefaultClient" || sel.Sel.Name == "DefaultTransport" ||
				sel.Sel.Name == "Get" || sel.Sel.Name == "Post") {
				t.Errorf("%s: http.%s goes around internal/egress", fset.Position(n.Pos()), sel.Sel.Name)
			}
			return true
		})
	})
}

// views must not hold anything that the Content-Security-Policy forbids.
func TestViewsHoldNothingInline(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)(\sstyle=|\son[a-z]+=|<style|<script>|hx-on|templ\.Raw|js:)`)
	err := filepath.WalkDir(filepath.Join(root(t), "internal/web"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".templ") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			if m := forbidden.FindString(line); m != "" && !strings.HasPrefix(strings.TrimSpace(line), "//") {
				t.Errorf("%s:%d: %q is forbidden by the Content-Security-Policy", path, i+1, m)
			}
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}
