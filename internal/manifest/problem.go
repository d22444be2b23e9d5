package manifest

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Problem is one thing that is wrong in a manifest, told so that a newcomer can mend it.
type Problem struct {
	Line    int    `json:"line"`           // 0 if it has no line of its own
	Path    string `json:"path,omitempty"` // such as tasks.hr_roster.streams.people.get
	Message string `json:"message"`        // what is wrong
	Hint    string `json:"hint,omitempty"` // what to do
}

// String returns the problem on one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems is everything that is wrong, as one error.
type Problems []Problem

// Error returns the first problem and the number of the others.
func (p Problems) Error() string {
	switch len(p) {
	case 0:
		return "manifest: no problem"
	case 1:
		return "manifest: " + p[0].String()
	}
	return fmt.Sprintf("manifest: %s; and %d more", p[0], len(p)-1)
}

func (p Problems) sorted() Problems {
	sort.SliceStable(p, func(i, j int) bool { return p[i].Line < p[j].Line })
	return p
}

// once leaves out what one line says at several places that it holds for.
func (p Problems) once() Problems {
	type said struct {
		line         int
		key, message string
	}
	seen := map[said]bool{}
	return slices.DeleteFunc(p, func(one Problem) bool {
		here := said{one.Line, one.Path[strings.LastIndexByte(one.Path, '.')+1:], one.Message}
		again := seen[here] && one.Line > 0
		seen[here] = true
		return again
	})
}

// meant returns the one of names that is nearest to a misspelt word, "" if none is near.
func meant(word string, names []string) string {
	best, distance := "", len(word)/3+2
	for _, name := range names {
		if d := editDistance(word, name); d < distance {
			best, distance = name, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j]+1, row[j+1]+1, last+cost)
			last, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
