package hardness_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"purser/internal/sandbox"
)

// A service manager or a volume may have made the folder, open to everybody.
func TestWhatLiesInTheDataFolderIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	h := open(t, sandbox.Options{})
	if err := os.Mkdir(h.data(), 0o755); err != nil {
		t.Fatal(err)
	}
	h.serve()
	looked := 0
	err := filepath.WalkDir(h.data(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == h.data() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		looked++
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has mode %04o", e.Name(), mode)
		}
		return nil
	})
	if err != nil || looked < 5 {
		t.Errorf("%d files, %v", looked, err)
	}
}
