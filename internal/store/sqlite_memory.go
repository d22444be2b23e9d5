package store

import (
	"errors"
	"fmt"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// cachedAtOnce is how many pages of a cache SQLite takes memory for at once: more
// than any cache holds here, so that each takes all of it.
const cachedAtOnce = 1 << 20

// WholeCaches makes SQLite take the memory of a page cache in one piece when it is
// first used. Page by page its allocator, which hands out powers of two, gives 8 KiB
// for each page of 4: 7 MiB of a sync's peak. It must be called once, before a database is opened
// (SQLITE_CONFIG_PAGECACHE of https://sqlite.org/c3ref/c_config_covering_index_scan.html).
func WholeCaches() error {
	tls := libc.NewTLS()
	defer tls.Close()
	args := libc.Xmalloc(tls, 3*libc.Tsize_t(unsafe.Sizeof(uintptr(0))))
	if args == 0 {
		return errors.New("set up the database's cache: no memory")
	}
	defer libc.Xfree(tls, args)
	rc := sqlite3.Xsqlite3_config(tls, sqlite3.SQLITE_CONFIG_PAGECACHE, libc.VaList(args, uintptr(0), int32(0), int32(cachedAtOnce)))
	if rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("set up the database's cache: SQLite answers %d", rc)
	}
	return nil
}
