package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// nodeName is the file that gives the data folder a name of its own.
const nodeName = "purser.node"

// Node names the data folder, which one process at a time may use: whoever bore
// that name before is dead. "" where there is no folder.
func (db *DB) Node() (string, error) {
	if db.options.Dir == "" {
		return "", nil
	}
	path := filepath.Join(db.options.Dir, nodeName)
	raw, err := os.ReadFile(path)
	if name := strings.TrimSpace(string(raw)); err == nil && name != "" {
		return name, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading the name of the data folder: %w", err)
	}
	name := rand.Text()
	if err := os.WriteFile(path, []byte(name+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("giving the data folder a name: %w", err)
	}
	return name, nil
}
