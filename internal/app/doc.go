// Package app puts the server together: it opens the data folder, the key and
// the way out, makes every service with what it stands on, and serves them.
package app
