// Package leaver keeps checklists of people who leave: every account, whose task it
// is to close it, who said when that it is done, and which later reading shows it.
//
// It needs no permission to write at any vendor: what is done there is done by
// hand, and only data verifies it.
package leaver
