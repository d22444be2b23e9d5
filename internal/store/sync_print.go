package store

import (
	"context"
	"encoding/binary"
	"math/bits"

	"purser/internal/engine"
)

// printOf is a fingerprint of a row's identifier and content: two of them are
// equal by chance once in 2^64. It is never 0 and stays the same for ever.
func printOf(r *engine.Row) int64 {
	h := binary.LittleEndian.Uint64(r.Digest[:8])
	id := r.ExternalID
	for len(id) >= 8 {
		h = mix(h ^ uint64(id[0]) ^ uint64(id[1])<<8 ^ uint64(id[2])<<16 ^ uint64(id[3])<<24 ^
			uint64(id[4])<<32 ^ uint64(id[5])<<40 ^ uint64(id[6])<<48 ^ uint64(id[7])<<56)
		id = id[8:]
	}
	for i := range len(id) {
		h ^= uint64(id[i]) << (8 * i)
	}
	h = mix(h ^ uint64(len(r.ExternalID))<<56)
	return int64(h | 1)
}

func mix(h uint64) uint64 {
	hi, lo := bits.Mul64(h^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return hi ^ lo
}

// prints finds the row that has a fingerprint. It holds twelve bytes a row, so
// that a second reading asks the database only about what is new or changed.
type prints struct {
	table []int64
	ids   []uint32
	mask  uint64
	n     int
}

func newPrints() *prints {
	p := &prints{}
	p.size(1024)
	return p
}

func (p *prints) size(n int) {
	p.table, p.ids, p.mask = make([]int64, n), make([]uint32, n), uint64(n-1)
}

func (p *prints) add(print, id int64) {
	if id>>32 != 0 {
		return // looked up in the database then
	}
	if p.n*5 >= len(p.table)*4 {
		table, ids := p.table, p.ids
		p.size(2 * len(table))
		for i, x := range table {
			if x != 0 {
				p.put(x, ids[i])
			}
		}
	}
	p.put(print, uint32(id))
	p.n++
}

func (p *prints) put(print int64, id uint32) {
	i := uint64(print) >> 1 & p.mask
	for p.table[i] != 0 {
		i = (i + 1) & p.mask
	}
	p.table[i], p.ids[i] = print, id
}

// find returns the id of the row, 0 if none looks like it.
func (p *prints) find(print int64) int64 {
	for i := uint64(print) >> 1 & p.mask; p.table[i] != 0; i = (i + 1) & p.mask {
		if p.table[i] == print {
			return int64(p.ids[i])
		}
	}
	return 0
}

// loadPrints reads the fingerprints of the live rows of the stream.
func (s *Sync) loadPrints(ctx context.Context, r *reading) (*prints, error) {
	p := newPrints()
	if r.Enrich || r.live == 0 {
		return p, nil
	}
	err := s.db.eachPair(ctx, "SELECT digest, id FROM "+KindTable(r.Kind)+" WHERE stream_no = ? AND gone_gen = 0", r.no, p.add)
	return p, err
}
