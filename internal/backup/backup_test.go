package backup_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/backup"
	"purser/internal/freeze"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestWhatIsRestoredIsWhatWasBackedUpFromEitherDatabaseIntoEither(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, from store.Options) {
		db, id := storetest.Open(t, from), lock(t)
		fill(t, db)
		keyFile := filepath.Join(t.TempDir(), "key")
		sealer(t, db, keyFile)
		file, want := write(t, db, id), content(t, db)
		if bytes.Contains(file, []byte("example.com")) || bytes.Contains(file, []byte("purser_backup")) {
			t.Error("the file can be read without a key")
		}
		storetest.EachOptions(t, func(t *testing.T, to store.Options) {
			done, err := backup.Restore(t.Context(), to, keyFile, bytes.NewReader(file), id)
			if err != nil {
				t.Fatal(err)
			}
			if done.Version != "1.2.3" || done.Key != "opens" || done.Rows < accounts {
				t.Errorf("%+v", done)
			}
			back := storetest.Open(t, to)
			got := content(t, back)
			for name, rows := range want {
				if got[name] != rows {
					t.Errorf("%s has\n%.300s\nwant\n%.300s", name, got[name], rows)
				}
			}
			if len(got) != len(want) || len(want) < 20 {
				t.Errorf("%d tables, want %d", len(got), len(want))
			}
			if n, err := audit.New(back, allowAll{}).Verify(t.Context()); err != nil || n < 3 {
				t.Errorf("the audit log: %d entries, %v", n, err)
			}
			err = back.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				if _, err := tx.ExecContext(ctx, "DELETE FROM audit"); err == nil {
					t.Error("the audit log can be deleted after a restore")
				}
				return errors.New("no more")
			})
			if err == nil {
				t.Error("the write was committed")
			}
			number(t, back)
			s, err := freeze.New(t.Context(), freeze.Options{DB: back, Gate: allowAll{}, Breaker: nothing{}, Now: time.Now})
			if err != nil || !s.Known().Restored || !strings.Contains(s.Known().Why, "backup of") {
				t.Errorf("it does not open paused: %+v, %v", s.Known(), err)
			}
		})
	})
}

// number sees that the number of a row that is gone is not given again.
func number(t *testing.T, db *store.DB) {
	t.Helper()
	var id int64
	err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		return tx.NewRaw(`INSERT INTO account (instance_no, external_id, stream_no, part_no, digest, first_gen, changed_gen, first_seen_at, changed_at)
			VALUES (1, 'new', 1, 1, 0, 1, 1, 1, 1) RETURNING id`).Scan(ctx, &id)
	})
	if err != nil || id != accounts+1 {
		t.Errorf("the next account has the number %d, want %d: %v", id, accounts+1, err)
	}
}

type nothing struct{}

// Freeze does nothing.
func (nothing) Freeze(bool) {}

func TestABackupUnderLoadIsOfOneMoment(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		db, id := storetest.Open(t, o), lock(t)
		fill(t, db)
		set := func(n int) {
			err := db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				// Two tables that always say the same.
				if _, err := tx.NewRaw(`UPDATE pulse SET at = ?`, n).Exec(ctx); err != nil {
					return err
				}
				_, err := tx.NewRaw(`UPDATE account SET digest = ?`, n).Exec(ctx)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		set(1)
		stop := make(chan struct{})
		var load sync.WaitGroup
		load.Go(func() {
			for n := 2; ; n++ {
				select {
				case <-stop:
					return
				default:
					set(n)
				}
			}
		})
		var files [][]byte
		for range 3 {
			files = append(files, write(t, db, id))
		}
		close(stop)
		load.Wait()
		for _, file := range files {
			to := store.Options{Dir: t.TempDir(), Now: o.Now, Log: o.Log}
			if _, err := backup.Restore(t.Context(), to, "", bytes.NewReader(file), id); err != nil {
				t.Fatal(err)
			}
			var n, differ int
			back := storetest.Open(t, to)
			if err := back.Read().NewRaw(`SELECT count(*), count(DISTINCT digest) + sum(CASE WHEN digest <> (SELECT at FROM pulse) THEN 1 ELSE 0 END) FROM account`).Scan(t.Context(), &n, &differ); err != nil {
				t.Fatal(err)
			}
			if n != accounts-1 || differ != 1 {
				t.Errorf("%d accounts, %d of another moment", n, differ-1)
			}
		}
	})
}

