package connectors_test

import (
	"bytes"
	"os"
	"testing"

	"purser/connectors"
)

// With PURSER_WRITE_REFERENCE=1 the page is written anew.
func TestTheReferencePageIsWhatTheManifestsSay(t *testing.T) {
	const page = "../docs/connectors-reference.md"
	want, err := connectors.Reference()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("PURSER_WRITE_REFERENCE") != "" {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date: run PURSER_WRITE_REFERENCE=1 go test ./connectors -run Reference", page)
	}
}
