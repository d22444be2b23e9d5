package app_test

import (
	"net/http"
	"strings"
	"testing"

	"purser"
	"purser/internal/app"
	"purser/internal/store"
)

func TestAFolderThatCannotBeWrittenToIsToldOnEveryPage(t *testing.T) {
	each(t, func(t *testing.T, a *app.App, h http.Handler) {
		bearer := token(t, a, purser.RoleAdmin)
		why := "the database is read-only"
		if a.DB.Dialect() == store.SQLite {
			why = "the data folder cannot be written to"
			exec(t, a.DB, "PRAGMA query_only = 1")
		} else {
			for _, stmt := range []string{"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$",
				"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
				"SET default_transaction_read_only = on"} {
				if _, err := a.DB.Read().ExecContext(t.Context(), stmt); err != nil {
					t.Fatal(err)
				}
			}
		}
		code, _, body := ask(t, a, h, request{method: "POST", path: "/api/v1/instances", bearer: bearer, body: `{"connector":"okta","name":"Acme","settings":{"domain":"acme.okta.com"}}`})
		if code != http.StatusServiceUnavailable || !strings.Contains(body, why) {
			t.Errorf("a change: %d %s", code, body)
		}
		for path, want := range map[string]int{"/accounts": http.StatusOK, "/": http.StatusOK, "/runs": http.StatusOK, "/healthz": http.StatusServiceUnavailable} {
			code, _, body := ask(t, a, h, request{path: path, bearer: bearer})
			if code != want || !strings.Contains(strings.ToLower(body), why) {
				t.Errorf("%s: %d, want %d with %q: %.300s", path, code, want, why, body)
			}
		}
	})
}
