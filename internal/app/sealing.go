package app

import "purser/internal/credential"

// loginSealer seals what sign-in keeps under the operator's key.
type loginSealer struct{ sealer *credential.Sealer }

// Seal encrypts plain for one field of one row.
func (l loginSealer) Seal(plain []byte, row, field string) ([]byte, error) {
	return l.sealer.Seal(plain, credential.Binding{Connector: "sign-in", Instance: row, Field: field})
}

// Open decrypts what was sealed for it.
func (l loginSealer) Open(sealed []byte, row, field string) ([]byte, error) {
	return l.sealer.Open(sealed, credential.Binding{Connector: "sign-in", Instance: row, Field: field})
}
