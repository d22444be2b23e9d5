package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"purser"
	"purser/internal/connectortest"
)

// writeRecords puts the records that the answers in a folder's testdata give in the
// place of those that stand there, and says in which files.
func (s *session) writeRecords(ctx context.Context, folder string) error {
	if info, err := os.Stat(filepath.Join(folder, "manifest.yaml")); err != nil || info.IsDir() {
		return &exit{code: exitUsage, err: &purser.Problem{Kind: purser.ProblemNotFound, Field: "folder",
			What: fmt.Sprintf("%q is no folder that can be written to", folder), Hint: "Name the folder of a connector of your own"}}
	}
	files, err := connectortest.Renewed(ctx, os.DirFS(folder))
	if err != nil {
		return fmt.Errorf("nothing was written: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(folder, name), files[name], 0o644); err != nil {
			return err
		}
		if s.json {
			continue
		}
		if err := s.say("%s: its records are now those that its answers give. Read them before you keep them\n", name); err != nil {
			return err
		}
	}
	return nil
}
