package keyring_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/credential"
	"purser/internal/keyring"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

type allowAll struct{}

// Allow allows it.
func (allowAll) Allow(context.Context, purser.Operation) error { return nil }

func openKey(t *testing.T, path string) *credential.Sealer {
	t.Helper()
	s, _, err := credential.OpenKeyFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func service(db *store.DB, s *credential.Sealer, path string) *keyring.Service {
	return keyring.New(keyring.Options{DB: db, Gate: allowAll{}, Sealer: s, KeyFile: path, Now: time.Now})
}

const secrets = 4 // credentials; beside them one flow and one second factor

// fill seals values of every kind of column that this test knows how to fill.
func fill(t *testing.T, db *store.DB, s *credential.Sealer) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		id := "ins_1"
		if _, err := store.InsertInstance(ctx, tx, purser.Instance{ID: id, Name: "Acme", Connector: "acme", Status: purser.StatusLive, Settings: map[string]string{}}); err != nil {
			return err
		}
		for n := range secrets {
			r := credential.Record{ID: fmt.Sprintf("cre_%d", n), InstanceID: id, Connector: "acme", Auth: "token", Generation: 1, Sealed: map[string][]byte{}}
			for _, field := range []string{"secret.token", "tokens"} {
				sealed, err := s.Seal([]byte(r.ID+field), credential.Binding{Connector: "acme", Instance: id, Field: field})
				if err != nil {
					return err
				}
				r.Sealed[field] = sealed
			}
			if err := store.SwapCredential(ctx, tx, r, 0); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f := credential.Flow{State: "state", InstanceID: "ins_1", Connector: "acme", ExpiresAt: time.Now().Add(time.Hour)}
	if f.Sealed, err = s.Seal([]byte("verifier"), f.Binding()); err != nil {
		t.Fatal(err)
	}
	if err := db.Credentials().PutFlow(t.Context(), f, time.Now()); err != nil {
		t.Fatal(err)
	}
	totp, err := s.Seal([]byte("seed"), credential.Binding{Connector: "sign-in", Instance: "usr_1", Field: "totp"})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO users (id, name, email, role, password, created_at, updated_at, last_sign_in_at) VALUES ('usr_1', 'Ada', 'ada@example.com', 'admin', '', 1, 1, 0)`).Exec(ctx)
		if err != nil {
			return err
		}
		_, err = tx.NewRaw(`INSERT INTO totp (user_id, sealed, created_at, confirmed_at, last_step) VALUES ('usr_1', ?, 1, 1, 0)`, totp).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// opens sees that everything opens with the keys of the file alone.
func opens(t *testing.T, db *store.DB, path string) {
	t.Helper()
	s := openKey(t, path)
	for n := range secrets {
		r, err := db.Credentials().Credential(t.Context(), fmt.Sprintf("cre_%d", n))
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"secret.token", "tokens"} {
			plain, err := s.Open(r.Sealed[field], credential.Binding{Connector: "acme", Instance: "ins_1", Field: field})
			if err != nil || string(plain) != r.ID+field {
				t.Errorf("%s of %s: %q, %v", field, r.ID, plain, err)
			}
		}
	}
	state, err := service(db, s, path).State(t.Context())
	if err != nil || len(state.Unopened) != 0 || state.Sealed != 2*secrets+2 {
		t.Errorf("%+v, %v", state, err)
	}
}

var errKilled = errors.New("killed")

func TestARotationThatIsKilledAtAnyRowGoesOnAndLosesNothing(t *testing.T) {
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		path := filepath.Join(t.TempDir(), "key")
		kill := -1 // so many commits are left; -1: no end
		o.BeforeCommit = func() error {
			if kill == 0 {
				return errKilled
			}
			kill--
			return nil
		}
		db := storetest.Open(t, o)
		fill(t, db, openKey(t, path))
		first, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for try, done := 0, false; !done; try++ {
			if try > 6*secrets {
				t.Fatal("the rotation does not end")
			}
			kill = try % 3 // before its first commit, at a row, or one row further
			state, err := service(db, openKey(t, path), path).Rotate(t.Context())
			kill = -1
			// Killed between the last row and the note of the end, it says that it is done.
			if done = err == nil || kind(err) == purser.ProblemConflict; !done && !errors.Is(err, errKilled) {
				t.Fatal(err)
			}
			if keys := openKey(t, path).Number(); keys != 2 {
				t.Fatalf("after %d tries the file has %d keys: one more for each try?", try+1, keys)
			}
			if done && (state.Old != 0 || state.Keys != 2) {
				t.Errorf("done, but %+v", state)
			}
			opens(t, db, path)
			if try >= 3*secrets {
				continue
			}
			if _, err := service(db, openKey(t, path), path).Retire(t.Context()); kind(err) != purser.ProblemConflict {
				t.Errorf("try %d: old keys were retired half-way: %v", try, err)
			}
		}
		if _, err := service(db, openKey(t, path), path).Rotate(t.Context()); kind(err) != purser.ProblemConflict {
			t.Errorf("a second rotation before the old keys are retired: %v", err)
		}
		state, err := service(db, openKey(t, path), path).Retire(t.Context())
		if err != nil || state.Keys != 1 || state.Old != 0 {
			t.Fatalf("%+v, %v", state, err)
		}
		opens(t, db, path) // without the old key
		old := filepath.Join(t.TempDir(), "old")
		if err := os.WriteFile(old, first, 0o600); err != nil {
			t.Fatal(err)
		}
		if state, err := service(db, openKey(t, old), old).State(t.Context()); err != nil || len(state.Unopened) != secrets+2 {
			t.Errorf("the old key still opens something: %+v, %v", state, err)
		}
		check, _, err := store.Setting(t.Context(), db.Read(), keyring.SettingCheck)
		if err != nil || check == "" {
			t.Fatal(err)
		}
		list, err := audit.New(db, allowAll{}).List(t.Context(), audit.Filter{Object: "key"}, purser.Page{})
		if err != nil || len(list.Items) < 3 || !strings.Contains(string(list.Items[0].After), "retired") || !strings.Contains(string(list.Items[len(list.Items)-1].After), "continued") &&
			!strings.Contains(string(list.Items[len(list.Items)-1].After), "begun") {
			t.Errorf("%v: %+v", err, list.Items)
		}
	})
}

func TestWhatOpensWithNoKeyIsNamedAndKeepsTheOldKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		path, foreign := filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "foreign")
		fill(t, db, openKey(t, foreign))
		s := service(db, openKey(t, path), path)
		if state, err := s.Rotate(t.Context()); kind(err) != purser.ProblemConflict || len(state.Unopened) != secrets+2 || !strings.Contains(err.Error(), "credential/cre_0") {
			t.Errorf("%+v, %v", state, err)
		}
		if _, err := s.Retire(t.Context()); kind(err) != purser.ProblemConflict || openKey(t, path).Number() != 2 {
			t.Errorf("the old key is gone: %v", err)
		}
	})
}

func TestOldKeysAreNotRetiredWhileATokenIsBeingRefreshed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		path := filepath.Join(t.TempDir(), "key")
		fill(t, db, openKey(t, path))
		s := service(db, openKey(t, path), path)
		if _, err := s.Rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		if ok, err := db.Credentials().LeaseCredential(t.Context(), "cre_1", "somebody", now, now.Add(time.Minute)); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if _, err := s.Retire(t.Context()); kind(err) != purser.ProblemConflict {
			t.Errorf("retired: %v", err)
		}
	})
}

func kind(err error) purser.ProblemKind {
	p, _ := errors.AsType[*purser.Problem](err)
	if p == nil {
		return ""
	}
	return p.Kind
}
