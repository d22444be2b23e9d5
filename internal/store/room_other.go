//go:build !unix || solaris || netbsd

package store

// freeBytes is not known here: whether a write succeeds has to say.
func freeBytes(string) (free uint64, known bool) { return 0, false }
