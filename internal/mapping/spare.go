package mapping

import "purser"

// Spare is memory of pages that are read one after the other, so that the next
// page is made of what an earlier one was: without it a reading of 600,000 records
// leaves half a gigabyte to the garbage collector. It belongs to one program and
// one goroutine. A nil Spare is no memory.
type Spare struct {
	records []Record
	slabs   [][]purser.Value
	used    int
}

// slabRecords is how many records share a slab.
const slabRecords = 64

// slab returns memory for the values of some records of n fields each.
func (s *Spare) slab(n int) []purser.Value {
	if s == nil {
		return make([]purser.Value, n*slabRecords)
	}
	if s.used == len(s.slabs) {
		s.slabs = append(s.slabs, make([]purser.Value, n*slabRecords))
	}
	s.used++
	return s.slabs[s.used-1]
}

// page returns where the next page's records go, and those of the last page went.
func (s *Spare) page() []Record {
	if s == nil {
		return nil
	}
	return s.records[:0]
}

func (s *Spare) kept(records []Record) {
	if s != nil {
		s.records = records
	}
}

// Release gives back the values of all records that were read so far: nobody may
// look at them any more.
func (s *Spare) Release() {
	for _, slab := range s.slabs[:s.used] {
		clear(slab) // their texts go
	}
	clear(s.records[:cap(s.records)])
	s.used = 0
}
