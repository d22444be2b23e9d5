package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"purser"
	"purser/internal/app"
	"purser/internal/backup"
	"purser/internal/egress"
	"purser/internal/freeze"
	"purser/internal/store"
)

type backupCmd struct {
	offline
	File           string   `arg:"" help:"File to write; it must not be there yet."`
	PassphraseFile string   `help:"File with the passphrase that opens it; - for standard input. Without it and --recipient one is asked for." placeholder:"FILE"`
	Recipient      []string `help:"Public age key (age1…) of who may open it, instead of a passphrase; can be repeated." placeholder:"KEY"`
}

// Run writes the backup. The file appears only once it is whole.
func (c *backupCmd) Run(ctx context.Context, s *session) (err error) {
	if _, err := os.Lstat(c.File); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, &exit{code: exitUsage, err: purser.Invalid("file", "%s is there already; a backup is never written over another", c.File)})
	}
	lock := backup.Lock{Recipients: c.Recipient}
	if len(c.Recipient) == 0 {
		if lock.Passphrase, err = s.passphrase(c.PassphraseFile, true); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(filepath.Dir(c.File), ".backup-*") // 0600 by its making
	if err != nil {
		return fmt.Errorf("making the file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if err := errors.Join(c.into(ctx, s, lock, f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), c.File); err != nil { // never over another
		return fmt.Errorf("writing the file: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	return s.done(map[string]any{"file": c.File, "bytes": info.Size()},
		"%s, %d bytes. The key file is not in it: keep a copy of that, too, in another place\n", c.File, info.Size())
}

func (c *backupCmd) into(ctx context.Context, s *session, lock backup.Lock, f *os.File) error {
	return c.either(ctx, s, func(cl *client) error {
		res, err := cl.send(ctx, http.MethodPost, "/backups", nil, map[string]any{"passphrase": lock.Passphrase, "recipients": lock.Recipients})
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }()
		if _, err := io.Copy(f, res.Body); err != nil {
			return fmt.Errorf("the backup broke off: %w; nothing was written, and the server's log has the reason", err)
		}
		return nil
	}, func(ctx context.Context, b *box) error {
		write, err := backup.New(backup.Options{DB: b.db, Gate: b, Version: s.version, Now: time.Now}).Begin(ctx, lock)
		if err != nil {
			return err
		}
		_, err = write(ctx, f)
		return err
	})
}

// passphrase reads one from a file, or asks for it; twice where it is a new one.
func (s *session) passphrase(file string, fresh bool) (string, error) {
	from := ""
	if file != "" {
		if from = "@" + file; file == "-" {
			from = "-"
		}
	}
	text, err := s.secret("passphrase", from)
	if err != nil {
		return "", err
	}
	if file == "" && fresh {
		again, err := s.secret("the same again", "")
		if err != nil {
			return "", err
		}
		if again != text {
			return "", &exit{code: exitUsage, err: purser.Invalid("passphrase", "these are two different ones")}
		}
	}
	return strings.TrimRight(text, "\r\n"), nil
}

type restoreCmd struct {
	From    restoreFromCmd    `cmd:"" default:"withargs" help:"Restore from a file."`
	Confirm restoreConfirmCmd `cmd:"" help:"Say that the old box is gone: this one begins to work."`
}

type restoreFromCmd struct {
	File           string `arg:"" help:"The backup."`
	DatabaseURL    string `help:"Empty PostgreSQL to restore into, instead of the data folder." env:"PURSER_DATABASE_URL" placeholder:"URL"`
	KeyFile        string `help:"Key file of the box that was backed up." env:"PURSER_KEY_FILE" type:"path" placeholder:"FILE"`
	PassphraseFile string `help:"File with the passphrase; - for standard input. Without it and --identity one is asked for." placeholder:"FILE"`
	Identity       string `help:"File with an age key of a recipient." type:"path" placeholder:"FILE"`
	Check          bool   `help:"Only read the whole file and say what it holds."`
}

// Run restores, all or nothing.
func (c *restoreFromCmd) Run(ctx context.Context, s *session) error {
	with, err := c.identities(s)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return &exit{code: exitUsage, err: err}
	}
	defer func() { _ = f.Close() }()
	if c.Check {
		sum, err := backup.Check(f, with...)
		if err != nil {
			return err
		}
		return s.done(sum, "whole: %d rows of %d tables, as of %s, made by Purser %s\n", sum.Rows, sum.Tables, moment(sum.MadeAt), sum.Version)
	}
	key := c.KeyFile
	if key == "" {
		key = filepath.Join(s.data, app.KeyName)
	}
	o := store.Options{Dir: s.data, URL: c.DatabaseURL, Now: time.Now, Log: slog.New(slog.DiscardHandler), Dial: egress.Operator}
	done, err := backup.Restore(asHost(ctx), o, key, f, with...)
	if err != nil {
		return err
	}
	if done.Key == "missing" {
		s.note("The key file of the old box is not at %s. Put it there before the first start: without it no secret opens.\n", key)
	}
	return s.done(done, "%d rows of %d tables, as of %s, are restored.\n"+
		"Start Purser: it calls nobody and begins nothing until you say that the old box is gone (purser restore confirm)\n", done.Rows, done.Tables, moment(done.MadeAt))
}

func (c *restoreFromCmd) identities(s *session) ([]age.Identity, error) {
	if c.Identity == "" {
		pass, err := s.passphrase(c.PassphraseFile, false)
		if err != nil {
			return nil, err
		}
		return backup.Identities(pass, "")
	}
	keys, err := os.ReadFile(c.Identity)
	if err != nil {
		return nil, &exit{code: exitUsage, err: err}
	}
	return backup.Identities("", string(keys))
}

type restoreConfirmCmd struct{ offline }

// Run confirms.
func (c *restoreConfirmCmd) Run(ctx context.Context, s *session) error {
	return c.end(ctx, s, "/restore/confirm", (*freeze.Service).Confirm)
}
