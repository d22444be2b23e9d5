// Package columns makes records of the rows of a file: it says which column is
// which field, how its dates and numbers are written and what its words mean.
// A mapping is data; what is wrong with a row is told by column and never
// guessed at.
package columns
