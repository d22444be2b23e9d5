package sandbox

import (
	"path"
	"strings"
	"sync"
	"time"
)

// FaultKind is one way to misbehave.
type FaultKind string

// What a vendor can do on cue.
const (
	StatusFault FaultKind = "status"       // Fault.Status in the vendor's own words
	RateLimited FaultKind = "rate_limited" // 429, told as Fault.Retry says
	Dropped     FaultKind = "dropped"      // the connection is reset without an answer
	CutBody     FaultKind = "cut_body"     // half the answer, then the connection is reset
	CutJSON     FaultKind = "cut_json"     // half the answer as if it were all of it
	EmptyBody   FaultKind = "empty_body"   // 200 and nothing
	HTMLBody    FaultKind = "html"         // 200 and a page for people
	HugeBody    FaultKind = "huge"         // 50 MB of valid JSON
	GzipBomb    FaultKind = "gzip_bomb"    // 1 GB in 1 MB
	SlowBody    FaultKind = "slow"         // half the answer, a pause of Fault.Pause, the rest
	RepeatToken FaultKind = "repeat_token" // from the second page on, the page names itself as the next
	ForeignLink FaultKind = "foreign_link" // the next link names another host
	EmptyList   FaultKind = "empty_list"   // 200 and a list with nothing in it
	NoScopes    FaultKind = "no_scopes"    // as StatusFault 403, for a missing scope
)

func (k FaultKind) inPaging() bool {
	return k == RepeatToken || k == ForeignLink || k == EmptyList
}

func (k FaultKind) afterwards() bool { return k == CutBody || k == CutJSON || k == SlowBody }

// Retry says how a 429 tells when to come back.
type Retry string

// The ways in which vendors, documented and not, say when to come back.
const (
	RetryVendor  Retry = ""        // as this vendor documents it
	RetrySeconds Retry = "seconds" // Retry-After: 7
	RetryDate    Retry = "date"    // Retry-After: an HTTP date
	RetryISO     Retry = "iso"     // Retry-After: an ISO 8601 time
	RetryNone    Retry = "none"    // no header at all
)

// Fault is one rule of the script. The first rule that fires on a request wins.
type Fault struct {
	Vendor      string        // any where empty
	Route       string        // a path with * for a segment, ** at the end for all below; "GET /x" for a method; any where empty
	Skip        int           // lets that many matching requests pass first
	Times       int           // fires that often at most; always where 0
	Probability float64       // of each match, drawn from the seed; always where 0
	Kind        FaultKind     //
	Status      int           // of StatusFault
	Retry       Retry         // of RateLimited
	After       time.Duration // how long RateLimited asks to wait; one second where 0
	Pause       time.Duration // of SlowBody; until the client leaves where 0
}

type faultRule struct {
	Fault
	seen, fired int
}

type faultScript struct {
	mu    sync.Mutex
	seed  uint64
	rules []*faultRule
	fired map[FaultKind]int
}

// Script adds rules to the script of faults.
func (s *Sandbox) Script(rules ...Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	for _, f := range rules {
		s.faults.rules = append(s.faults.rules, &faultRule{Fault: f})
	}
}

// ClearFaults forgets all rules; the counts stay.
func (s *Sandbox) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = nil
}

// Fired says how often a kind of fault fired.
func (s *Sandbox) Fired(kind FaultKind) int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return s.faults.fired[kind]
}

// SetGlitchEmpty lets a route answer 200 with an empty list from now on, and no longer where on is false.
func (s *Sandbox) SetGlitchEmpty(vendor, route string, on bool) {
	if on {
		s.Script(Fault{Vendor: vendor, Route: route, Kind: EmptyList})
		return
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	kept := s.faults.rules[:0:0]
	for _, f := range s.faults.rules {
		if f.Kind != EmptyList || f.Vendor != vendor || f.Route != route {
			kept = append(kept, f)
		}
	}
	s.faults.rules = kept
}

func (f *faultScript) match(vendor, method, p string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, r := range f.rules {
		if (r.Vendor != "" && r.Vendor != vendor) || !routeMatches(r.Route, method, p) {
			continue
		}
		r.seen++
		if r.seen <= r.Skip || (r.Times > 0 && r.fired >= r.Times) {
			continue
		}
		if r.Probability > 0 && unit(mix(f.seed, salt("fault"), uint64(i), uint64(r.seen))) >= r.Probability {
			continue
		}
		r.fired++
		if f.fired == nil {
			f.fired = map[FaultKind]int{}
		}
		f.fired[r.Kind]++
		hit := r.Fault
		return &hit
	}
	return nil
}

func routeMatches(route, method, p string) bool {
	if m, rest, ok := strings.Cut(route, " "); ok {
		if m != method {
			return false
		}
		route = rest
	}
	if route == "" {
		return true
	}
	if below, ok := strings.CutSuffix(route, "/**"); ok {
		return strings.HasPrefix(p, below+"/") || p == below
	}
	ok, err := path.Match(route, p)
	return err == nil && ok
}
