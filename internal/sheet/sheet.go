package sheet

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"path"
	"strings"

	"purser"
)

// Form is how a file is written.
type Form string

// The forms.
const (
	CSV   Form = "csv"
	JSONL Form = "jsonl"
	XLSX  Form = "xlsx"
)

// Forms lists every form.
func Forms() []Form { return []Form{CSV, JSONL, XLSX} }

// Limits of a file. They keep a small file from becoming a huge one.
type Limits struct {
	Unpacked int64 // bytes of a file after unpacking; 0: 2 GiB
	Ratio    int64 // how much larger than packed it may become, after the first 8 MiB; 0: 200
	Columns  int   // 0: 1,000
	Cell     int   // bytes of one cell or JSON line; 0: 1 MiB
	Workbook int64 // bytes of an Excel workbook as it is sent; 0: 64 MiB
}

func (l Limits) filled() Limits {
	fill := func(n *int64, usual int64) {
		if *n == 0 {
			*n = usual
		}
	}
	fill(&l.Unpacked, 2<<30)
	fill(&l.Ratio, 200)
	fill(&l.Workbook, 64<<20)
	if l.Columns == 0 {
		l.Columns = 1000
	}
	if l.Cell == 0 {
		l.Cell = 1 << 20
	}
	return l
}

// Options say what is known of a file before it is read. The zero Options find
// everything out.
type Options struct {
	Name      string // of the file: its ending tells the form; "" looks at the content alone
	Form      Form   // "" finds it out
	Delimiter rune   // of a CSV; 0 finds it out
	Encoding  string // of a text: see Encodings; "" finds it out
	Sheet     string // of a workbook; "": the first
	HeaderRow int    // line of the names of the columns; 0: the first line that is not empty
	Limits    Limits
}

// Row is one row of a file.
type Row struct {
	Line  int      // in the file as people see it, from 1
	Cells []string // as Header; shorter where the rest is empty. Valid until the next row
	Lists [][]string
	// Fault says why the row cannot be read, "" if it can. The next one may be fine.
	Fault string
}

// Reader reads a file row by row.
type Reader interface {
	// Header returns the names of the columns. For JSON Lines they are those seen so far.
	Header() []string
	// Next returns the next row, io.EOF after the last one. Any other error is a
	// *purser.Error of class invalid_response: the file cannot be read further.
	Next() (Row, error)
	// Facts say how the file was read.
	Facts() Facts
	Close() error
}

// Facts say how a file was read.
type Facts struct {
	Form      Form     `json:"form"`
	Packed    bool     `json:"packed,omitempty"` // by gzip
	Delimiter string   `json:"delimiter,omitempty"`
	Encoding  string   `json:"encoding,omitempty"`
	Sheet     string   `json:"sheet,omitempty"`
	Sheets    []string `json:"sheets,omitempty"`
}

// Open begins to read a file.
func Open(r io.Reader, o Options) (Reader, error) {
	o.Limits = o.Limits.filled()
	counted := &counter{r: r}
	in := bufio.NewReaderSize(counted, 64<<10)
	facts := Facts{}
	name := strings.ToLower(path.Base(o.Name))
	if head, _ := in.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, broken("the packed file is damaged: %v", err)
		}
		facts.Packed = true
		name = strings.TrimSuffix(name, ".gz")
		in = bufio.NewReaderSize(&guarded{r: unpacked, packed: counted, limits: o.Limits}, 64<<10)
	} else {
		in = bufio.NewReaderSize(&guarded{r: in, limits: o.Limits}, 64<<10)
	}
	if o.Form == "" {
		o.Form = formOf(name, in)
	}
	facts.Form = o.Form
	switch o.Form {
	case XLSX:
		return openWorkbook(in, o, facts)
	case JSONL:
		return openLines(in, o, facts)
	case CSV:
		return openCSV(in, o, facts)
	}
	return nil, broken("%q is no form of file that is read", o.Form)
}

// formOf finds out how a file is written: its content decides, where it is plain.
func formOf(name string, in *bufio.Reader) Form {
	head, _ := in.Peek(4096)
	switch text := strings.TrimLeft(string(head), "\ufeff \t\r\n"); {
	case strings.HasPrefix(string(head), "PK\x03\x04"):
		return XLSX
	case strings.HasPrefix(text, "{"):
		return JSONL
	}
	switch path.Ext(name) {
	case ".jsonl", ".ndjson", ".json":
		return JSONL
	}
	return CSV
}

// broken says why a file cannot be read at all.
func broken(format string, args ...any) error {
	return &purser.Error{Class: purser.ClassInvalidResponse, Code: "file", What: fmt.Sprintf(format, args...),
		Hint: "Look at the file, and whether it was sent whole; then load it again."}
}

// counter counts what was read of the packed file.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// guarded refuses a file that grows beyond all measure when it is unpacked.
type guarded struct {
	r      io.Reader
	packed *counter // nil: the file is not packed
	limits Limits
	n      int64
}

func (g *guarded) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.n += int64(n)
	switch {
	case g.n > g.limits.Unpacked:
		return 0, broken("the file is larger than %d MiB", g.limits.Unpacked>>20)
	case g.packed != nil && g.n > 8<<20 && g.n > g.packed.n*g.limits.Ratio:
		return 0, broken("the packed file grows to more than %d times its size: it is refused", g.limits.Ratio)
	case err != nil && err != io.EOF && g.packed != nil:
		return n, broken("the packed file is damaged: %v", err)
	}
	return n, err
}
