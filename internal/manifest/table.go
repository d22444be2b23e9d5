package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
)

// maxTable is the largest table of a connector's folder.
const maxTable = 1 << 20

// table reads the file that stands in place of the vendor's answers.
func (c *planner) table(at string, s *Stream, out *CompiledStream) {
	at += ".table"
	if method, _ := s.Method(); method != "" || s.ForEach != nil || s.Vary != nil || s.Cursor != nil || s.Body != "" {
		c.fail(at, "leave get, post, for_each, vary, cursor and body out", "a table is read in place of an answer, nothing is asked")
	}
	if !fs.ValidPath(s.Table) || path.Ext(s.Table) != ".csv" || path.Dir(s.Table) != "." {
		c.fail(at, "such as plans.csv, beside manifest.yaml", "%q is no table of the connector's folder", s.Table)
		return
	}
	out.Paging = Page{Kind: "none"}
	if c.files == nil {
		c.fail(at, "", "the table %s cannot be read without the connector's folder", s.Table)
		return
	}
	data, err := fs.ReadFile(c.files, s.Table)
	if err != nil || len(data) == 0 || len(data) > maxTable {
		c.fail(at, "put it beside manifest.yaml; at most 1 MiB", "the table %s cannot be read", s.Table)
		return
	}
	out.Rows = data
	c.tables = append(c.tables, data...)
}

// Form is the form of the stream's answers: json, ndjson or csv.
func (s *Stream) Form() string {
	if s.Table != "" {
		return "csv"
	}
	return s.Body
}

// withTables makes the tables part of the connector's digest: they belong to what it means.
func (c *planner) withTables(digest string) string {
	if len(c.tables) == 0 {
		return digest
	}
	sum := sha256.Sum256(append([]byte(digest+"\n"), c.tables...))
	return hex.EncodeToString(sum[:])
}
