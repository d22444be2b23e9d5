package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCompletionFollowsTheCommandsPastFlagsAndTheirValues(t *testing.T) {
	h := open(t)
	_, script, _ := h.purser("completion", "bash")
	file := filepath.Join(h.dir, "completion")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"purser inst":                             "instance",
		"purser instance sy":                      "sync",
		"purser --data /x instance sy":            "sync",
		"purser --json instance sync --wa":        "--wait",
		"purser instance sync Acme --tasks x --w": "--wait",
		"purser notify webhook ad":                "add",
	} {
		words := strings.Fields(line)
		cmd := exec.CommandContext(t.Context(), "bash", "-c", `. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _purser; printf '%s\n' "${COMPREPLY[@]}"`)
		cmd.Args = append(append(cmd.Args, file), words...)
		out, err := cmd.CombinedOutput()
		if err != nil || !slices.Contains(strings.Fields(string(out)), want) {
			t.Errorf("%q is completed by %q, want %q (%v)", line, out, want, err)
		}
	}
}
