package backup

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"purser"
	"purser/internal/audit"
	"purser/internal/credential"
	"purser/internal/freeze"
	"purser/internal/keyring"
	"purser/internal/store"
)

// database is the name of SQLite's file in the data folder.
const database = "purser.db"

// Restored is how a restore ended.
type Restored struct {
	Summary
	Key string `json:"key"` // "opens": the key file opens the sealed secrets; "missing": it is not there yet; "none": nothing is sealed
}

// Restore fills an empty data folder, or an empty PostgreSQL, from a backup. It is
// all or nothing. The restored box opens frozen until an admin confirms that the
// old one is gone. A key file that is there must be the one that seals the backup's
// secrets; one that is not can be put there before the first start.
func Restore(ctx context.Context, o store.Options, keyFile string, r io.Reader, with ...age.Identity) (done Restored, err error) {
	b, err := Open(r, with...)
	if err != nil {
		return done, err
	}
	folder, final := o.Dir, ""
	if o.URL == "" {
		lock, err := store.Lock(folder)
		if err != nil {
			return done, err
		}
		defer func() { err = errors.Join(err, lock.Close()) }()
		final = filepath.Join(folder, database)
		if _, err := os.Lstat(final); !errors.Is(err, fs.ErrNotExist) {
			return done, errors.Join(err, &purser.Problem{Kind: purser.ProblemConflict, What: "the data folder " + folder + " has a database already",
				Hint: "Restore into a new, empty folder: --data"})
		}
		// Beside its place, so that half a restore is never taken for a whole one.
		if o.Dir, err = os.MkdirTemp(folder, ".restore-"); err != nil {
			return done, fmt.Errorf("make a folder to restore into: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.Dir)) }()
	}
	db, err := store.Load(ctx, o, b.Header.Level, func(ctx context.Context, l *store.Loader) error {
		if done.Summary, err = b.Each(func(t store.Table, next func() ([]any, error)) error { return l.Fill(ctx, t, next) }); err != nil {
			return err
		}
		if done.Key, err = keyOf(ctx, l, keyFile); err != nil {
			return err
		}
		return b.note(ctx, l, o)
	})
	if err != nil {
		return done, err
	}
	if err := db.Close(); err != nil {
		return done, fmt.Errorf("close the restored database: %w", err)
	}
	if final == "" {
		return done, nil
	}
	return done, moveIn(filepath.Join(o.Dir, database), final)
}

// note freezes the restored box and says in the audit log where it comes from.
func (b *Reader) note(ctx context.Context, l *store.Loader, o store.Options) error {
	when := b.Header.MadeAt.UTC().Format("2 January 2006 15:04 UTC")
	if err := freeze.Restored(ctx, l.Tx(), "restored from a backup of "+when, o.Now()); err != nil {
		return err
	}
	return audit.Append(ctx, l.Tx(), audit.Entry{Operation: purser.OpBackup, Object: "backup", ObjectName: "restore", At: o.Now(),
		After: map[string]any{"backup_of": when, "made_by_version": b.Header.Version, "from": b.Header.Database}})
}

// keyOf sees that the key file, if it is there, opens what the backup has sealed.
func keyOf(ctx context.Context, l *store.Loader, keyFile string) (string, error) {
	kept, known, err := store.Setting(ctx, l.Tx(), keyring.SettingCheck)
	if err != nil || !known {
		return "none", err
	}
	check, err := base64.StdEncoding.DecodeString(kept)
	if err != nil {
		return "", damaged(err)
	}
	if _, err := os.Lstat(keyFile); errors.Is(err, fs.ErrNotExist) {
		return "missing", nil
	}
	if _, _, err := credential.OpenKeyFile(keyFile, check); err != nil {
		if p, ok := errors.AsType[*purser.Problem](err); ok {
			return "", &purser.Problem{Kind: purser.ProblemInvalid, Field: "key-file", What: p.What + "; nothing was restored",
				Hint: "Put the key file of the box that was backed up there, or name it with --key-file. Without it nobody can open the sealed secrets"}
		}
		return "", err
	}
	return "opens", nil
}

// moveIn puts the finished database in its place in one step.
func moveIn(from, to string) error {
	if _, err := os.Lstat(from + "-wal"); err == nil {
		return errors.New("the restored database was not closed whole")
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("put the restored database in its place: %w", err)
	}
	dir, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
