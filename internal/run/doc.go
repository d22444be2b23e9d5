// Package run is a run's life: when it is due, who works on it, how the streams
// of its task are read, merged and judged, and how it ends.
//
// How far a run is stands in the database alone. The queue only wakes workers
// up: it may be lost at any time, because a reconciler looks at start and every
// minute for what is due.
package run
