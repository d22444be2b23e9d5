package connectors_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"purser/build/compiler"
)

// build is the command, built once for all tests; PURSER_TEST_BINARY names one
// that was built before.
type build struct {
	once sync.Once
	dir  string
	err  error
}

var built build

// TestMain throws the built command away.
func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

func builtBinary(t *testing.T) string {
	t.Helper()
	if ready := os.Getenv("PURSER_TEST_BINARY"); ready != "" {
		return ready
	}
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "purser"); built.err != nil {
			return
		}
		built.err = compiler.Build(filepath.Join(built.dir, "purser"))
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "purser")
}

// shortFolder is one that is removed with the test; a socket lies in it.
func shortFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "c")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