func TestADamagedBackupRestoresNothing(t *testing.T) {
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		source, id := storetest.Open(t, storetest.SQLite(t)), lock(t)
		fill(t, source)
		file := write(t, source, id)
		plain := open(t, file, id)
		cases := map[string][]byte{
			"nothing":                {},
			"cut in the middle":      file[:len(file)/2],
			"cut at the last byte":   file[:len(file)-1],
			"a byte changed":         append(append(bytes.Clone(file[:len(file)/2]), file[len(file)/2]^1), file[len(file)/2+1:]...),
			"no age file":            []byte("purser"),
			"lines cut, well sealed": seal(t, plain[:bytes.LastIndex(plain[:len(plain)-1], []byte("\n"))+1], id),
			"a row left out":         seal(t, bytes.Replace(plain, line(plain, "u17"), nil, 1), id),
			"a row changed":          seal(t, bytes.Replace(plain, []byte("p17@example.com"), []byte("p18@example.com"), 1), id),
			"a table left out":       seal(t, bytes.Replace(plain, []byte(`{"table":"account"`), []byte(`{"table":"acount"`), 1), id),
			"more after the end":     seal(t, append(bytes.Clone(plain), '\n'), id),
		}
		for name, bad := range cases {
			if o.URL != "" && !strings.HasPrefix(name, "a row") && name != "cut at the last byte" {
				continue // the reader is the same; a whole schema is made and taken back each time
			}
			if _, err := backup.Restore(t.Context(), o, "", bytes.NewReader(bad), id); kind(err) != purser.ProblemInvalid {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := backup.Check(bytes.NewReader(bad), id); kind(err) != purser.ProblemInvalid {
				t.Errorf("check of %s: %v", name, err)
			}
		}
		if _, err := backup.Restore(t.Context(), o, "", bytes.NewReader(file), lock(t)); kind(err) != purser.ProblemInvalid || !strings.Contains(err.Error(), "does not open") {
			t.Errorf("another's key: %v", err)
		}
		empty(t, o)
	})
}

// line is the line of the file with that word.
func line(plain []byte, word string) []byte {
	at := bytes.Index(plain, []byte(`"`+word+`"`))
	begin, end := bytes.LastIndexByte(plain[:at], '\n')+1, at+bytes.IndexByte(plain[at:], '\n')+1
	return plain[begin:end]
}

