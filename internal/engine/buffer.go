package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// buffer holds whole pages until they are worth a transaction.
type buffer struct {
	parts       []Part
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
	r.buffer = buffer{}
	return nil
}
