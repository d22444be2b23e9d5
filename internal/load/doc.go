// Package load takes records that are handed over: files that people upload or
// put into a folder, and pages that programs send. It keeps their content until
// a run has read it like a vendor's list, by the same stages and guards.
package load