func open(t *testing.T, file []byte, id *age.X25519Identity) []byte {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(file), id)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func seal(t *testing.T, plain []byte, id *age.X25519Identity) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := age.Encrypt(&file, id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	packed := gzip.NewWriter(w)
	if _, err := packed.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(packed.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestOnlyAnEmptyPlaceIsRestoredInto(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		id := lock(t)
		file := write(t, db, id)
		to := o
		to.Dir = filepath.Join(t.TempDir(), "new")
		if o.URL == "" {
			to.Dir = o.Dir
			if _, err := backup.Restore(t.Context(), to, "", bytes.NewReader(file), id); err == nil || !strings.Contains(err.Error(), "in use") {
				t.Errorf("into the folder of a running server: %v", err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Restore(t.Context(), to, "", bytes.NewReader(file), id); kind(err) != purser.ProblemConflict {
			t.Errorf("into a database that is used: %v", err)
		}
	})
}

func TestAWrongKeyFileIsRefusedAndAMissingOneTold(t *testing.T) {
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		source, id := storetest.Open(t, storetest.SQLite(t)), lock(t)
		sealer(t, source, filepath.Join(t.TempDir(), "key"))
		file := write(t, source, id)
		wrong := filepath.Join(t.TempDir(), "wrong")
		sealer(t, storetest.Open(t, storetest.SQLite(t)), wrong)
		if _, err := backup.Restore(t.Context(), o, wrong, bytes.NewReader(file), id); kind(err) != purser.ProblemInvalid || !strings.Contains(err.Error(), "key-file") {
			t.Errorf("another key: %v", err)
		}
		if o.URL == "" {
			empty(t, o)
		}
		done, err := backup.Restore(t.Context(), o, filepath.Join(o.Dir, "key"), bytes.NewReader(file), id)
		if err != nil || done.Key != "missing" {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

func TestABackupOfANewerPurserIsRefusedAndOneOfAnOlderIsBroughtUp(t *testing.T) {
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		source, id := storetest.Open(t, storetest.SQLite(t)), lock(t)
		fill(t, source)
		plain := open(t, write(t, source, id), id)
		newer := seal(t, bytes.Replace(plain, []byte(`"level":["0000_pulse"`), []byte(`"level":["0000_pulse","9999_future"`), 1), id)
		if _, err := backup.Restore(t.Context(), o, "", bytes.NewReader(newer), id); kind(err) != purser.ProblemInvalid || !strings.Contains(err.Error(), "newer") {
			t.Errorf("a newer one: %v", err)
		}
		// Before 0080 there was no deletion.
		older := bytes.Replace(plain, []byte(`"0080_deletion"`), []byte(`"0006_aliases"`), 1)
		older = bytes.Replace(older, []byte(`"0006_aliases",`), nil, 1)
		for _, table := range []string{"deletion", "former_instance", "kept_link"} {
			begin := bytes.Index(older, []byte(`{"table":"`+table+`"`))
			end := begin + bytes.Index(older[begin:], []byte("\n{\"table\""))
			older = append(bytes.Clone(older[:begin]), older[end+1:]...)
			head := regexp.MustCompile(`\{"name":"` + table + `","columns":\[(\[[^\]]*\],?)*\]\},`)
			older = head.ReplaceAll(older, nil)
		}
		for range 3 {
			older = renumber(t, older)
		}
		if bytes.Contains(older, []byte("kept_link")) || bytes.Contains(older, []byte("0080_deletion")) {
			t.Fatal("it is not an older one")
		}
		if _, err := backup.Restore(t.Context(), o, "", bytes.NewReader(seal(t, older, id)), id); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := storetest.Open(t, o).Read().NewRaw("SELECT count(*) FROM kept_link").Scan(t.Context(), &n); err != nil {
			t.Errorf("it was not brought up: %v", err)
		}
	})
}

func TestAPassphraseOpensWhatItSealed(t *testing.T) {
	db := storetest.Open(t, storetest.SQLite(t))
	s := backup.New(backup.Options{DB: db, Gate: allowAll{}, Version: "1", Now: time.Now, WorkFactor: 10})
	for _, bad := range []backup.Lock{{}, {Passphrase: "short"}, {Passphrase: "long enough it is", Recipients: []string{"age1x"}}, {Recipients: []string{"age1x"}}} {
		if _, err := s.Begin(t.Context(), bad); kind(err) != purser.ProblemInvalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	begin, err := s.Begin(t.Context(), backup.Lock{Passphrase: "long enough it is"})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "file")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := begin(t.Context(), f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	for pass, ok := range map[string]bool{"long enough it is": true, "another passphrase": false} {
		with, err := backup.Identities(pass, "")
		if err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := backup.Check(f, with...)
		_ = f.Close()
		if (err == nil) != ok || ok && got != sum {
			t.Errorf("%s: %+v, %v; want %+v", pass, got, err, sum)
		}
	}
	list, err := audit.New(db, allowAll{}).List(t.Context(), audit.Filter{Object: "backup"}, purser.Page{})
	if err != nil || len(list.Items) != 1 || strings.Contains(string(list.Items[0].After), "long enough") {
		t.Errorf("%+v, %v", list.Items, err)
	}
}
