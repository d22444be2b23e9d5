package storetest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"purser/internal/store"
)

// sharedFolder is the variable that names a folder, fresh for this run of tests, where
// the first of all test binaries puts what the others copy: to make PostgreSQL's files
// and the schemas anew in each took longer than the tests of most packages.
const sharedFolder = "PURSER_TEST_TEMPLATES"

// once makes what is called name in the shared folder if it is not there yet, and
// returns its path. Of binaries that begin at once, one makes it; the others wait.
func once(dir, name string, fill func(making string) error) (string, error) {
	lock, err := os.OpenFile(filepath.Join(dir, name+".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("wait for another test: %w", err)
	}
	made, making := filepath.Join(dir, name), filepath.Join(dir, name+".making")
	if _, err := os.Stat(made); err == nil {
		return made, nil
	}
	if err := os.RemoveAll(making); err != nil { // of a test that was killed meanwhile
		return "", err
	}
	// PostgreSQL's own user looks for its files in here, too.
	if err := errors.Join(os.Chmod(dir, 0o711), os.Mkdir(making, 0o700)); err != nil {
		return "", err
	}
	if err := fill(making); err != nil {
		return "", err
	}
	return made, os.Rename(making, made)
}

// sharedCluster returns the folder of a cluster that is at rest and has the template
// of databases in it.
func sharedCluster(t *testing.T, dir string, who *syscall.Credential) (string, error) {
	return once(dir, "cluster", func(making string) error {
		if err := initCluster(making, who); err != nil {
			return err
		}
		sh, end, err := serveCluster(making, who, ":")
		if err != nil {
			return err
		}
		base := awaitCluster(t, making, who)
		admin(t, base, "CREATE DATABASE "+templateName)
		o := options(t)
		o.URL, o.Dir = at(base, templateName), ""
		db, err := store.Open(t.Context(), o)
		if err == nil {
			err = db.Close()
		}
		return errors.Join(err, syscall.Close(end), sh.Wait())
	})
}

// copyCluster makes a cluster in dir as that of the shared folder is.
func copyCluster(t *testing.T, dir, shared string, who *syscall.Credential) error {
	cluster, err := sharedCluster(t, shared, who)
	if err != nil {
		return err
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return fmt.Errorf("give the folder away: %w", err)
		}
	}
	if out, err := command(nil, "/", "cp", "-a", filepath.Join(cluster, "data"), dir).CombinedOutput(); err != nil {
		return fmt.Errorf("copy a cluster: %w: %s", err, out)
	}
	return nil
}
