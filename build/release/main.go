// Command release builds the archives of a release: the binary for each system, the
// licenses of everything in it, docs and service files, an SBOM, checksums and a
// signature. The same commit gives the same bytes wherever it is built.
//
// Run it as `make release`. SOURCE_DATE_EPOCH is the commit's time; RELEASE_KEY is an
// ed25519 key of ssh-keygen, UNSIGNED=1 says that none is meant.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"purser/build/compiler"
)

// target is one system to build for.
type target struct{ os, arch string }

func main() {
	out := flag.String("out", "dist", "folder for what is made")
	only := flag.String("only", "", "build for this system alone, as in linux/amd64")
	version := flag.String("version", "dev", "version of the release")
	flag.Parse()
	if err := release(*out, *only, *version); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func release(out, only, version string) error {
	epoch, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return errors.New("SOURCE_DATE_EPOCH must be set to the time of the commit: git log -1 --format=%ct")
	}
	at := time.Unix(epoch, 0).UTC()
	key := os.Getenv("RELEASE_KEY")
	if key == "" && os.Getenv("UNSIGNED") != "1" {
		return errors.New("a release is signed: set RELEASE_KEY to an ed25519 key of ssh-keygen, or say UNSIGNED=1")
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var made []string
	for _, t := range []target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}} {
		if only != "" && only != t.os+"/"+t.arch {
			continue
		}
		files, err := build(out, version, t, at)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", t.os, t.arch, err)
		}
		made = append(made, files...)
	}
	if len(made) == 0 {
		return fmt.Errorf("%s is no system that is built for", only)
	}
	sums, err := checksums(out, made)
	if err != nil {
		return err
	}
	if key == "" {
		fmt.Println("not signed: UNSIGNED=1")
		return nil
	}
	return sign(sums, key)
}

// build makes the archive and the SBOM of one system.
func build(out, version string, t target, at time.Time) ([]string, error) {
	work, err := os.MkdirTemp("", "purser-release")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	binary := filepath.Join(work, "purser")
	cmd := exec.Command("go", slices.Concat([]string{"build", "-trimpath", "-buildvcs=false"}, compiler.Flags(),
		[]string{"-ldflags", "-s -w -buildid= -X main.version=" + version, "-o", binary, "./cmd/purser"})...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS="+t.os, "GOARCH="+t.arch)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	parts, err := components(binary)
	if err != nil {
		return nil, err
	}
	notice, err := licenses(parts)
	if err != nil {
		return nil, err
	}
	bill, err := sbom(version, parts, at)
	if err != nil {
		return nil, err
	}
	name := strings.Join([]string{"purser", version, t.os, t.arch}, "-")
	if err := os.WriteFile(filepath.Join(out, name+".cdx.json"), bill, 0o644); err != nil {
		return nil, err
	}
	if err := archive(filepath.Join(out, name+".tar.gz"), name, binary, notice, at); err != nil {
		return nil, err
	}
	return []string{name + ".cdx.json", name + ".tar.gz"}, nil
}
