// Package backup writes everything that stands in the database into one encrypted
// file, while others go on writing, and fills an empty database from such a file,
// SQLite from PostgreSQL and the other way round included.
//
// The file is an age file (age-encryption.org/v1) around gzip around lines of
// JSON, so that it can be read without Purser: age -d FILE | gunzip.
//
//	{"purser_backup":1, "version":…, "made_at":…, "database":…, "level":[…], "tables":[…]}
//	{"table":"account"}
//	[17,3,"00u1","ada@example.com",null,…]      a row: the columns stand in the first line
//	{"end":"account","rows":1,"sha256":"…"}     over the row lines, their ends included
//	…
//	{"end":"backup","tables":31,"rows":204113}
//
// Integers, texts and flags stand as JSON has them, unknown is null, bytes are
// base64. A text that is not UTF-8 stands as {"base64":"…"}.
//
// Secrets in it are as sealed as in the database: the key file is not part of it.
// The jobs of the queue are not either: what is due stands in the tables.
package backup
