// Package dashboard puts the numbers of the first page together: what is
// contracted, what findings are worth, what renews, and how old all of it is.
//
// It counts nothing a second time: each number is added up from rows that another
// service lists, and carries the address that opens exactly these.
package dashboard
