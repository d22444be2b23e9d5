package hardness_test

import (
	"crypto/rand"
	"crypto/rsa"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"purser/build/compiler"
)

// build is the command, built once for all tests (PURSER_TEST_BINARY names one that
// was built before), and the vendors' key pair.
type build struct {
	once   sync.Once
	dir    string // to remove
	binary string
	err    error
	key    *rsa.PrivateKey
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

func made(t *testing.T) (binary string, key *rsa.PrivateKey) {
	t.Helper()
	built.once.Do(func() {
		if built.key, built.err = rsa.GenerateKey(rand.Reader, 2048); built.err != nil {
			return
		}
		if built.binary = os.Getenv("PURSER_TEST_BINARY"); built.binary != "" {
			return
		}
		if built.dir, built.err = os.MkdirTemp("", "purser"); built.err != nil {
			return
		}
		built.binary = filepath.Join(built.dir, "purser")
		built.err = compiler.Build(built.binary)
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.binary, built.key
}
