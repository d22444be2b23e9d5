package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"

	"purser"
)

// Parts is the content of a load, kept in numbered parts from 1.
type Parts interface {
	LoadPart(ctx context.Context, loadNo, no int64) (body []byte, ok bool, err error)
}

// partReader reads a file whose bytes are kept in parts, each packed for itself.
type partReader struct {
	ctx    context.Context //nolint:containedctx // a reader has no other way to be stopped
	parts  Parts
	loadNo int64
	next   int64
	now    bytes.Reader
	read   int64
	buf    []byte
}

// Read reads the next bytes of the file.
func (p *partReader) Read(b []byte) (int, error) {
	for p.now.Len() == 0 {
		body, ok, err := p.parts.LoadPart(p.ctx, p.loadNo, p.next+1)
		if err != nil {
			return 0, internal("read what was handed over", err)
		}
		if !ok {
			return 0, io.EOF
		}
		if p.buf, err = Unpack(p.buf[:0], body); err != nil {
			return 0, internal("unpack what was handed over", err)
		}
		p.next++
		p.now.Reset(p.buf)
	}
	n, err := p.now.Read(b)
	p.read += int64(n)
	return n, err
}

// ReadParts returns the file that a load holds.
func ReadParts(ctx context.Context, parts Parts, loadNo int64) io.Reader {
	return &partReader{ctx: ctx, parts: parts, loadNo: loadNo}
}

// Pack packs one part for the store.
func Pack(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err = w.Write(body); err == nil {
		err = w.Close()
	}
	return b.Bytes(), err
}

// MaxPart is the most bytes that a part has unpacked.
const MaxPart = 16 << 20

// Unpack appends what Pack packed.
func Unpack(to, packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(to)
	n, err := io.Copy(b, io.LimitReader(r, MaxPart+1))
	if err == nil && n > MaxPart {
		err = errors.New("a part is larger than any that was kept")
	}
	return b.Bytes(), err
}

func internal(what string, err error) error {
	if e, ok := errors.AsType[*purser.Error](err); ok {
		return e
	}
	return &purser.Error{Class: purser.ClassInternal, What: "Purser could not " + what, Err: fmt.Errorf("the database: %w", err)}
}
