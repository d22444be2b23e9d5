package storetest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// shared is the one server of a test binary. It ends with the process: the
// kernel tells it by the death of its parent.
var shared = sync.OnceValues(startServer)

// running is a server and the pipe that keeps it up: a collected pipe is a closed one.
type running struct {
	url  string
	keep io.Closer
}

// server returns the URL of a PostgreSQL server in which databases may be made.
func server(t *testing.T) string {
	t.Helper()
	if url := os.Getenv("PURSER_TEST_POSTGRES"); url != "" {
		return url
	}
	if postgresBin() == "" {
		t.Skip("no PostgreSQL is installed (apt-get install postgresql), and PURSER_TEST_POSTGRES names none")
	}
	s, err := shared()
	if err != nil {
		t.Fatalf("start a PostgreSQL for tests: %v", err)
	}
	return s.url
}

func postgresBin() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") //nolint:errcheck // the pattern is constant
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p)
	}
	return ""
}

// startServer makes a cluster in a temporary folder and serves it on a unix
// socket there. PostgreSQL refuses to run as root: it runs as its own user then.
func startServer() (*running, error) {
	bin := postgresBin()
	dir, err := os.MkdirTemp("", "purser-postgres-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	var who *syscall.Credential
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			if u, err = user.Lookup("nobody"); err != nil {
				return nil, fmt.Errorf("find a user to run PostgreSQL as: %w", err)
			}
		}
		uid, _ := strconv.Atoi(u.Uid) //nolint:errcheck // digits on every unix
		gid, _ := strconv.Atoi(u.Gid) //nolint:errcheck // digits on every unix
		who = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, fmt.Errorf("give the folder away: %w", err)
		}
	}
	data := filepath.Join(dir, "data")
	initdb := command(who, dir, filepath.Join(bin, "initdb"), "-D", data, "-U", "purser", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, fmt.Errorf("make the log: %w", err)
	}
	// The shell outlives the test binary by a moment: when its standard input
	// ends, it stops the server and removes the folder.
	sh := `"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=200 & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid; rm -rf "$2"`
	serve := command(who, dir, "/bin/sh", "-c", sh, "sh", bin, dir)
	serve.Stdout, serve.Stderr = log, log
	keep, err := serve.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("tie the server to this process: %w", err)
	}
	if err := serve.Start(); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	for range 300 {
		if command(who, dir, filepath.Join(bin, "pg_isready"), "-q", "-h", dir, "-U", "purser").Run() == nil {
			return &running{"postgres:///postgres?user=purser&host=" + dir, keep}, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, fmt.Errorf("postgres did not come up; its log is %s", log.Name())
}

func command(who *syscall.Credential, dir, name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: who, Setpgid: true}
	return c
}
