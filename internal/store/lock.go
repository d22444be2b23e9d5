package store

import (
	"fmt"
	"io"
	"os"
)

// Lock takes a data folder for this process without opening its database, and makes
// the folder if it is not there. Close frees it.
func Lock(dir string) (io.Closer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder %s cannot be made: %w; give Purser a folder it may write to", dir, err)
	}
	return lockFolder(dir)
}
