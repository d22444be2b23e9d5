package contract

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Limits of the files of a contract.
const (
	MostDocument  = 10 << 20 // bytes of one
	mostDocuments = 50
)

// Sealer keeps the keys of documents from those who read the database.
type Sealer interface {
	Seal(plain []byte, id string) ([]byte, error)
	Open(sealed []byte, id string) ([]byte, error)
}

// Documents lists the files of a contract. They may tell prices: whoever may not see
// money is not told of them.
func (s *Service) Documents(ctx context.Context, id string) ([]purser.ContractDocument, error) {
	_, no, err := s.one(ctx, s.DB.Read(), id)
	if err != nil || !s.mayMoney(ctx) {
		return nil, err
	}
	rows, err := store.Documents(ctx, s.DB.Read(), no)
	out := make([]purser.ContractDocument, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Told())
	}
	return out, err
}

// AddDocument keeps a file with a contract, sealed. What it holds is not looked at.
func (s *Service) AddDocument(ctx context.Context, id, name, media string, r io.Reader) (purser.ContractDocument, error) {
	if err := s.mayWrite(ctx); err != nil {
		return purser.ContractDocument{}, err
	}
	if s.Sealer == nil {
		return purser.ContractDocument{}, errors.New("contract: files cannot be sealed here")
	}
	plain, err := io.ReadAll(io.LimitReader(r, MostDocument+1))
	switch name = fileName(name); {
	case err != nil:
		return purser.ContractDocument{}, purser.Invalid("file", "the file did not come whole")
	case len(plain) == 0:
		return purser.ContractDocument{}, purser.Invalid("file", "the file is empty")
	case len(plain) > MostDocument:
		return purser.ContractDocument{}, purser.Invalid("file", "a file has at most %d MiB", MostDocument>>20)
	case name == "":
		return purser.ContractDocument{}, purser.Invalid("file", "the file has no name that can be written")
	}
	row := store.DocumentRow{ID: s.ids.New(purser.PrefixDocument), Name: name, Media: mediaType(media), Bytes: int64(len(plain)), AddedAt: purser.MicrosOf(s.Now()), AddedBy: by(ctx)}
	if row.Sealed, row.Content, err = s.lock(plain, row.ID); err != nil {
		return purser.ContractDocument{}, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		c, no, err := s.one(ctx, tx, id)
		if err != nil {
			return err
		}
		held, err := store.Documents(ctx, tx, no)
		if err != nil {
			return err
		}
		if len(held) >= mostDocuments {
			return purser.Invalid("file", "a contract has at most %d files", mostDocuments)
		}
		if err := store.InsertDocument(ctx, tx, no, row); err != nil {
			return err
		}
		return s.noteDocument(ctx, tx, no, c, "", row.Name)
	})
	return row.Told(), err
}

// noteDocument keeps in history and audit log that a file came or went.
func (s *Service) noteDocument(ctx context.Context, tx bun.Tx, no int64, c purser.Contract, before, after string) error {
	change := store.ContractChangeRow{At: purser.MicrosOf(s.Now()), By: by(ctx), Field: "document", Before: before, After: after, Money: 1}
	if err := store.InsertContractChange(ctx, tx, no, change); err != nil {
		return err
	}
	var was, now map[string]any
	if before != "" {
		was = map[string]any{"document": before}
	}
	if after != "" {
		now = map[string]any{"document": after}
	}
	return s.note(ctx, tx, c, was, now)
}

// OpenDocument returns the content of a file. That it was read stands in the audit log.
func (s *Service) OpenDocument(ctx context.Context, id, document string) (d purser.ContractDocument, plain []byte, err error) {
	if err := s.Gate.Allow(ctx, purser.OpMoneyRead); err != nil {
		return d, nil, err
	}
	c, no, err := s.one(ctx, s.DB.Read(), id)
	if err != nil {
		return d, nil, err
	}
	row, ok, err := store.Document(ctx, s.DB.Read(), no, document)
	if err != nil {
		return d, nil, err
	}
	if !ok {
		return d, nil, purser.NotFound("document", document)
	}
	if plain, err = s.unlock(row); err != nil {
		return d, nil, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpContractRead, Object: c.ID, ObjectName: c.Name, After: map[string]any{"event": "read a document", "document": row.Name}, At: s.Now()})
	})
	return row.Told(), plain, err
}

// RemoveDocument removes a file; the contract stays.
func (s *Service) RemoveDocument(ctx context.Context, id, document string) error {
	if err := s.mayWrite(ctx); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		c, no, err := s.one(ctx, tx, id)
		if err != nil {
			return err
		}
		row, ok, err := store.Document(ctx, tx, no, document)
		if err != nil {
			return err
		}
		if !ok {
			return purser.NotFound("document", document)
		}
		if err := store.DeleteDocument(ctx, tx, row.ID); err != nil {
			return err
		}
		return s.noteDocument(ctx, tx, no, c, row.Name, "")
	})
}

// lock encrypts a content under a key of its own (AES-256 in Galois/Counter Mode),
// bound to the document, and seals that key.
func (s *Service) lock(plain []byte, id string) (sealed, content []byte, err error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(s.Rand, key); err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	box, err := boxOf(key)
	if err != nil {
		return nil, nil, err
	}
	nonce := make([]byte, box.NonceSize())
	if _, err := io.ReadFull(s.Rand, nonce); err != nil {
		return nil, nil, fmt.Errorf("making a nonce: %w", err)
	}
	sealed, err = s.Sealer.Seal(key, id)
	return sealed, box.Seal(nonce, nonce, plain, []byte(id)), err
}

func (s *Service) unlock(r store.DocumentRow) ([]byte, error) {
	if s.Sealer == nil {
		return nil, errors.New("contract: files cannot be opened here")
	}
	key, err := s.Sealer.Open(r.Sealed, r.ID)
	if err != nil {
		return nil, err
	}
	box, err := boxOf(key)
	if err != nil {
		return nil, err
	}
	if len(r.Content) < box.NonceSize() {
		return nil, fmt.Errorf("document %s is cut", r.ID)
	}
	plain, err := box.Open(nil, r.Content[:box.NonceSize()], r.Content[box.NonceSize():], []byte(r.ID))
	if err != nil {
		return nil, fmt.Errorf("document %s was changed: %w", r.ID, err)
	}
	return plain, nil
}

func boxOf(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use a document's key: %w", err)
	}
	return cipher.NewGCM(block)
}

// fileName is the name alone, without folders and without what cannot be seen.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`"<>|?*:/`, r) {
			return -1
		}
		return r
	}, name))
	if name == "." || name == ".." || utf8.RuneCountInString(name) > 200 {
		return ""
	}
	return name
}

// mediaType is a type as its sender says, if it looks like one.
func mediaType(media string) string {
	media, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(media)), ";")
	kind, sub, ok := strings.Cut(media, "/")
	if !ok || len(media) > 100 || kind == "" || sub == "" || strings.ContainsFunc(media, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("/.+-_", r)
	}) {
		return "application/octet-stream"
	}
	return media
}
