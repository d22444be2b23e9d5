// Package vendorhttp sends requests to vendors. It pins hosts, keeps to the
// vendor's budgets, tries again where that helps, caps what comes back, and
// decides what an answer means; every error that leaves it is a *purser.Error
// without a secret in it. Each attempt and each wait is told to a recorder.
package vendorhttp

import (
	"compress/gzip"
	"context"
	"net/http"
	"sync"
	"time"

	"purser"
	"purser/internal/egress"
	"purser/internal/manifest"
)

// Options make a Client.
type Options struct {
	Transport http.RoundTripper // goes through egress
	UserAgent string            // "Purser/<version>"
	Now       func() time.Time
	Sleep     func(context.Context, time.Duration) error // returns early with the context's error
	Jitter    func() float64                             // in [0, 1)
	Caps      Caps
}

// Caps bound what a vendor may cost. A zero value is the default.
type Caps struct {
	Body       int64         // bytes of a body when it is unpacked; 32 MiB
	Idle       time.Duration // without a byte from the vendor; 60 s
	Total      time.Duration // of one attempt; 5 min
	Wait       time.Duration // for a budget, in one request; 2 min
	Tries      int           // of one request; 5
	Concurrent int           // requests of one instance at once; 8
}

func (c Caps) withDefaults() Caps {
	if c.Body == 0 {
		c.Body = 32 << 20
	}
	if c.Idle == 0 {
		c.Idle = time.Minute
	}
	if c.Total == 0 {
		c.Total = 5 * time.Minute
	}
	if c.Wait == 0 {
		c.Wait = 2 * time.Minute
	}
	if c.Tries == 0 {
		c.Tries = 5
	}
	if c.Concurrent == 0 {
		c.Concurrent = 8
	}
	return c
}

// Client holds what all instances share: connections, buffers, and the budgets,
// which outlive a run. One is enough for a process; it is safe for concurrent use.
type Client struct {
	Options
	buffers sync.Pool
	unpack  sync.Pool

	mu      sync.Mutex
	budgets map[string]*budget
}

// New returns a Client.
func New(o Options) *Client {
	o.Caps = o.Caps.withDefaults()
	c := &Client{Options: o, budgets: map[string]*budget{}}
	c.buffers.New = func() any { b := make([]byte, 0, 256<<10); return &b }
	c.unpack.New = func() any { return new(gzip.Reader) }
	return c
}

// Credentials put a credential on requests. The credential package has one for
// each piece of work; nil stands for none.
type Credentials interface {
	// Authorize puts the credential on r and returns a name for what it put there.
	// refused is the name of what a 401 just refused, "" for the first time: if
	// the same name comes back there is nothing else to try.
	Authorize(ctx context.Context, r *http.Request, token string, scopes []string, refused string) (string, error)
	// Answered sees each answer first; true asks for the same request once more.
	Answered(r *http.Request, answer *http.Response) bool
	// Redact replaces every secret in text.
	Redact(text string) string
}

// Instance is whose requests they are.
type Instance struct {
	ID          string
	Pins        egress.Pins // the hosts that may be called, also for links that an answer gave
	HTTP        *manifest.HTTP
	Credentials Credentials
	Record      func(Event) // may be nil; is called from several goroutines
}

// Caller sends the requests of one instance. It is safe for concurrent use.
type Caller struct {
	client *Client
	of     Instance

	mu     sync.Mutex
	broken map[string]*purser.Error // by token: the vendor's last word about a credential
}

// Caller begins a piece of work for an instance.
func (c *Client) Caller(of Instance) *Caller {
	if of.HTTP == nil {
		of.HTTP = &manifest.HTTP{}
	}
	return &Caller{client: c, of: of, broken: map[string]*purser.Error{}}
}

// Request is one request.
type Request struct {
	Stream      string
	Route       string // the address as the manifest has it: for budgets and logs
	Method      string
	URL         string // absolute
	Header      [][2]string
	Body        []byte
	ContentType string
	Token       string
	Scopes      []string
	Page        int
	Cursor      bool                 // goes on from a kept cursor
	Limits      []manifest.Limit     // of the stream alone
	Write       bool                 // changes something at the vendor
	Repeatable  bool                 // a write that does no harm when it arrives twice
	AlreadyDone []manifest.ErrorRule // refusals of a write that mean success
	RedirectTo  egress.Pins          // hosts that an answer may redirect to, without credentials; none if empty
	Judged      *manifest.Success    // replaces the instance's rule of a good answer; nil: as the instance
	Large       bool                 // a whole list in one answer: four times the cap of a page
	Lend        bool                 // the body is lent: Release gives its memory to the next answer
}

// Response is a good answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte // the caller's own, unless Request.Lend
	URL    string // that answered
	// Already: the vendor refused the write because it was done before.
	Already bool

	release func()
}

// Release gives the memory of a lent body back; nothing may look at it any more.
// Whoever forgets to call it only wastes memory for a while.
func (r *Response) Release() {
	if r.release != nil {
		r.Body = nil
		r.release()
		r.release = nil
	}
}

// Event is one attempt or one wait, for the log of a run.
type Event struct {
	At       time.Time
	Stream   string
	Method   string
	Host     string
	Path     string // without values where the manifest has a template
	Page     int
	Attempt  int           // from 1
	Status   int           // 0 if nothing came
	Duration time.Duration // of the attempt
	Bytes    int64         // of the body, unpacked
	Class    purser.Class  // "" for a good answer
	Message  string        // the error in words, without secrets
	Wait     time.Duration // what follows is a wait of this length
	Reason   string        // why: "the vendor asks to wait", "budget", "tried again after an error"
}
