package hardness_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"purser/internal/app"
	"purser/internal/sandbox"
)

// refused sees that a server does not start, and says why and what to do.
func (h *house) refused(why string, args ...string) {
	h.t.Helper()
	code, out, errs := h.purser(append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	if code != 1 || !strings.Contains(errs, why) || strings.Contains(out+errs, "listens on") {
		h.t.Errorf("serve %v: exit code %d, %s%s; want 1 and %q", args, code, out, errs, why)
	}
}

func TestAServerThatMustNotStartDoesNot(t *testing.T) {
	t.Parallel()
	h := open(t, sandbox.Options{})
	mapped := []string{"--vendor-map", h.mapping}
	h.serve()
	h.refused("is in use by process", mapped...)
	h.okta() // a credential is sealed
	h.kill()
	h.refused("made with --vendor-map") // without it, real vendors would be told made-up secrets

	key := filepath.Join(h.data(), app.KeyName)
	info, err := os.Stat(key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key: %v, %v", info, err)
	}
	if err := os.Chmod(key, 0o640); err != nil {
		t.Fatal(err)
	}
	h.refused("key", mapped...)
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	other := open(t, sandbox.Options{})
	other.serve()
	other.kill()
	h.refused("key", append(mapped, "--key-file", filepath.Join(other.data(), app.KeyName))...)
	h.refused("key", append(mapped, "--key-file", filepath.Join(h.dir, "nothing"))...)
	for _, bad := range []string{"nonsense", "acme.okta.com=https://example.com", "acme.okta.com=http://192.0.2.1:80", "acme.okta.com=http://127.0.0.1:1/path"} {
		h.refused("vendor", "--vendor-map", bad)
	}

	h.serve() // it was left as it was
	if code, body := h.ask("GET", "/api/v1/instances/Acme", nil); code != 200 || !strings.Contains(body, `"live"`) {
		t.Errorf("after all refusals: %d %s", code, body)
	}
	h.kill()
	db, err := sql.Open("sqlite", filepath.Join(h.data(), "purser.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO migration (name, applied_at) VALUES ('9999_future', 1)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	h.refused("newer Purser", mapped...)
}

func TestAFolderWithRealCredentialsTakesNoVendorMap(t *testing.T) {
	t.Parallel()
	h := open(t, sandbox.Options{})
	mapping := h.mapping
	h.mapping = ""
	h.serve()
	h.kill()
	h.refused("made without --vendor-map", "--vendor-map", mapping)
}
