package trial_test

import (
	"io/fs"
	"testing"

	"purser/connectors"
	"purser/internal/trial"
)

func sub(t *testing.T, connector string) fs.FS {
	t.Helper()
	folder, err := fs.Sub(connectors.Files(), connector)
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// people are the names, addresses and identifiers that the vendor tells.
func people(t *testing.T, tried *trial.Trial) []string {
	t.Helper()
	var out []string
	for _, r := range tried.Read(t.Context(), 100, 1000) {
		if r.Emits != "account" && r.Emits != "person" {
			continue
		}
		for _, record := range r.First {
			for _, field := range []string{"external_id", "email", "display_name", "user_name"} {
				if text, ok := record[field].(string); ok && len(text) > 5 {
					out = append(out, text)
				}
			}
		}
	}
	return out
}
