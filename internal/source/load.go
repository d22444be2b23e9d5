package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	"purser"
	"purser/internal/columns"
	"purser/internal/engine"
	"purser/internal/sheet"
)

// Handed is one load that a run reads.
type Handed struct {
	No         int64
	Name       string // of the file, "" for pages
	Form       string // pages, csv, jsonl, xlsx
	Bytes      int64
	Pages      int64
	FinishedAt time.Time
	Mapping    columns.Mapping // of a file
}

// Loads reads what was handed over to an instance: the load of each stream. It
// is an engine.Source. A page of it is a page that a program sent, or some rows
// of a file.
type Loads struct {
	Parts  Parts
	Record func(purser.LogLine) // may be nil
	files  map[string]*file     // being read, by stream
	of     map[string]Handed
}

// rowsPerPage is how many rows of a file are stored at once.
const rowsPerPage = 2000

// Set says which load a stream reads.
func (l *Loads) Set(stream string, h Handed) {
	if l.of == nil {
		l.of = map[string]Handed{}
	}
	l.of[stream] = h
}

// AsOf returns when the oldest of the loads was finished, zero if there is none.
func (l *Loads) AsOf() (at time.Time) {
	for _, h := range l.of {
		if at.IsZero() || h.FinishedAt.Before(at) {
			at = h.FinishedAt
		}
	}
	return at
}

// Close frees what is still open.
func (l *Loads) Close() {
	for _, f := range l.files {
		f.close()
	}
}

// Fetch returns the next page of the stream's load.
func (l *Loads) Fetch(ctx context.Context, r engine.Request) (*engine.Response, error) {
	h, ok := l.of[r.Stream]
	if !ok {
		return nil, &purser.Error{Class: purser.ClassInternal, What: "nothing was handed over for " + r.Stream}
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, internal("find its place in what was handed over", err)
	}
	after := int64(0)
	if token := u.Query().Get("after"); token != "" {
		if after, err = strconv.ParseInt(token, 10, 64); err != nil {
			return nil, internal("find its place in what was handed over", err)
		}
	}
	if h.Form == "pages" {
		return l.page(ctx, h, r, after)
	}
	return l.rows(ctx, h, r, after)
}

// page returns the page that a program sent after another one. Numbers may have gaps.
func (l *Loads) page(ctx context.Context, h Handed, r engine.Request, after int64) (*engine.Response, error) {
	body, ok, err := l.Parts.LoadPart(ctx, h.No, after+1)
	if err != nil {
		return nil, internal("read what was handed over", err)
	}
	if !ok && after > 0 || !ok && h.Pages > 0 {
		return nil, &purser.Error{Class: purser.ClassInvalidResponse, Code: "page", What: fmt.Sprintf("page %d of the load is not there", after+1),
			Hint: "Open a new load and send all its pages."}
	}
	records := []byte("[]")
	if ok {
		if records, err = Unpack(nil, body); err != nil {
			return nil, internal("unpack what was handed over", err)
		}
	}
	out := append([]byte(`{"records":`), records...)
	if after+1 < h.Pages {
		out = fmt.Appendf(out, `,"next":"%d"`, after+1)
	}
	return response(append(out, '}'), r), nil
}

func response(body []byte, r engine.Request) *engine.Response {
	return &engine.Response{Status: 200, Body: body, URL: r.URL, Header: func(string) []string { return nil }}
}

// file is a file on its way through.
type file struct {
	reader  sheet.Reader
	convert *columns.Converter
	parts   *partReader
	row     int64 // that was read last
	columns int
	told    int64 // of the bytes, in twentieths, the log knows
}

func (f *file) close() {
	if f.reader != nil {
		_ = f.reader.Close() // temporary files that cannot be removed harm nothing
	}
}

// rows returns the next rows of a file as records, and those that cannot be read as rejects.
func (l *Loads) rows(ctx context.Context, h Handed, r engine.Request, after int64) (*engine.Response, error) {
	f, err := l.at(ctx, h, r.Stream, after)
	if err != nil {
		return nil, err
	}
	f.parts.ctx = ctx
	body := []byte(`{"records":[`)
	resp := response(nil, r)
	n := 0
	for range rowsPerPage {
		record, faults, err := f.next()
		if errors.Is(err, io.EOF) {
			f.close()
			delete(l.files, r.Stream)
			resp.Body = append(body, ']', '}')
			l.tell(h, r, f, true)
			return resp, nil
		}
		if err != nil {
			return nil, err
		}
		if len(faults) > 0 {
			resp.Rejects = append(resp.Rejects, engine.Reject{Reason: faults[0].String()})
			continue
		}
		if n > 0 {
			body = append(body, ',')
		}
		if body, err = record.AppendJSON(body); err != nil {
			return nil, internal("write a record", err)
		}
		n++
	}
	l.tell(h, r, f, false)
	resp.Body = fmt.Appendf(body, `],"next":"%d"}`, f.row)
	return resp, nil
}

// at returns the file, read up to a row: a run that was stopped reads it again
// from its beginning, and leaves out what is stored.
func (l *Loads) at(ctx context.Context, h Handed, stream string, after int64) (*file, error) {
	if f := l.files[stream]; f != nil && f.row == after {
		return f, nil
	} else if f != nil {
		f.close()
	}
	f := &file{parts: &partReader{ctx: ctx, parts: l.Parts, loadNo: h.No}}
	var err error
	f.reader, f.convert, err = Rows(f.parts, h.Name, h.Form, h.Mapping)
	if err != nil {
		return nil, err
	}
	for f.row < after {
		if _, _, err := f.next(); err != nil {
			f.close()
			return nil, err
		}
	}
	if l.files == nil {
		l.files = map[string]*file{}
	}
	l.files[stream] = f
	return f, nil
}

// Rows begins to read a file by a mapping.
func Rows(in io.Reader, name, form string, m columns.Mapping) (sheet.Reader, *columns.Converter, error) {
	reader, err := sheet.Open(in, sheet.Options{Name: name, Form: sheet.Form(form), Sheet: m.Sheet, HeaderRow: m.HeaderRow})
	if err != nil {
		return nil, nil, err
	}
	convert, err := columns.NewConverter(m, reader.Header(), sheet.Form(form))
	if err != nil {
		_ = reader.Close()
		if p, ok := errors.AsType[*purser.Problem](err); ok {
			err = &purser.Error{Class: purser.ClassConfig, Code: "mapping", What: p.What, Hint: p.Hint, Field: p.Field}
		}
		return nil, nil, err
	}
	return reader, convert, nil
}

// next makes a record of the next row.
func (f *file) next() (columns.Record, []columns.Fault, error) {
	row, err := f.reader.Next()
	if err != nil {
		return columns.Record{}, nil, err
	}
	f.row++
	if header := f.reader.Header(); len(header) != f.columns { // JSON Lines: members that came up on the way
		f.columns = len(header)
		f.convert.Columns(header)
	}
	record, faults := f.convert.Row(row)
	return record, faults, nil
}

// tell says in the log how far a file was read, every twentieth of it.
func (l *Loads) tell(h Handed, r engine.Request, f *file, end bool) {
	if l.Record == nil {
		return
	}
	part := int64(20)
	if h.Bytes > 0 && !end {
		part = min(f.parts.read*20/h.Bytes, 19)
	}
	if part == f.told && !end {
		return
	}
	f.told = part
	l.Record(purser.LogLine{Kind: "note", Stream: r.Stream, Page: r.Page, Bytes: f.parts.read,
		Message: fmt.Sprintf("%d rows read, %d %% of the file", f.row, part*5)})
}

var _ engine.Source = (*Loads)(nil)
