//go:build unix && !solaris && !netbsd

package store

import "golang.org/x/sys/unix"

// freeBytes is what an ordinary user may still write on the disk of dir (statfs(2)).
func freeBytes(dir string) (free uint64, known bool) {
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		return 0, false
	}
	return uint64(disk.Bavail) * uint64(disk.Bsize), true //nolint:unconvert // their types differ between systems
}
