package load

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/source"
	"purser/internal/store"
)

// pieceBytes is how much of a file stands in one part: one write of the database.
const pieceBytes = 1 << 20

// Upload keeps the bytes of a file. Sent again, they replace what was sent before.
func (s *Service) Upload(ctx context.Context, id string, r io.Reader) (purser.Load, error) {
	if err := s.Gate.Allow(ctx, purser.OpLoadWrite); err != nil {
		return purser.Load{}, err
	}
	row, err := s.openRow(ctx, id, false)
	if err != nil {
		return purser.Load{}, err
	}
	if err := s.empty(ctx, row.No); err != nil {
		return purser.Load{}, err
	}
	sum := sha256.New()
	piece := make([]byte, pieceBytes)
	total, parts := int64(0), int64(0)
	for {
		n, err := io.ReadFull(r, piece)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return purser.Load{}, purser.Invalid("file", "the file did not arrive whole: %v", err)
		}
		if n > 0 {
			if total += int64(n); total > s.MaxFile {
				return purser.Load{}, purser.Invalid("file", "the file is larger than %d MiB", s.MaxFile>>20)
			}
			_, _ = sum.Write(piece[:n])
			parts++
			if err := s.keep(ctx, row.No, parts, piece[:n]); err != nil {
				return purser.Load{}, err
			}
		}
		if err != nil {
			break
		}
	}
	if total == 0 {
		return purser.Load{}, purser.Invalid("file", "the file is empty")
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		ok, err := store.SetLoadContent(ctx, tx, id, hex.EncodeToString(sum.Sum(nil)), total, parts)
		if err == nil && !ok {
			err = &purser.Problem{Kind: purser.ProblemConflict, What: "the load was finished meanwhile", Hint: "Open a new one"}
		}
		return err
	})
	if err != nil {
		return purser.Load{}, fmt.Errorf("keep a file: %w", err)
	}
	return s.load(ctx, id)
}

func (s *Service) keep(ctx context.Context, loadNo, no int64, piece []byte) error {
	packed, err := source.Pack(piece)
	if err != nil {
		return fmt.Errorf("pack a piece of a file: %w", err)
	}
	if err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return store.PutLoadPart(ctx, tx, loadNo, no, packed) }); err != nil {
		return fmt.Errorf("keep a piece of a file: %w", err)
	}
	return nil
}

// empty removes a load's content, some at a time.
func (s *Service) empty(ctx context.Context, loadNo int64) error {
	for more := true; more; {
		err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
			more, err = store.DropLoadParts(ctx, tx, loadNo)
			return err
		})
		if err != nil {
			return fmt.Errorf("remove what was handed over: %w", err)
		}
	}
	return nil
}

// baseName is a file's name without folders, as people see it.
func baseName(name string) string {
	if name == "" {
		return ""
	}
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if r := []rune(name); len(r) > 200 {
		name = string(r[len(r)-200:])
	}
	return name
}

func digestOf(r io.Reader) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
