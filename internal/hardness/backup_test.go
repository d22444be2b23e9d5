package hardness_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"purser"
	"purser/internal/app"
	"purser/internal/sandbox"
)

func TestABoxThatWasRestoredElsewhereCallsNobodyUntilTheOldOneIsGone(t *testing.T) {
	each(t, sandbox.Options{Scale: &sandbox.Scale{Users: 400, Apps: 1, Groups: 1}}, func(t *testing.T, h *house) {
		h.serve()
		h.okta(purser.TaskApplicationRoster)
		h.runs()
		want := len(list[purser.Account](h, "/accounts?limit=1000"))
		file, pass := filepath.Join(h.dir, "box.age"), filepath.Join(h.dir, "pass")
		if err := os.WriteFile(pass, []byte("a passphrase of some length\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		run := func(want int, args ...string) string {
			t.Helper()
			code, out, errs := h.purser(args...)
			if code != want {
				t.Errorf("purser %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, errs)
			}
			return out + errs
		}
		run(0, "backup", file, "--passphrase-file", pass)
		run(2, "backup", file, "--passphrase-file", pass) // never over another
		if said := run(0, "restore", file, "--passphrase-file", pass, "--check"); !strings.Contains(said, "whole: ") {
			t.Error(said)
		}
		run(1, "restore", file, "--passphrase-file", pass) // the server runs on this folder
		h.kill()

		// Another machine: an empty folder, and SQLite where there was PostgreSQL.
		key, err := os.ReadFile(filepath.Join(h.data(), app.KeyName))
		if err != nil {
			t.Fatal(err)
		}
		old := h.data()
		if err := os.Rename(old, old+"-gone"); err != nil {
			t.Fatal(err)
		}
		h.db = ""
		if said := run(0, "restore", file, "--passphrase-file", pass); !strings.Contains(said, "key file of the old box is not at") {
			t.Errorf("that the key is missing is not said: %s", said)
		}
		h.refused("key file", "--vendor-map", h.mapping)
		if err := os.WriteFile(filepath.Join(h.data(), app.KeyName), key, 0o600); err != nil {
			t.Fatal(err)
		}
		h.vendors.ClearJournal()
		h.serve()
		if got := len(list[purser.Account](h, "/accounts?limit=1000")); got != want || got < 400 {
			t.Errorf("%d accounts, want %d", got, want)
		}
		h.api("POST", "/instances/Acme/sync", map[string]any{"tasks": []purser.TaskName{purser.TaskApplicationRoster}}, nil)
		if _, body := h.ask("POST", "/api/v1/instances/Acme/test", nil); !strings.Contains(body, "frozen") {
			t.Errorf("a test of the connection: %s", body)
		}
		run(1, "thaw")
		if n := len(h.vendors.Journal("")); n != 0 {
			t.Errorf("the restored box made %d calls", n)
		}
		run(0, "restore", "confirm")
		runs := h.runs()
		if runs[0].State != purser.RunSucceeded || len(h.vendors.Journal("")) == 0 {
			t.Errorf("after the old box is gone: %+v", runs[0])
		}
		if said := run(0, "audit", "verify"); !strings.Contains(said, "whole") {
			t.Error(said)
		}
		// The key, on the real binary: everything goes on to work with the new one alone.
		run(0, "key", "rotate")
		run(0, "key", "retire")
		h.kill()
		h.serve()
		if r := h.sync(purser.TaskApplicationRoster); r.State != purser.RunSucceeded {
			t.Errorf("with the new key: %+v", r)
		}
	})
}
