package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// archive writes binary, licenses, docs and service files: sorted, owned by nobody,
// all of one time.
func archive(file, folder, binary string, notice []byte, at time.Time) (err error) {
	content := map[string][]byte{"NOTICE": notice}
	for from, to := range map[string]string{binary: "purser", "LICENSE": "LICENSE", "README.md": "README.md", "CHANGELOG.md": "CHANGELOG.md"} {
		if content[to], err = os.ReadFile(from); err != nil {
			return err
		}
	}
	for _, dir := range []string{"docs", "deploy"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content[filepath.ToSlash(path)], err = os.ReadFile(path)
			return err
		})
		if err != nil {
			return err
		}
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	packed, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	w := tar.NewWriter(packed)
	names := make([]string, 0, len(content))
	for name := range content {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		mode := int64(0o644)
		if name == "purser" {
			mode = 0o755
		}
		head := &tar.Header{Name: folder + "/" + name, Mode: mode, Size: int64(len(content[name])), ModTime: at, Format: tar.FormatUSTAR, Typeflag: tar.TypeReg}
		if err := w.WriteHeader(head); err != nil {
			return errors.Join(err, f.Close())
		}
		if _, err := w.Write(content[name]); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return errors.Join(w.Close(), packed.Close(), f.Close())
}

// checksums writes SHA256SUMS, as sha256sum -c reads it.
func checksums(out string, files []string) (string, error) {
	slices.Sort(files)
	var text strings.Builder
	for _, name := range files {
		raw, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(raw)
		fmt.Fprintf(&text, "%s  %s\n", hex.EncodeToString(sum[:]), name)
		fmt.Printf("%s  %s\n", hex.EncodeToString(sum[:]), name)
	}
	path := filepath.Join(out, "SHA256SUMS")
	return path, os.WriteFile(path, []byte(text.String()), 0o644)
}

// sign writes SHA256SUMS.sig. docs/operating.md says how it is checked.
func sign(sums, key string) error {
	cmd := exec.Command("ssh-keygen", "-Y", "sign", "-f", key, "-n", "purser-release", sums)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("sign %s with ssh-keygen: %w", sums, err)
	}
	return nil
}
