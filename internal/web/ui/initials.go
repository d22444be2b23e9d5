package ui

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"
)

// initials returns two capitals of name: the first of its first two words, or the
// first two letters of its only one.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var out []rune
	switch len(words) {
	case 0:
		return "?"
	case 1:
		out = []rune(words[0])
		// A name like PeopleHR has its second capital inside the word.
		for _, r := range out[1:] {
			if unicode.IsUpper(r) {
				return string([]rune{unicode.ToUpper(out[0]), r})
			}
		}
		out = out[:min(2, len(out))]
	default:
		out = []rune{[]rune(words[0])[0], []rune(words[1])[0]}
	}
	return strings.ToUpper(string(out))
}

// ground picks one of six grounds by name, always the same one.
func ground(name string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(name))) // a hash never fails
	return strconv.Itoa(int(h.Sum32()%6) + 1)
}
