// Package table is the one place that says which columns a list has, who may see
// each of them, and how rows become a file. Pages, the API, the command line,
// saved views and mailed reports take all of it from here.
//
// A list is data: a name, a page, columns. Its rows come from the service that the
// page asks, so that the same role sees the same rows everywhere.
package table
