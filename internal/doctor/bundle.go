package doctor

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"

	"purser"
	"purser/internal/store"
)

// kind is a finding in a bundle: its words could name hosts.
type kind struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
}

// Bundle writes an archive for support: versions, the level of the schema, facts of
// instances by identifier, runs and log lines as templates, metrics, what the
// checks found. It holds no secret, no name, no address, no host and no message:
// each file is made of a list of what may be told, not of what may not.
func (s *Service) Bundle(ctx context.Context, w io.Writer) error {
	found, err := s.Look(ctx)
	if err != nil {
		return err
	}
	facts, err := store.ReadSupport(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	words, err := s.Words()
	if err != nil {
		return fmt.Errorf("read the words of connectors: %w", err)
	}
	for i := range facts.Log {
		facts.Log[i].Path = template(facts.Log[i].Path, words)
	}
	metrics, err := s.Metrics()
	if err != nil {
		return fmt.Errorf("read the metrics: %w", err)
	}
	kinds := map[string]kind{}
	for i, f := range found {
		name, _, _ := strings.Cut(f.Check, " ")
		if name != "vendor" {
			name = f.Check
		}
		kinds[fmt.Sprintf("%02d", i)] = kind{Check: name, OK: f.OK}
	}
	z := zip.NewWriter(w)
	for _, file := range []struct {
		name string
		v    any
	}{
		{"about.json", map[string]any{"version": s.Version, "go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH,
			"cpus": runtime.NumCPU(), "database": s.DB.Dialect(), "at": s.Now().UTC()}},
		{"config.json", s.Config},
		{"checks.json", kinds},
		{"state.json", facts},
	} {
		raw, err := json.MarshalIndent(file.v, "", "  ")
		if err != nil {
			return err
		}
		if err := put(z, file.name, raw); err != nil {
			return err
		}
	}
	if err := put(z, "metrics.txt", metrics); err != nil {
		return err
	}
	return z.Close()
}

func put(z *zip.Writer, name string, raw []byte) error {
	f, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(raw))
	return err
}

// template leaves of a path the parts that are words of a built-in connector,
// without the query: anything else could name somebody.
func template(path string, words map[string]bool) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if p != "" && !words[p] {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// FileName is how a bundle is called.
const FileName = "purser-support.zip"

// Operation is what asking for a bundle needs.
const Operation = purser.OpBackup
