package view

import (
	"slices"
	"strings"

	"purser"
)

// TroubleshootingPath is the page that says more about each class of error.
const TroubleshootingPath = "/help/troubleshooting"

// HelpFor is the address of the section on a class of error, "" where there is no such class.
func HelpFor(c purser.Class) string {
	if !slices.Contains(purser.Classes(), c) {
		return ""
	}
	return TroubleshootingPath + "#" + string(c)
}

// helpSection is a part of a help page that can be linked to.
type helpSection struct {
	ID    string // of a class of error: its name, as in logs and the API
	Title string
	Class bool
	Text  string // CommonMark
}

// helpSections cuts a page of the documentation at its headings of the second level
// and returns what stands before the first one, too.
func helpSections(page string) (intro string, all []helpSection) {
	parts := strings.Split(page, "\n## ")
	_, intro, _ = strings.Cut(parts[0], "\n") // the first line is the page's title
	for _, part := range parts[1:] {
		title, text, _ := strings.Cut(part, "\n")
		s := helpSection{ID: strings.ReplaceAll(strings.ToLower(title), " ", "-"), Title: title, Text: text}
		if class := purser.Class(title); slices.Contains(purser.Classes(), class) {
			s.ID, s.Title, s.Class = title, ClassWords(class), true
		}
		all = append(all, s)
	}
	return intro, all
}
