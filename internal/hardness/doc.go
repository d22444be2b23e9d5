// Package hardness holds tests alone: what the product must withstand as a whole,
// on the built binary and on the server as it is put together. A made-up
// company's vendors stand in for the real ones.
package hardness
