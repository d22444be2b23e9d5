package sandbox

import (
	"net/http"
	"net/url"
	"sync"
)

// Request is one request as it came in.
type Request struct {
	Seq    int
	Vendor string
	Method string
	Host   string
	Path   string
	Query  url.Values
	Header http.Header
	Body   string
	Status int // of the answer; 0 while it is being made, or where the connection was dropped
}

type journal struct {
	mu   sync.Mutex
	off  bool
	seen int
	kept []*Request
}

// keep is how many requests the journal holds; older ones are dropped.
const keep = 20_000

type journalEntry struct {
	j *journal
	r *Request
}

func (j *journal) note(vendor string, r *http.Request, body []byte) journalEntry {
	if j.off {
		return journalEntry{}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seen++
	e := &Request{Seq: j.seen, Vendor: vendor, Method: r.Method, Host: r.Host, Path: r.URL.Path, Query: r.URL.Query(),
		Header: r.Header.Clone(), Body: string(body)}
	if len(j.kept) >= keep {
		j.kept = append(j.kept[:0:0], j.kept[keep/2:]...)
	}
	j.kept = append(j.kept, e)
	return journalEntry{j, e}
}

func (e journalEntry) done(status int) {
	if e.j == nil {
		return
	}
	e.j.mu.Lock()
	defer e.j.mu.Unlock()
	e.r.Status = status
}

// Journal returns the requests that came in, oldest first; of one vendor where it is named.
func (s *Sandbox) Journal(vendor string) []Request {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	var out []Request
	for _, r := range s.journal.kept {
		if vendor == "" || r.Vendor == vendor {
			out = append(out, *r)
		}
	}
	return out
}

// ClearJournal forgets the requests so far.
func (s *Sandbox) ClearJournal() {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	s.journal.kept = nil
}
