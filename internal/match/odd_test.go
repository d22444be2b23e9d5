package match_test

import (
	"testing"

	"purser/internal/store"
)

// odd fails if other accounts are kept as those that nobody is expected behind than there are.
func odd(t *testing.T, db *store.DB) {
	t.Helper()
	var kept, are string
	for query, rows := range map[string]*string{
		`SELECT account_id || ' of ' || instance_no || ' is ' || kind || ': ' || name AS row FROM account_odd`: &kept,
		`SELECT a.id || ' of ' || a.instance_no || ' is ' || COALESCE(k.kind, a.kind) || ': ' || COALESCE(a.display_name, a.email, a.user_name, a.external_id) AS row
			FROM "account" AS a LEFT JOIN account_kind k ON k.account_id = a.id
			WHERE a.gone_gen = 0 AND COALESCE(k.kind, a.kind, 'unknown') NOT IN ('person', 'unknown')`: &are,
	} {
		var all []string
		if err := db.Read().NewRaw(`SELECT x.row FROM (`+query+`) AS x ORDER BY 1`).Scan(t.Context(), &all); err != nil {
			t.Fatal(err)
		}
		for _, row := range all {
			*rows += row + "\n"
		}
	}
	if kept != are {
		t.Fatalf("accounts kept as odd:\n%sthose that are:\n%s", kept, are)
	}
}
