package credential_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"purser"
	"purser/internal/credential"
)

func TestWhatIsSealedOpensForItsOwnInstanceFieldAndConnectorOnly(t *testing.T) {
	s, _, err := credential.OpenKeyFile(filepath.Join(t.TempDir(), "key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	home := credential.Binding{Connector: "okta", Instance: "ins_1", Field: "secret.token"}
	sealed, err := s.Seal([]byte("canary"), home)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := s.Open(sealed, home); err != nil || string(plain) != "canary" {
		t.Fatalf("%q, %v", plain, err)
	}
	for _, other := range []credential.Binding{
		{Connector: "slack", Instance: "ins_1", Field: "secret.token"}, {Connector: "okta", Instance: "ins_2", Field: "secret.token"},
		{Connector: "okta", Instance: "ins_1", Field: "secret.key"}, {Connector: "oktains_1", Instance: "", Field: "secret.token"},
		{Connector: "okta", Instance: "ins_1secret.", Field: "token"}, {},
	} {
		if _, err := s.Open(sealed, other); purser.ClassOf(err) != purser.ClassConfig {
			t.Errorf("%+v: %v", other, err)
		}
	}
}

func TestTheKeyFileIsMadeOnceForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "purser.key")
	first, made, err := credential.OpenKeyFile(path, nil)
	if err != nil || !made {
		t.Fatalf("made %v, %v", made, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	check, err := first.Check()
	if err != nil {
		t.Fatal(err)
	}
	if _, made, err = credential.OpenKeyFile(path, check); made || err != nil {
		t.Errorf("second start: made %v, %v", made, err)
	}
}

func TestAKeyFileThatOthersMayReadOrThatIsMissingDamagedOrWrongIsRefused(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "key"), filepath.Join(dir, "other")
	s, _, err := credential.OpenKeyFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	check, err := s.Check()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := credential.OpenKeyFile(other, nil); err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(dir, "damaged")
	if err := os.WriteFile(damaged, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, other, damaged, filepath.Join(dir, "missing"), dir} {
		_, made, err := credential.OpenKeyFile(p, check)
		if problem, ok := errors.AsType[*purser.Problem](err); !ok || problem.Field != "key-file" || made {
			t.Errorf("%s: made %v, %v", p, made, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "missing")); err == nil {
		t.Error("a new key was made although something is sealed with another")
	}
}

func TestAfterARotationOldSealsOpenAndNewOnesAreOfTheNewKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	old, _, err := credential.OpenKeyFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := credential.Binding{Field: "f"}
	sealed, _ := old.Seal([]byte("x"), b)
	if err := credential.RotateKeyFile(path); err != nil {
		t.Fatal(err)
	}
	check, _ := old.Check()
	rotated, _, err := credential.OpenKeyFile(path, check)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := rotated.Open(sealed, b); err != nil || string(plain) != "x" {
		t.Errorf("an old seal: %v", err)
	}
	fresh, _ := rotated.Seal([]byte("y"), b)
	if _, err := old.Open(fresh, b); err == nil {
		t.Error("the new seal is of the old key")
	}
}
