// Package docs holds the pages of the documentation that the product itself shows.
package docs

import _ "embed" // pages lie beside this file

//go:embed troubleshooting.md
var troubleshooting string

// Troubleshooting is the page with a section for each class of error (CommonMark).
// Messages link to its sections.
func Troubleshooting() string { return troubleshooting }
