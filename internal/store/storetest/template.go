package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"purser/internal/store"
)

// templateName is a migrated database of this process's own server: making the
// schema costs more than most tests, copying it half of that.
const templateName = "migrated"

// fromTemplate returns the clause that copies a migrated database, which the first
// call makes.
func fromTemplate(t *testing.T, base string, o store.Options) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		t.Fatalf("connect to the PostgreSQL for tests: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	// Held until the connection ends: of tests that begin at once, one makes it.
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(7203462)"); err != nil {
		t.Fatal(err)
	}
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", templateName).Scan(&there)
	if err != nil {
		t.Fatal(err)
	}
	if there {
		return " TEMPLATE " + templateName
	}
	admin(t, base, "CREATE DATABASE "+templateName)
	o.URL, o.Dir = at(base, templateName), ""
	db, err := store.Open(ctx, o)
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		admin(t, base, "DROP DATABASE "+templateName)
		t.Fatalf("make the template of databases: %v", err)
	}
	return " TEMPLATE " + templateName
}
