// Package deletion ends what an instance brought: all that was read of its
// users, or the instance itself. It says first what goes, what stays and how
// many, asks for a ticked sentence, and then works in the background, in short
// transactions, going on after a restart where it stood.
//
// What people decided outlives it: links by hand are kept by the vendors' own
// identifiers, lines of spend keep their origin, the audit log stays whole.
package deletion
