package columns

import "hash/maphash"

// lines notes identifiers with the line on which each was first seen, twelve
// bytes an identifier at up to four fifths full. Two identifiers are taken for
// one by chance once in 2^64.
type lines struct {
	seed  maphash.Seed
	table []uint64
	line  []uint32
	n     int
}

// note remembers an identifier; again is true if it was there, with its first line.
func (l *lines) note(id string, line int) (first int, again bool) {
	i, found := l.find(id)
	if found {
		return int(l.line[i]), true
	}
	l.line[i] = uint32(line)
	return line, false
}

// count counts an identifier; again is true from the second time on.
func (l *lines) count(id string) (n int, again bool) {
	i, _ := l.find(id)
	l.line[i]++
	return int(l.line[i]), l.line[i] > 1
}

// find returns the place of an identifier, and makes one.
func (l *lines) find(id string) (at uint64, found bool) {
	if l.table == nil {
		l.seed = maphash.MakeSeed()
		l.table, l.line = make([]uint64, 1024), make([]uint32, 1024)
	}
	if l.n*5 >= len(l.table)*4 {
		l.grow()
	}
	print := maphash.String(l.seed, id) | 1
	i := l.place(print)
	if l.table[i] == print {
		return i, true
	}
	l.table[i] = print
	l.n++
	return i, false
}

func (l *lines) place(print uint64) uint64 {
	mask := uint64(len(l.table) - 1)
	i := print >> 1 & mask
	for l.table[i] != 0 && l.table[i] != print {
		i = (i + 1) & mask
	}
	return i
}

func (l *lines) grow() {
	table, line := l.table, l.line
	l.table, l.line = make([]uint64, 2*len(table)), make([]uint32, 2*len(table))
	for i, print := range table {
		if print != 0 {
			at := l.place(print)
			l.table[at], l.line[at] = print, line[i]
		}
	}
}
