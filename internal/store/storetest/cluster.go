package storetest

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// Cluster is a PostgreSQL server of one test alone, which may be away for a while.
type Cluster struct {
	URL string

	t    testing.TB
	dir  string
	who  *syscall.Credential
	sh   *exec.Cmd
	pipe int
}

// NewCluster makes and starts a server with one empty database. The test is
// skipped where no PostgreSQL is installed, also if PURSER_TEST_POSTGRES names one:
// that is not ours to stop.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	if postgresBin() == "" {
		t.Skip("no PostgreSQL is installed (apt-get install postgresql)")
	}
	who, err := owner()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "purser-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c := &Cluster{t: t, dir: dir, who: who}
	if err := initCluster(dir, who); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	c.Start()
	return c
}

// Start lets the server run, and returns when it takes connections.
func (c *Cluster) Start() {
	c.t.Helper()
	var err error
	if c.sh, c.pipe, err = serveCluster(c.dir, c.who, ":"); err != nil {
		c.t.Fatal(err)
	}
	c.URL = awaitCluster(c.t, c.dir, c.who)
}

// Stop ends the server and every connection to it.
func (c *Cluster) Stop() {
	c.t.Helper()
	if c.sh == nil {
		return
	}
	if err := syscall.Close(c.pipe); err != nil {
		c.t.Errorf("stop the PostgreSQL of the test: %v", err)
	}
	_ = c.sh.Wait()
	c.sh = nil
}
