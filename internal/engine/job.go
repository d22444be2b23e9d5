package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/mapping"
)

// Job is one reading of one stream.
type Job struct {
	Stream   *manifest.CompiledStream
	Vars     manifest.Vars   // settings.x and tenant.x
	Since    string          // Result.Cursor of the last complete reading, "" for a first or full one
	Lookback time.Duration   // how far back a first reading goes; 0: as far as the manifest says
	Resume   json.RawMessage // the last committed checkpoint of this very run, nil to begin
	Now      Clock
	Drift    bool // count members that the manifest does not name
	// Rewrite is the code that the stream's hook names: it puts an answer's body into
	// another form, without changing the body that it is given. nil: there is none.
	Rewrite func(body []byte) ([]byte, error)
}

// Limits of what is held before it is committed.
const (
	bufferRows = 2000
	bufferTime = time.Second
)

// Run reads the stream. It commits as it goes; the result says how it ended.
// What was committed stands whatever the result is.
func Run(ctx context.Context, job Job, src Source, sink Sink) Result {
	r := &reading{job: job, s: job.Stream, src: src, sink: sink, seed: maphash.MakeSeed()}
	if r.job.Vars == nil {
		r.job.Vars = func(string) (string, bool) { return "", false }
	}
	if err := r.begin(); err != nil {
		return r.ended(err)
	}
	return r.ended(r.partitions(ctx))
}

// reading is a stream while it is read.
type reading struct {
	job  Job
	s    *manifest.CompiledStream
	src  Source
	sink Sink

	at     checkpoint
	buffer buffer
	spare  mapping.Spare
	drift  map[string]int

	// Of the partition that is being read.
	vars manifest.Vars
	seen map[uint64]bool // hashes of tokens that led to a page: none may come back
	last uint64          // fingerprint of the last page
	seed maphash.Seed
}

// ended makes the result of a reading; err is nil after the last page.
func (r *reading) ended(err error) Result {
	res := Result{State: Complete, Full: r.at.Start == "", Pages: r.at.Pages, Items: r.at.Items, Rows: r.at.Rows,
		Rejects: r.at.Rejects, Partitions: r.at.Done, Incomplete: r.at.Stayed, Drift: r.drift, Began: r.at.Began, From: r.at.From}
	if err == nil {
		err = r.s.Expect.Check(res.Items)
	}
	if err == nil {
		err = r.s.Expect.CheckKept(res.Rows, res.Items)
	}
	// An item may be exploded into many records: the greater number counts.
	if read := max(res.Items, res.Rows+res.Rejects); err == nil && (res.Rejects > 100 || res.Rejects*20 > read) {
		res.State = Partial
		res.Err = &purser.Error{Class: purser.ClassInvalidResponse, Code: "rejects",
			What: fmt.Sprintf("%d of %d records of %s could not be read", res.Rejects, read, r.s.Name),
			Hint: "The reasons are in the run's log. Nothing is taken for removed until they can be read."}
		return res
	}
	if err == nil {
		res.Cursor = r.cursor()
		return res
	}
	e, ok := errors.AsType[*purser.Error](err)
	if !ok {
		e = &purser.Error{Class: purser.ClassInternal, What: "the stream " + r.s.Name + " could not be read", Err: err}
	}
	res.Err = e
	switch e.Class {
	case purser.ClassPermission:
		res.State = Blocked
	case purser.ClassNotAvailable:
		res.State = NotOffered
	case purser.ClassRateLimited:
		res.State = Waiting
	case purser.ClassCanceled:
		res.State = Canceled
	default:
		res.State = Failed
	}
	return res
}

// fetch asks for a page and calls a canceled context by its name.
func (r *reading) fetch(ctx context.Context, req Request) (*Response, error) {
	resp, err := r.src.Fetch(ctx, req)
	if err != nil && ctx.Err() != nil && purser.ClassOf(err) != purser.ClassCanceled {
		err = canceled(ctx)
	}
	return resp, err
}

func canceled(ctx context.Context) error {
	return &purser.Error{Class: purser.ClassCanceled, What: "the run was canceled", Err: context.Cause(ctx)}
}

func invalid(format string, args ...any) error {
	return &purser.Error{Class: purser.ClassInvalidResponse, What: fmt.Sprintf(format, args...),
		Hint: "The vendor's list cannot be read to its end. It is read again with the next run; what was read before stays."}
}
