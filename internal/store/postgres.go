package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

func (db *DB) openPostgres(ctx context.Context) error {
	config, err := pgxpool.ParseConfig(db.options.URL)
	if err != nil {
		// The driver's message quotes the URL with its password.
		return fmt.Errorf("the database URL cannot be read; write it as postgres://user@host:5432/name")
	}
	if db.options.Dial != nil {
		config.ConnConfig.DialFunc = db.options.Dial
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		// Compiling a statement takes longer than any page may, and lists are answered by
		// indexes: reading here and there is no dearer than in order on today's disks. Not as
		// parameters of the connection: proxies that pool connections refuse those they do not know.
		_, err := c.Exec(ctx, "SET jit = off; SET random_page_cost = 1.1")
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("open the database on %s: %w", config.ConnConfig.Host, err)
	}
	db.pool = pool
	db.writer = bun.NewDB(stdlib.OpenDBFromPool(pool), pgdialect.New())
	db.reader = db.writer
	if err := pool.Ping(ctx); err != nil {
		return fmt.Errorf("the database on %s does not answer: %w; check --database-url and that the server runs", config.ConnConfig.Host, err)
	}
	return nil
}

type rawConnKey struct{}

// withRawConn keeps the driver's connection of a write at hand, for COPY.
func (db *DB) withRawConn(ctx context.Context, conn bun.Conn) (context.Context, error) {
	if db.dialect != Postgres {
		return ctx, nil
	}
	err := conn.Raw(func(c any) error {
		raw, ok := c.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("unexpected connection %T", c)
		}
		ctx = context.WithValue(ctx, rawConnKey{}, raw.Conn())
		return nil
	})
	return ctx, err
}

// rawConn returns the connection of the write that ctx belongs to; nil on SQLite.
func rawConn(ctx context.Context) *pgx.Conn {
	c, _ := ctx.Value(rawConnKey{}).(*pgx.Conn)
	return c
}
