package credential

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"purser"
)

// Binding is what a ciphertext belongs to. What was sealed for one field of one
// instance opens nowhere else.
type Binding struct {
	Connector string
	Instance  string
	Field     string
}

// associated is the binding without ambiguity: each part with its length.
func (b Binding) associated() []byte {
	var out []byte
	for _, part := range []string{"purser/1", b.Connector, b.Instance, b.Field} {
		out = binary.AppendUvarint(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}

// Sealer seals with the newest key of the operator's key file and opens with any
// of them. It is safe for concurrent use, also while the keys change.
type Sealer struct {
	keys atomic.Pointer[keys]
}

// keys are the keys of a key file, ready for use.
type keys struct {
	aead   tink.AEAD
	newest uint32 // number of the key that seals
	n      int
}

// NewSealer returns a Sealer with a set of AEAD keys.
func NewSealer(set *keyset.Handle) (*Sealer, error) {
	s := &Sealer{}
	return s, s.use(set)
}

func (s *Sealer) use(set *keyset.Handle) error {
	primitive, err := aead.New(set)
	if err != nil {
		return fmt.Errorf("use the sealing keys: %w", err)
	}
	first, err := set.Primary()
	if err != nil {
		return fmt.Errorf("use the sealing keys: %w", err)
	}
	s.keys.Store(&keys{aead: primitive, newest: first.KeyID(), n: set.Len()})
	return nil
}

// Seal encrypts plain and binds it.
func (s *Sealer) Seal(plain []byte, b Binding) ([]byte, error) {
	sealed, err := s.keys.Load().aead.Encrypt(plain, b.associated())
	if err != nil {
		return nil, fmt.Errorf("seal %s of instance %s: %w", b.Field, b.Instance, err)
	}
	return sealed, nil
}

// Open decrypts what was sealed with the same binding.
func (s *Sealer) Open(sealed []byte, b Binding) ([]byte, error) {
	plain, err := s.keys.Load().aead.Decrypt(sealed, b.associated())
	if err != nil {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "not_opened",
			What: fmt.Sprintf("the sealed %s of instance %s does not open with the server's key file", b.Field, b.Instance),
			Hint: "Start the server with the key file that this data was sealed with, or enter the credential again."}
	}
	return plain, nil
}

// checkBinding binds the text by which a key file is recognized.
func checkBinding() Binding { return Binding{Field: "key check"} }

// Check returns a sealed text to keep with the data: a key file that opens it is the right one.
func (s *Sealer) Check() ([]byte, error) { return s.Seal([]byte("purser"), checkBinding()) }

// Opens reports whether this is the key that made check.
func (s *Sealer) Opens(check []byte) bool {
	_, err := s.keys.Load().aead.Decrypt(check, checkBinding().associated())
	return err == nil
}
