package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Digest is a fingerprint of what the manifest means: two files with the same
// digest do the same, whatever their comments and layout.
func (m *Manifest) Digest() string {
	raw, err := json.Marshal(m)
	if err != nil {
		// All types of the language can be written; anything else is our bug.
		panic(fmt.Sprintf("manifest: a manifest cannot be written: %v", err))
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// MarshalJSON writes the tree as it would be sent, with its places.
func (t *Tree) MarshalJSON() ([]byte, error) {
	c, err := compileTree(t.node)
	if err != nil {
		return nil, err
	}
	return c.build(nil, nil)
}
