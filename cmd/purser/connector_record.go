package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"purser"
	"purser/internal/connectortest"
)

type connectorRecordCmd struct {
	liveFlags
	Task     string `required:"" help:"Task to record." placeholder:"TASK"`
	Requests int    `help:"At most so many requests for each stream." default:"50"`
	Force    bool   `help:"Write over a fixture that is there."`
}

// Run records a task of a small tenant into the connector's testdata: the vendor's
// answers without the people in them, and the records that they give.
func (c *connectorRecordCmd) Run(ctx context.Context, s *session) error {
	ctx, stop := context.WithTimeout(ctx, c.Deadline)
	defer stop()
	if info, err := os.Stat(c.Folder); err != nil || !info.IsDir() {
		return &exit{code: exitUsage, err: &purser.Problem{Kind: purser.ProblemInvalid, Field: "folder", What: fmt.Sprintf("%q is no folder that can be written to", c.Folder),
			Hint: "Record into a folder of your own"}}
	}
	file := filepath.Join(c.Folder, "testdata", c.Task+".json")
	if _, err := os.Stat(file); err == nil && !c.Force {
		return &exit{code: exitUsage, err: &purser.Problem{Kind: purser.ProblemConflict, Field: "task", What: file + " is there already", Hint: "Add --force to replace it"}}
	}
	t, _, err := c.open(ctx, s, []string{c.Task})
	if err != nil {
		return err
	}
	recording, err := t.Record(ctx, c.Requests)
	if err != nil {
		return err
	}
	got, err := connectortest.Golden(ctx, os.DirFS(c.Folder), &recording.Fixture, c.Task)
	if err != nil {
		return fmt.Errorf("the scrubbed answers cannot be read as the vendor's own: %w", err)
	}
	if got != recording.Records {
		return fmt.Errorf("the vendor's answers gave %d records, without people in them they give %d: nothing was written", recording.Records, got)
	}
	raw, err := fixtureText(&recording.Fixture)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file, raw, 0o644); err != nil {
		return err
	}
	return s.done(map[string]any{"file": file, "records": got, "exchanges": len(recording.Fixture.Exchanges)},
		"%s: %d exchanges, %d records. Read it before you share it: texts are made up, numbers and dates are the vendor's\n", file, len(recording.Fixture.Exchanges), got)
}

// fixtureText is a fixture as it stands in a file: a space for each level, and
// addresses as people read them.
func fixtureText(f *connectortest.Fixture) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(f)
	return out.Bytes(), err
}
