package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// buffer holds whole pages until they are worth a transaction.
type buffer struct {
	parts       []Part
	all         []Row // those of all parts, one after the other
	rows        int
	pages, read int
	since       time.Time
	dirty       bool
}

// part returns the part to which rows of a partition are added.
func (b *buffer) part(name string) *Part {
	if n := len(b.parts); n > 0 {
		if p := &b.parts[n-1]; p.Partition == name && !p.Complete && !p.Stays {
			return p
		}
	}
	b.parts = append(b.parts, Part{Partition: name})
	return &b.parts[len(b.parts)-1]
}

// grow makes room for more rows of the last part.
func (b *buffer) grow(n int) { b.all = slices.Grow(b.all, n) }

// add adds a row to the last part.
func (b *buffer) add(row Row) {
	p := &b.parts[len(b.parts)-1]
	b.all = append(b.all, row)
	from := len(b.all) - 1 - len(p.Rows)
	p.Rows = b.all[from:len(b.all):len(b.all)]
}

// empty takes everything out; the memory serves what comes next.
func (b *buffer) empty() {
	clear(b.parts)
	clear(b.all)
	*b = buffer{parts: b.parts[:0], all: b.all[:0]}
}

// kept is called when the checkpoint has moved on past what the buffer holds; it
// commits when that is enough.
func (r *reading) kept(ctx context.Context) error {
	b := &r.buffer
	if !b.dirty {
		b.dirty, b.since = true, r.job.Now()
		if b.rows < bufferRows {
			return nil
		}
	}
	if b.rows < bufferRows && r.job.Now().Sub(b.since) < bufferTime {
		return nil
	}
	return r.flush(ctx)
}

// flush commits what the buffer holds with the checkpoint.
func (r *reading) flush(ctx context.Context) error {
	b := &r.buffer
	if !b.dirty {
		return nil
	}
	raw, err := json.Marshal(r.at)
	if err != nil {
		return fmt.Errorf("write the checkpoint of %s: %w", r.s.Name, err)
	}
	if err := r.sink.Commit(ctx, Commit{Stream: r.s.Name, Kind: r.s.Emits, Enrich: r.s.Enrich, Parts: b.parts,
		Checkpoint: raw, Pages: b.pages, Read: b.read}); err != nil {
		return err
	}
	b.empty()
	r.spare.Release()
	return nil
}
