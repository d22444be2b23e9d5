package store

import (
	"fmt"

	"purser"
)

// roomNeeded is what must be free on the disk of the data folder before one that was
// full counts as mended: as much as the journal takes when it grows to its length.
const roomNeeded = journalPages * 4096

func diskFull() *purser.Problem {
	return paused(diskIsFull, fmt.Sprintf("Free at least %d MB on it.", roomNeeded/1_000_000+1))
}

const diskIsFull = "the disk of the data folder is full"

// stillFull says that the last write found the disk full and that too little was freed
// since. A journal keeps its length, so that a small change finds room in it where the
// next page of a sync does not: that one succeeds does not say that there is space.
func (db *DB) stillFull() *purser.Problem {
	p := db.trouble.Load()
	if p == nil || p.What != diskIsFull {
		return nil
	}
	if free, known := freeBytes(db.options.Dir); !known || free >= roomNeeded {
		return nil
	}
	return p
}
