package credential

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"purser"
)

// OpenKeyFile returns the Sealer of the key file at path. check is what
// Sealer.Check gave when the data was made, nil if nothing is sealed yet. Only
// then a missing file is made (made is true: tell the operator where it is, and
// to keep a copy apart from the data).
//
// A file that others may read, or that does not open what is sealed, is refused.
func OpenKeyFile(path string, check []byte) (s *Sealer, made bool, err error) {
	keys, err := readKeys(path)
	if errors.Is(err, fs.ErrNotExist) && check == nil {
		made = true
		keys, err = makeKeys(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, keyProblem("there is no key file at %s, but credentials are sealed with one", path)
	}
	if err != nil {
		return nil, false, err
	}
	s, err = NewSealer(keys)
	if err != nil {
		return nil, false, err
	}
	if check != nil && !s.Opens(check) {
		return nil, false, keyProblem("the key file %s does not open what is sealed in this data folder", path)
	}
	return s, made, nil
}

// PassingSealer returns a sealer with a key of its own that is written nowhere:
// what it seals ends with the process.
func PassingSealer() (*Sealer, error) {
	keys, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make a sealing key: %w", err)
	}
	return NewSealer(keys)
}

// RotateKeyFile adds a new key to the file and seals with it from the next
// opening on. The old keys stay: they open what was sealed with them.
func RotateKeyFile(path string) error {
	keys, err := readKeys(path)
	if err != nil {
		return err
	}
	manager := keyset.NewManagerFromHandle(keys)
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("make a new key: %w", err)
	}
	if err := manager.SetPrimary(id); err != nil {
		return fmt.Errorf("use the new key: %w", err)
	}
	if keys, err = manager.Handle(); err != nil {
		return fmt.Errorf("use the new key: %w", err)
	}
	return writeKeys(path, keys)
}

func makeKeys(path string) (*keyset.Handle, error) {
	keys, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make the sealing key: %w", err)
	}
	return keys, writeKeys(path, keys)
}

func readKeys(path string) (*keyset.Handle, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	if open := info.Mode().Perm() & 0o077; open != 0 || !info.Mode().IsRegular() {
		return nil, keyProblem("the key file %s may be used by others than its owner (mode %04o)", path, info.Mode().Perm())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	keys, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
	if err != nil {
		// The cause could quote the file.
		return nil, keyProblem("the key file %s is damaged or no key file", path)
	}
	return keys, nil
}

// writeKeys replaces the file in one step, so that a crash leaves the old or the new one.
func writeKeys(path string, keys *keyset.Handle) (err error) {
	var raw bytes.Buffer
	if err := insecurecleartextkeyset.Write(keys, keyset.NewJSONWriter(&raw)); err != nil {
		return fmt.Errorf("write the key file: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the key file: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600 by its making
	if err != nil {
		return fmt.Errorf("write the key file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(raw.Bytes()); err != nil {
		return errors.Join(fmt.Errorf("write the key file: %w", err), f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the key file: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write the key file: %w", err)
	}
	return nil
}

func keyProblem(format string, args ...any) *purser.Problem {
	return &purser.Problem{Kind: purser.ProblemInvalid, Field: "key-file", What: fmt.Sprintf(format, args...),
		Hint: "Point PURSER_KEY_FILE at the key file of this data, readable by its owner alone (chmod 600)"}
}
