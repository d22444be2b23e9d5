package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"purser"
	"purser/internal/egress"
	"purser/internal/freeze"
	"purser/internal/store"
)

// offline is a command that works without a server, too: on the data folder
// itself, which it locks meanwhile.
type offline struct {
	DatabaseURL string `help:"PostgreSQL of the server, where it does not run: postgres://…" env:"PURSER_DATABASE_URL" placeholder:"URL"`
}

// box is a data folder that no server uses.
type box struct {
	db    *store.DB
	calls *freeze.Service
}

// Allow lets whoever may open the data folder do everything: they own it.
func (*box) Allow(context.Context, purser.Operation) error { return nil }

// either asks the server if one runs, and works on the data folder otherwise.
func (c *offline) either(ctx context.Context, s *session, asked func(*client) error, alone func(context.Context, *box) error) error {
	if url, _ := s.lookup("PURSER_URL"); url != "" || s.serves(ctx) {
		cl, err := s.client()
		if err != nil {
			return err
		}
		return asked(cl)
	}
	return c.alone(ctx, s, alone)
}

// serves reports whether a server answers on the socket of the data folder.
func (s *session) serves(ctx context.Context) bool {
	conn, err := egress.SocketTransport(filepath.Join(s.data, socketName))(ctx, "", "")
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// alone opens the data folder for fn, in the name of the user of this machine.
func (c *offline) alone(ctx context.Context, s *session, fn func(context.Context, *box) error) (err error) {
	if c.DatabaseURL == "" {
		if _, err := os.Stat(filepath.Join(s.data, "purser.db")); errors.Is(err, fs.ErrNotExist) {
			return &purser.Problem{Kind: purser.ProblemNotFound, What: "there is no data in the folder " + s.data,
				Hint: "Name the server's folder with --data, or its PostgreSQL with --database-url"}
		}
	}
	db, err := store.Open(ctx, store.Options{Dir: s.data, URL: c.DatabaseURL, Now: time.Now, Log: slog.New(slog.DiscardHandler), Dial: egress.Operator})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	b := &box{db: db}
	ctx = asHost(ctx)
	if b.calls, err = newCalls(ctx, b); err != nil {
		return err
	}
	return fn(ctx, b)
}

// asHost acts as the user of this machine who runs the command.
func asHost(ctx context.Context) context.Context {
	id, name := strconv.Itoa(os.Getuid()), ""
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if name == "" {
		name = "uid " + id
	}
	return purser.WithActor(ctx, purser.Actor{Kind: purser.ActorHost, ID: "uid:" + id, Name: name, Role: purser.RoleAdmin, Origin: "command line"})
}
