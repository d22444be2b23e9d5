// Package compiler says how the product is compiled, to whoever builds it: the
// Makefile reads the same list.
package compiler

import (
	_ "embed"
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
