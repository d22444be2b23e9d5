package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/backup"
	"purser/internal/credential"
	"purser/internal/keyring"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

type allowAll struct{}

// Allow allows it.
func (allowAll) Allow(context.Context, purser.Operation) error { return nil }

const accounts = 500

// fill writes rows of every type of column, and counters that are ahead of the rows.
func fill(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		i, err := store.InsertInstance(ctx, tx, purser.Instance{ID: "ins_1", Name: "Acme – Größe \u202e\"quoted\" \\ \n 漢字", Connector: "acme", Status: purser.StatusLive, Settings: map[string]string{"a": "b"}})
		if err != nil {
			return err
		}
		if err := store.PutTask(ctx, tx, store.TaskRow{InstanceID: "ins_1", Task: "application_roster", Enabled: true, Every: 1}); err != nil {
			return err
		}
		for n := range accounts {
			var email any
			if n%3 > 0 {
				email = fmt.Sprintf("p%d@example.com", n)
			}
			_, err := tx.NewRaw(`INSERT INTO account (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at, email)
				VALUES (?, ?, 1, 1, ?, 1, 1, 1, 1, ?)`, i, fmt.Sprintf("u%d", n), -n, email).Exec(ctx)
			if err != nil {
				return err
			}
		}
		for _, stmt := range []string{`DELETE FROM account WHERE external_id = 'u499'`, `INSERT INTO seen (stream_no, gen, part_no, ids) VALUES (1, 1, 1, ?)`} {
			args := []any{}
			if strings.Contains(stmt, "?") {
				args = append(args, []byte{0, 1, 0xff, '"', '\n'})
			}
			if _, err := tx.NewRaw(stmt, args...).Exec(ctx); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpInstanceWrite, Object: "ins_1", After: map[string]any{"name": "Acme"}, At: time.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// content is every row of every table but what a restore itself writes.
func content(t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := db.Snapshot(t.Context(), func(s *store.Snapshot) error {
		for _, table := range s.Tables {
			var text strings.Builder
			err := s.Rows(t.Context(), table, func(values []any) error {
				line := fmt.Sprintln(values...)
				if table.Name == "setting" && strings.HasPrefix(line, "frozen ") || strings.HasPrefix(table.Name, "audit") {
					return nil
				}
				text.WriteString(line)
				return nil
			})
			if err != nil {
				return err
			}
			out[table.Name] = text.String()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// lock is a key pair: quicker than a passphrase.
func lock(t *testing.T) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func write(t *testing.T, db *store.DB, id *age.X25519Identity) []byte {
	t.Helper()
	var file bytes.Buffer
	if _, err := backup.Write(t.Context(), &file, db, "1.2.3", []age.Recipient{id.Recipient()}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// sealer notes in the database how to recognize the key file at path, as a server does.
func sealer(t *testing.T, db *store.DB, path string) *credential.Sealer {
	t.Helper()
	s, _, err := credential.OpenKeyFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.New(keyring.Options{DB: db, Gate: allowAll{}, Sealer: s, KeyFile: path, Now: time.Now}).Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// empty sees that a restore that failed left nothing behind.
func empty(t *testing.T, o store.Options) {
	t.Helper()
	files, err := os.ReadDir(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() != "purser.lock" && f.Name() != "key" {
			t.Errorf("%s was left in the data folder", f.Name())
		}
	}
	if o.URL == "" {
		return
	}
	db := storetest.Open(t, store.Options{Dir: filepath.Join(t.TempDir(), "other"), URL: o.URL, Now: o.Now, Log: o.Log})
	var n int
	if err := db.Read().NewRaw("SELECT count(*) FROM account").Scan(t.Context(), &n); err != nil || n != 0 {
		t.Errorf("%d accounts were left, %v", n, err)
	}
}

func kind(err error) purser.ProblemKind {
	p, _ := errors.AsType[*purser.Problem](err)
	if p == nil {
		return ""
	}
	return p.Kind
}

// renumber counts one table less at the end.
func renumber(t *testing.T, plain []byte) []byte {
	t.Helper()
	at := bytes.LastIndex(plain, []byte(`"tables":`))
	var n int
	if _, err := fmt.Sscanf(string(plain[at:]), `"tables":%d`, &n); err != nil {
		t.Fatal(err)
	}
	return append(bytes.Clone(plain[:at]), bytes.Replace(plain[at:], fmt.Appendf(nil, `"tables":%d`, n), fmt.Appendf(nil, `"tables":%d`, n-1), 1)...)
}
