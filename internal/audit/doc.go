// Package audit is the log of what was done with Purser, by whom and from where.
//
// An entry is written in the transaction of the change itself: there is no change
// without its entry and no entry without its change. Entries are never changed or
// deleted (triggers of the database refuse it), and each carries a hash over the
// hash before it and its own content, so that a later edit behind Purser's back is
// found by Verify.
package audit
