package credential

import (
	"encoding/binary"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Number returns how many keys open; the newest of them seals.
func (s *Sealer) Number() int { return s.keys.Load().n }

// Newest reports whether sealed was sealed with the newest key. It looks at the
// number of the key alone: whether it opens is another question.
func (s *Sealer) Newest(sealed []byte) bool {
	// Tink writes a byte 1 and the key's number before what it encrypts.
	return len(sealed) > 5 && sealed[0] == 1 && binary.BigEndian.Uint32(sealed[1:5]) == s.keys.Load().newest
}

// Reseal opens what was sealed with any key and seals it with the newest one.
func (s *Sealer) Reseal(sealed []byte, b Binding) ([]byte, error) {
	plain, err := s.Open(sealed, b)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return s.Seal(plain, b)
}

// AddKey adds a new key to the key file and seals with it from now on. The old
// ones stay, in the file and here: they open what was sealed with them.
func (s *Sealer) AddKey(path string) error {
	if err := RotateKeyFile(path); err != nil {
		return err
	}
	return s.reread(path)
}

// RetireKeys takes all keys but the newest out of the key file, for good.
func (s *Sealer) RetireKeys(path string) error {
	set, err := readKeys(path)
	if err != nil {
		return err
	}
	first, err := set.Primary()
	if err != nil {
		return fmt.Errorf("use the sealing keys: %w", err)
	}
	if first.KeyID() != s.keys.Load().newest {
		return keyProblem("the key file %s was changed since the server read it", path)
	}
	manager := keyset.NewManagerFromHandle(set)
	for i := range set.Len() {
		entry, err := set.Entry(i)
		if err != nil {
			return fmt.Errorf("use the sealing keys: %w", err)
		}
		if entry.KeyID() == first.KeyID() {
			continue
		}
		if err := manager.Delete(entry.KeyID()); err != nil {
			return fmt.Errorf("take an old key out: %w", err)
		}
	}
	if set, err = manager.Handle(); err != nil {
		return fmt.Errorf("take the old keys out: %w", err)
	}
	if err := writeKeys(path, set); err != nil {
		return err
	}
	return s.reread(path)
}

func (s *Sealer) reread(path string) error {
	set, err := readKeys(path)
	if err != nil {
		return err
	}
	return s.use(set)
}
