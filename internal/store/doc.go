// Package store is the database: the only package that opens one. It speaks to
// SQLite in a data folder or to PostgreSQL by URL with the same SQL.
//
// Each noun has its files here (run.go, hold.go, sync.go …) and its migration in
// migrations/. To write, call DB.Write; to read, use DB.Read. No network call may
// be made inside DB.Write.
package store
