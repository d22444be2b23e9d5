package hardness_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"purser"
	"purser/internal/sandbox"
)

// A disk of five megabytes holds no tenant of ten thousand. What was read stays, it
// is told where people and machines look, and it ends with the lack of space.
func TestAFullDiskIsToldOnPagesAndEndsByItself(t *testing.T) {
	t.Parallel()
	h := open(t, sandbox.Options{Scale: &sandbox.Scale{Users: 10_000, Apps: 1, Groups: 1}})
	if err := os.Mkdir(h.data(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", h.data(), "tmpfs", 0, "size=5m,mode=700"); err != nil {
		t.Skipf("a small disk cannot be made here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(h.data(), syscall.MNT_DETACH) })
	h.serve()
	h.okta(purser.TaskApplicationRoster)
	const full = "disk of the data folder is full"
	told := func(path string) (int, bool) {
		code, body := h.ask("GET", path, nil)
		return code, strings.Contains(body, full)
	}
	h.until("the disk is full", func() bool { code, said := told("/healthz"); return code == 503 && said })
	for _, path := range []string{"/", "/runs", "/accounts"} {
		if code, said := told(path); code != 200 || !said {
			t.Errorf("%s: %d, says so: %t", path, code, said)
		}
	}
	if code, body := h.ask("POST", "/api/v1/instances/Acme/deactivate", nil); code != 503 || !strings.Contains(body, full) {
		t.Errorf("a change while the disk is full: %d %s", code, body)
	}
	if r := list[purser.Run](h, "/runs")[0]; r.State.Ended() || r.Pages == 0 {
		t.Errorf("the run is %s after %d pages: it must go on later", r.State, r.Pages)
	}
	if err := syscall.Mount("tmpfs", h.data(), "tmpfs", syscall.MS_REMOUNT, "size=100m,mode=700"); err != nil {
		t.Fatal(err)
	}
	if code, said := told("/runs"); code != 200 || said {
		t.Errorf("with space again: %d, says that it is full: %t", code, said)
	}
	if code, _ := h.ask("GET", "/healthz", nil); code != 200 {
		t.Errorf("with space again: /healthz answers %d", code)
	}
}
