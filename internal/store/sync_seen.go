package store

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
)

// bitmap is a set of row ids: ids of one stream lie close together.
type bitmap struct {
	chunks map[int64]*[1024]uint64 // 65,536 ids each
}

func newBitmap() *bitmap { return &bitmap{chunks: map[int64]*[1024]uint64{}} }

func (b *bitmap) add(id int64) {
	c := b.chunks[id>>16]
	if c == nil {
		c = new([1024]uint64)
		b.chunks[id>>16] = c
	}
	c[id>>6&1023] |= 1 << (id & 63)
}

func (b *bitmap) has(id int64) bool {
	c := b.chunks[id>>16]
	return c != nil && c[id>>6&1023]&(1<<(id&63)) != 0
}

func (b *bitmap) len() (n int64) {
	for _, c := range b.chunks {
		for _, w := range c {
			n += int64(bits.OnesCount64(w))
		}
	}
	return n
}

// packIDs sorts ids and writes their differences as varints.
func packIDs(ids []int64) []byte {
	slices.Sort(ids)
	out := make([]byte, 0, len(ids)*2)
	last := int64(0)
	for _, id := range ids {
		out = binary.AppendUvarint(out, uint64(id-last))
		last = id
	}
	return out
}

func (b *bitmap) addPacked(packed []byte) error {
	last := int64(0)
	for len(packed) > 0 {
		d, n := binary.Uvarint(packed)
		if n <= 0 {
			return errors.New("a set of seen rows is damaged")
		}
		last += int64(d)
		b.add(last)
		packed = packed[n:]
	}
	return nil
}
