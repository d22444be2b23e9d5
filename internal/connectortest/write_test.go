package connectortest_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"purser/connectors"
	"purser/internal/connectortest"
)

// ofScim is the SCIM connector with its fixture changed.
func ofScim(t *testing.T, change func(text string) string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{"manifest.yaml", "setup.md", "icon.svg", "testdata/application_roster.json"} {
		data, err := fs.ReadFile(connectors.Files(), "scim/"+name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if strings.HasSuffix(name, ".json") {
			text = change(text)
		}
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestRecordsAreThoseThatTheAnswersGive(t *testing.T) {
	const name = "testdata/application_roster.json"
	same := func(text string) string { return text }
	if files, err := connectortest.Renewed(t.Context(), ofScim(t, same)); err != nil || len(files) > 0 {
		t.Fatalf("where they are that already %d files are written: %v", len(files), err)
	}
	for what, change := range map[string]func(string) string{
		"another record": func(text string) string {
			answers, records, _ := strings.Cut(text, `"records"`)
			return answers + `"records"` + strings.ReplaceAll(records, "Ada Lovelace", "Somebody Else")
		},
		"none yet": func(text string) string {
			answers, _, _ := strings.Cut(text, `"records"`)
			return strings.TrimRight(answers, " \n,") + "\n}\n"
		},
	} {
		before := ofScim(t, change)
		files, err := connectortest.Renewed(t.Context(), before)
		if err != nil || len(files) != 1 {
			t.Fatalf("%s: %d files: %v", what, len(files), err)
		}
		answers, _, _ := strings.Cut(string(before[name].Data), `"records"`)
		if !strings.HasPrefix(string(files[name]), strings.TrimRight(answers, " \n,}")) {
			t.Errorf("%s: what is not records was changed", what)
		}
		after := ofScim(t, func(string) string { return string(files[name]) })
		if files, err = connectortest.Renewed(t.Context(), after); err != nil || len(files) > 0 {
			t.Errorf("%s: written once, it is written again: %v", what, err)
		}
	}
	broken := ofScim(t, func(text string) string { return strings.Replace(text, `"startIndex": "4"`, `"startIndex": "5"`, 1) })
	if files, err := connectortest.Renewed(t.Context(), broken); err == nil || len(files) > 0 {
		t.Errorf("an answer is missing, and %d files are written", len(files))
	}
}
