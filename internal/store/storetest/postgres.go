package storetest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// ownServer is the variable that names a server in which databases may be made.
const ownServer = "PURSER_TEST_POSTGRES"

// server returns the URL of a PostgreSQL server in which databases may be made.
func server(t *testing.T) string {
	t.Helper()
	if url := os.Getenv(ownServer); url != "" {
		return url
	}
	if postgresBin() == "" && os.Getenv("PURSER_TEST_POSTGRES_REQUIRED") != "" {
		t.Fatal("no PostgreSQL is installed (apt-get install postgresql), and PURSER_TEST_POSTGRES names none")
	} else if postgresBin() == "" {
		t.Skip("no PostgreSQL is installed (apt-get install postgresql), and PURSER_TEST_POSTGRES names none")
	}
	// One server a test binary: the folder of this process says whether there is one.
	dir := filepath.Join(os.TempDir(), "purser-postgres-"+strconv.Itoa(os.Getpid()))
	who, err := owner()
	if err == nil {
		if err = os.Mkdir(dir, 0o700); err == nil {
			err = startServer(t, dir, who)
		} else if os.IsExist(err) {
			err = nil
		}
	}
	if err != nil {
		t.Fatalf("start a PostgreSQL for tests: %v", err)
	}
	return awaitCluster(t, dir, who)
}

// awaitCluster returns the URL of a cluster when it takes connections.
func awaitCluster(t testing.TB, dir string, who *syscall.Credential) string {
	t.Helper()
	for range 2400 { // on a machine that does much else
		if command(who, "/", filepath.Join(postgresBin(), "pg_isready"), "-q", "-h", dir, "-U", "purser").Run() == nil {
			return "postgres:///postgres?user=purser&host=" + dir
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the PostgreSQL for tests did not come up; its log is in %s", dir)
	return ""
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

// owner is the user that PostgreSQL runs as: it refuses to run as root.
func owner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("find a user to run PostgreSQL as: %w", err)
		}
	}
	uid, _ := strconv.Atoi(u.Uid) //nolint:errcheck // digits on every unix
	gid, _ := strconv.Atoi(u.Gid) //nolint:errcheck // digits on every unix
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// startServer makes a cluster in dir and serves it until the test binary ends,
// when the folder goes, too.
func startServer(t *testing.T, dir string, who *syscall.Credential) error {
	var err error
	if shared := os.Getenv(sharedFolder); shared != "" {
		err = copyCluster(t, dir, shared, who)
	} else {
		err = initCluster(dir, who)
	}
	if err != nil {
		return err
	}
	// The other end of the pipe is a plain number, so that nothing closes it before
	// the process ends.
	_, _, err = serveCluster(dir, who, `rm -rf "$2"`)
	return err
}

func initCluster(dir string, who *syscall.Credential) error {
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return fmt.Errorf("give the folder away: %w", err)
		}
	}
	initdb := command(who, dir, filepath.Join(postgresBin(), "initdb"), "-D", filepath.Join(dir, "data"), "-U", "purser", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// serveCluster serves a cluster on a unix socket in its folder as long as the
// writing end of a pipe is open, and runs a command of the shell last.
func serveCluster(dir string, who *syscall.Credential, last string) (server *exec.Cmd, end int, err error) {
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("make the log: %w", err)
	}
	defer func() { _ = log.Close() }()
	// The shell outlives the test binary by a moment: when its standard input ends,
	// it stops the server.
	sh := `"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off -c jit=off -c checkpoint_timeout=1d -c max_wal_size=4GB -c max_connections=200 & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid; ` + last
	serve := command(who, dir, "/bin/sh", "-c", sh, "sh", postgresBin(), dir)
	serve.Stdout, serve.Stderr = log, log
	if end, err = outlive(serve); err != nil {
		return nil, 0, fmt.Errorf("start postgres: %w", err)
	}
	return serve, end, nil
}

// outlive starts a command whose standard input ends with this process, or when
// the other end of the pipe is closed: a plain number, so that nothing else closes it.
func outlive(c *exec.Cmd) (end int, err error) {
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC); err != nil {
		return 0, fmt.Errorf("tie a command to this process: %w", err)
	}
	read := os.NewFile(uintptr(ends[0]), "end of the tests")
	defer func() { _ = read.Close() }()
	c.Stdin = read
	return ends[1], c.Start()
}

func command(who *syscall.Credential, dir, name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: who, Setpgid: true}
	return c
}
