// Package finding is the inbox: what a person should look at, with its evidence,
// its value and what was decided about it.
//
// Findings follow from the rows. They are derived after syncs, for the
// applications that a sync may have changed, and once a day for all of them, since
// time alone makes accounts idle. What was decided is kept by the instance and the
// vendor's own identifiers, so that nothing that was accepted comes back.
package finding
