// Package engine runs one stream of one plan: it asks a Source for pages, makes
// records of them and hands whole pages with a checkpoint to a Sink. It knows
// neither databases nor net/http nor any vendor.
package engine

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"purser"
	"purser/internal/manifest"
)

// Source is where pages come from. It waits for the vendor's budget, tries
// again, pins the host and classifies: every error is a *purser.Error. A
// Response is a good answer (2xx, and the manifest's success rule holds).
type Source interface {
	Fetch(ctx context.Context, r Request) (*Response, error)
}

// Request is one request for a page.
type Request struct {
	Stream      string
	Route       string // the address as the manifest has it, without values: for budgets and logs
	Method      string
	URL         string // absolute
	Header      [][2]string
	Body        []byte // nil if there is none
	ContentType string // of Body
	Token       string // name of the token, "" where a grant gives only one
	Scopes      manifest.Scopes
	Partition   string   // "" where the stream has only one
	Page        int      // from 1
	Followed    bool     // URL came from the vendor's answer
	Large       bool     // a table or lines, which hold a whole list in one answer
	RedirectTo  []string // hosts to which the vendor may redirect for the answer, without the credential
}

// Response is a good answer.
type Response struct {
	Status int
	Header func(name string) []string // all values of a header, without regard to case
	Body   []byte                     // must not be changed afterwards
	URL    string                     // that answered, for relative links
	// Rejects are records that the source itself could not read, such as rows of a
	// file; they count as read and rejected.
	Rejects []Reject
	// Release gives the memory of Body to a later answer: nothing may look at Body
	// any more. It may be nil, and nobody has to call it.
	Release func()
}

// Sink is where records go.
type Sink interface {
	// Parents yields the records of an earlier stream of this run, present in
	// its reading, in ascending order of external id, those after the given
	// one only. A stream that runs for each of them asks.
	Parents(ctx context.Context, stream, after string) iter.Seq2[Parent, error]
	// Commit stores rows and checkpoint together, or neither. The memory of rows
	// and of their values serves the next ones once it has returned, and their texts
	// share memory with a page: clone what is kept after Commit.
	Commit(ctx context.Context, c Commit) error
	// Lookup returns the name of an id from a lookup stream of this run.
	Lookup(stream, id string) (name string, ok bool)
}

// Parent is a record of an earlier stream.
type Parent struct {
	ExternalID string
	Field      func(name string) (string, bool) // may be nil: external_id alone
}

// Commit is what is stored at once: the rows of whole pages, of one partition or
// several, and where to go on.
type Commit struct {
	Stream     string
	Kind       purser.Kind
	Enrich     bool            // Rows write their named fields on rows that exist
	Parts      []Part          // in the order of reading
	Checkpoint json.RawMessage // opaque: Job.Resume of a resumed run
	Pages      int             // pages since the last commit
	Read       int             // records in them, rejected ones too: after keep and explode
}

// Rows returns the number of rows in all parts.
func (c Commit) Rows() int {
	n := 0
	for _, p := range c.Parts {
		n += len(p.Rows)
	}
	return n
}

// Part is the part of a commit that belongs to one partition. One partition may
// come in many parts, in this commit and the next ones.
type Part struct {
	Partition string
	Rows      []Row
	Rejects   []Reject
	Restart   bool   // forget what this run has seen of the partition: it is read again
	Complete  bool   // the partition was read to a proven end: absence may be inferred
	Evidence  string // what proved it: no_next, empty, short, total, pages, flag, same_token, single
	Gone      bool   // the vendor says that the partition's parent is gone, and its rows with it
	Stays     bool   // not found, and nothing follows from it
}

// Row is one record. Values stand as purser.Fields of the kind does.
type Row struct {
	ExternalID string
	Values     []purser.Value
	Digest     [16]byte
	Removed    bool // the source itself reports that it is gone
}

// Reject is a record that could not be read.
type Reject struct {
	ExternalID string // "" if even that could not be read
	Reason     string
}

// State is how a stream ended.
type State string

// The states of a stream.
const (
	Complete   State = "complete"    // all of it was read, with proof of the end
	Partial    State = "partial"     // some partitions or too many records could not be read: no removal may be inferred
	Blocked    State = "blocked"     // a permission is missing: see Result.Err.Scope
	NotOffered State = "not_offered" // the vendor's plan does not have it
	Waiting    State = "waiting"     // the vendor asks to wait until Result.Err.Until; resume from the checkpoint
	Failed     State = "failed"
	Canceled   State = "canceled"
)

// Result is how a stream ended.
type Result struct {
	State      State
	Err        *purser.Error // nil if complete
	Full       bool          // everything was asked for: no cursor, no lower bound in time
	Cursor     string        // where the next run goes on; "" unless the stream is complete
	Pages      int
	Items      int // items in the answers
	Rows       int // records handed to the sink
	Rejects    int
	Partitions int // partitions that were read to a proven end
	Incomplete int // partitions that were not
	Drift      map[string]int
	Began      int64 // when the reading began, microseconds
	From       int64 // the moment since which it asked, microseconds; 0: there was no such bound, or it went on from a token
}

// MaySweep reports whether the stream allows to infer that what was not seen is gone.
func (r Result) MaySweep(mode string) bool {
	return r.State == Complete && r.Full && mode == "snapshot"
}

// Clock tells the time; it is injected.
type Clock func() time.Time
