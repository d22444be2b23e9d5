package manifest

import (
	"io/fs"
	"strings"
)

const todoLeft = " has a TODO left: "

// Left reports whether the problem is a TODO that a draft left to its author.
func (p Problem) Left() bool { return strings.Contains(p.Message, todoLeft) }

// todos finds what a draft left to its author. A comment counts, too: it says that
// somebody has not looked yet.
func (l *linter) todos(manifest []byte) {
	report := func(file, text string) {
		n := 0
		for line := range strings.Lines(text) {
			n++
			_, left, found := strings.Cut(line, "TODO:")
			if !found {
				continue
			}
			p := Problem{Message: file + todoLeft + strings.Trim(strings.TrimSpace(left), `"`), Hint: "compare it with the vendor's documentation, then write what is true and take the TODO away"}
			if file == "manifest.yaml" {
				p.Line = n
			}
			l.problems = append(l.problems, p)
		}
	}
	report("manifest.yaml", string(manifest))
	if help, err := fs.ReadFile(l.folder, "setup.md"); err == nil {
		report("setup.md", string(help))
	}
}

// saysNothingOfLeavers reports whether none of the sentences is about accounts
// that are switched off: only such a sentence answers the question for them.
func saysNothingOfLeavers(cannot []string) bool {
	for _, s := range cannot {
		s = strings.ToLower(s)
		for _, word := range []string{"deactivat", "suspend", "disabl", "inactive", "blocked", "deleted", "removed", "archived", "terminated", "left", "gone", "former", "locked", "closed", "sign in"} {
			if strings.Contains(s, word) {
				return false
			}
		}
	}
	return true
}
