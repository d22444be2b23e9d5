// Package compiler says how the product is compiled, to whoever builds it: the
// Makefile reads the same list.
package compiler

import (
	_ "embed"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// Packages of generated code, thousands of lines of it: to copy small functions
// into them takes the compiler longer than it ever saves.
//
//go:embed unpolished.txt
var unpolished string

// Flags are those of `go build` for the product.
func Flags() (out []string) {
	for _, p := range strings.Fields(unpolished) {
		out = append(out, "-gcflags="+p+"=-l")
	}
	return out
}

// Build builds the product as the Makefile does, for tests that run it as a process.
func Build(binary string) error {
	args := slices.Concat([]string{"build"}, Flags(), []string{"-o", binary, "purser/cmd/purser"})
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, out)
	}
	return nil
}
